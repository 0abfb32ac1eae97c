import type { AccountState } from "bankdata-core/bank";
import {
  accountName,
  bankInWords,
  type ListedAccount,
  type ListedAccounts,
  listedAccounts,
  subjectOf,
} from "../accounts/connected-accounts.ts";
import { accountItem } from "../accounts/items.ts";
import { noAccountFailure, warnOfLostAccounts } from "../accounts/lost-access.ts";
import type { Session } from "../session/session.ts";
import { accountStateInWords, preparingInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { ibanEnd, idStart } from "../ui/format.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { asTyped, printFailure } from "../ui/terminal.ts";

/** Lists every connected account. @returns the exit code */
export async function accounts(session: Session): Promise<number> {
  const { terminal, options, now } = session;
  const listing = await listedAccounts(session);
  const { accounts: all, exitCode } = listing;
  const items = all.map((account) => accountItem(account, { now: now(), sandbox: options.sandbox }));
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true, least: 12, keepsEnd: true },
        { title: line`IBAN`, short: ibanEnd },
        { title: line`Bank`, flexible: true, least: 10, drop: 3 },
        { title: line`Status` },
        { title: line`Access until`, drop: 2 },
        { title: line`Id`, short: idStart, drop: 1 },
      ],
      all.map((account, at) =>
        row(
          accountName(account),
          account.iban,
          bankInWords(account),
          accountStateInWords({ ...account, state: items[at]?.state ?? account.state }),
          accessUntil(account, items[at]?.state ?? account.state, now()),
          account.handle,
        ),
      ),
    ),
  );
  if (all.length === 0 && exitCode === EXIT.done && !isForProgram(options))
    await noteNoAccount(session, listing);
  notePreparing(session, all);
  await warnOfLostAccounts(session, listing.connections, all);
  const failed = all.filter(({ error }) => error !== null);
  for (const account of failed)
    printFailure(terminal, explain(account.error, subjectOf(account), now()), {
      ...options,
      accountId: account.handle ?? undefined,
    });
  if (failed.length === 0) return exitCode;
  return failed.length === all.length ? EXIT.failed : EXIT.partly;
}

/** The day on which access ends, or has ended; empty if it has ended before the consent does. */
function accessUntil({ consent: { validUntil } }: ListedAccount, state: AccountState, now: number): string {
  const hasEndedEarly = state === "expired" && validUntil !== null && validUntil.getTime() > now;
  return hasEndedEarly ? "" : (validUntil?.toISOString().slice(0, 10) ?? "");
}

/** Says why there is no account. A connection that must be renewed is warned of in any case. */
async function noteNoAccount(session: Session, { connections }: ListedAccounts): Promise<void> {
  const { message, next, exitCode } = await noAccountFailure(session, connections);
  if (exitCode === EXIT.renew || next === undefined) return;
  note(session.terminal, line`${message} Next: `, asTyped(next, session.options));
}

/** Says which accounts have no data yet. */
function notePreparing({ terminal, options }: Session, all: readonly ListedAccount[]): void {
  if (isForProgram(options)) return;
  const preparing = all.filter(({ state }) => state === "processing");
  if (preparing.length > 0) note(terminal, preparingInWords(preparing.map(accountName)));
}
