import { accountName, listedAccounts, subjectOf } from "../accounts/connected-accounts.ts";
import { accountItem } from "../accounts/items.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { asTyped, printFailure } from "../ui/terminal.ts";

/** Lists every connected account. @returns the exit code */
export async function accounts(session: Session): Promise<number> {
  const { terminal, options, now } = session;
  const { accounts: all, exitCode } = await listedAccounts(session);
  const items = all.map((account) => accountItem(account, now()));
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
      all.map((account, at) =>
        row(
          accountName(account),
          account.iban,
          account.bankId,
          items[at]?.state === "expired" ? "consent ended" : account.stateAsSent?.toLowerCase(),
          account.consent.validUntil?.toISOString().slice(0, 10),
          account.handle,
        ),
      ),
    ),
  );
  if (all.length === 0 && exitCode === EXIT.done && !isForProgram(options))
    note(
      terminal,
      line`No account is connected. Connect a bank with: `,
      asTyped(line`bankdata connect`, options),
    );
  const failed = all.filter(({ error }) => error !== null);
  for (const account of failed)
    printFailure(terminal, explain(account.error, subjectOf(account), now()), options);
  if (failed.length === 0) return exitCode;
  return failed.length === all.length ? EXIT.failed : EXIT.partly;
}
