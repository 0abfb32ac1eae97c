import { accountName, connectedAccounts } from "../accounts/connected-accounts.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { printFailure } from "../ui/terminal.ts";

/** Lists every connected account. @returns the exit code */
export async function accounts(session: Session): Promise<number> {
  const { terminal, options, now } = session;
  const { accounts: all, unreadable } = await connectedAccounts(session);
  const good = all.filter((account) => account.error === undefined);
  const items = all.map(({ error, ...account }) =>
    error === undefined ? account : { ...account, error: error.message },
  );
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true },
        { title: line`IBAN` },
        { title: line`Bank`, flexible: true },
        { title: line`Status` },
        { title: line`Access until` },
        { title: line`Id` },
      ],
      all.map((account) =>
        row(
          accountName(account),
          account.iban,
          account.institution_id,
          account.is_expired ? "consent ended" : account.status?.toLowerCase(),
          account.access_valid_until?.slice(0, 10),
          account.id,
        ),
      ),
    ),
  );
  if (all.length === 0 && unreadable === 0 && !isForProgram(options))
    note(terminal, line`No account is connected: bankdata connect`);
  for (const account of all) {
    if (account.error !== undefined) {
      printFailure(terminal, explain(account.error, { name: accountName(account) }, now()), options);
    }
  }
  if (good.length === all.length) return unreadable === 0 ? EXIT.done : EXIT.partly;
  return good.length === 0 ? EXIT.failed : EXIT.partly;
}
