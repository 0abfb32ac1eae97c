import { chosenAccounts } from "../accounts/chosen-accounts.ts";
import { accountName } from "../accounts/connected-accounts.ts";
import { accountMembers } from "../accounts/items.ts";
import type { Session } from "../session/session.ts";
import { formatMoment } from "../ui/format.ts";
import { note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";

/** Shows how many calls each account has left today. Makes no call that the bank counts. @returns the exit code */
export async function quota(session: Session, name: string | undefined): Promise<number> {
  const { provider, terminal, options, now } = session;
  const { accounts, exitCode } = await chosenAccounts(session, name);
  const rows = (
    await Promise.all(
      accounts.map(async (account) =>
        Object.entries(await provider.callsLeft(account)).map(([dataKind, calls], at) => ({
          account,
          isFirst: at === 0,
          dataKind,
          ...calls,
        })),
      ),
    )
  ).flat();
  const items = rows.map(({ account, dataKind, limit, remaining, resetAt, lastCallAt }) => ({
    ...accountMembers(account),
    dataKind,
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
        { title: line`Next call` },
      ],
      rows.map(({ account, isFirst, dataKind, remaining, limit, resetAt }) =>
        row(
          isFirst ? accountName(account) : "",
          dataKind,
          String(remaining),
          String(limit),
          resetAt === null ? "" : formatMoment(resetAt.getTime(), now()),
        ),
      ),
    );
    note(terminal, line`Banks count successful calls for each account and kind of data within 24 hours.`);
  });
  return exitCode;
}
