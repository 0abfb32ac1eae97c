import {
  accountName,
  type ListedAccount,
  type ListedAccounts,
  listedAccounts,
  subjectOf,
} from "../accounts/connected-accounts.ts";
import { accountItem } from "../accounts/items.ts";
import { noAccountFailure, warnOfLostAccounts } from "../accounts/lost-access.ts";
import type { Session } from "../session/session.ts";
import { preparingInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { isForProgram, note, printList } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { asTyped, printFailure } from "../ui/terminal.ts";
import { printAccounts } from "./accounts.table.ts";

/** Lists every connected account. @returns the exit code */
export async function accounts(session: Session): Promise<number> {
  const { terminal, options, now } = session;
  const listing = await listedAccounts(session);
  const { accounts: all, exitCode } = listing;
  const items = all.map((account) => accountItem(account, { now: now(), sandbox: options.sandbox }));
  printList(terminal, options, items, () => printAccounts(terminal, all, now()));
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
