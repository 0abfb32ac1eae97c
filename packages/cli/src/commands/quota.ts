import { accountScopes } from "bankdata-core/limits";
import { chosenAccounts, nameOf } from "../accounts/connected-accounts.ts";
import type { Session } from "../session.ts";
import { clockTime } from "../ui/format.ts";
import { note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { addedTo } from "./accounts.ts";

/** Shows what each account may still be asked today. Asks the service for nothing that counts. @returns the exit code */
export async function quota(session: Session, name: string | undefined): Promise<number> {
  const { client, terminal, options, now } = session;
  const { accounts, exitCode } = await chosenAccounts(session, name);
  const rows = (
    await Promise.all(
      accounts.map(async (account) => {
        const known = await client.quota(account.id);
        return accountScopes.map((scope) => ({ account, scope, ...known[scope] }));
      }),
    )
  ).flat();
  const items = rows.map(({ account, scope, limit, remaining, resetAt, lastCallAt }) => ({
    ...addedTo(account),
    scope,
    limit,
    remaining,
    resetAt,
    lastCallAt,
  }));
  printList(terminal, options, items, () => {
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true },
        { title: line`Kind` },
        { title: line`Left`, align: "right" },
        { title: line`Of`, align: "right" },
        { title: line`Next one back` },
      ],
      rows.map(({ account, scope, remaining, limit, resetAt }, at) =>
        row(
          at % accountScopes.length === 0 ? nameOf(account) : "",
          scope,
          String(remaining),
          String(limit),
          resetAt === null ? "" : clockTime(resetAt.getTime(), now()),
        ),
      ),
    );
    note(terminal, line`Banks count successful calls of each account and kind within 24 hours.`);
  });
  return exitCode;
}
