import type { ResponseMeta } from "bankdata-core";
import type { Session } from "../session/session.ts";
import { typeableReference } from "../ui/connection-reference.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure, explain } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { line } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import { printFailure } from "../ui/terminal.ts";
import { accountName, type ChosenAccounts, type ConnectedAccount } from "./connected-accounts.ts";

/** What was read of one account. */
export interface ReadAccount<T> {
  account: ConnectedAccount;
  value: T;
  meta: ResponseMeta;
}

/**
 * Reads something of each account, all at once. A failure is reported on stderr and does not hide the others.
 *
 * @returns what was read, and the exit code that says whether it is complete
 * @throws CommandFailure if nothing could be read
 */
export async function readEach<T>(
  session: Session,
  { accounts, exitCode: before }: ChosenAccounts,
  what: string,
  read: (account: ConnectedAccount) => Promise<{ value: T; meta: ResponseMeta }>,
): Promise<{ read: ReadAccount<T>[]; exitCode: number }> {
  const { terminal, options, now } = session;
  let done = 0;
  const results = await withProgress(terminal, line`Reading ${what}`, (progress) =>
    Promise.all(
      accounts.map(async (account) => {
        try {
          return { account, ...(await read(account)) };
        } catch (error) {
          session.stopSignals.signal.throwIfAborted();
          const { requisition_reference: reference, requisition_id: id } = account;
          const subject = { name: accountName(account), reference: typeableReference({ reference, id }) };
          return { account, explanation: explain(error, subject, now()) };
        } finally {
          done += 1;
          progress(line`${done} of ${counted(accounts.length, "account")}`);
        }
      }),
    ),
  );
  const failures = results.flatMap((result) => ("explanation" in result ? [result.explanation] : []));
  const [first] = failures;
  for (const failure of failures) {
    if (failures.length < results.length || failure !== first) printFailure(terminal, failure, options);
  }
  if (first !== undefined && failures.length === results.length) {
    const same = failures.every(({ exitCode }) => exitCode === first.exitCode);
    throw new CommandFailure(first.message, same ? first.exitCode : EXIT.failed, first.next, first);
  }
  const good = results.flatMap((result) => ("value" in result ? [result] : []));
  return { read: good, exitCode: failures.length === 0 ? before : EXIT.partly };
}
