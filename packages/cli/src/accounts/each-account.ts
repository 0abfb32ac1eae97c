import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure, type Explanation, explain } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import { printFailure } from "../ui/terminal.ts";
import type { ChosenAccounts } from "./chosen-accounts.ts";
import { type ReachableAccount, subjectOf } from "./connected-accounts.ts";

/** What was read of one account. */
export interface ReadAccount<Reading> {
  account: ReachableAccount;
  reading: Reading;
}

/** An account of which nothing could be read, and why. */
export interface FailedAccount {
  account: ReachableAccount;
  error: unknown;
  explanation: Explanation;
}

/** What was read of several accounts, and the exit code, which says whether all could be read. */
export interface ReadAccounts<Reading> {
  /** One for each account, in their order. */
  results: (ReadAccount<Reading> | FailedAccount)[];
  read: ReadAccount<Reading>[];
  failed: FailedAccount[];
  exitCode: number;
}

/**
 * Reads data of all accounts concurrently. A failure is reported on stderr and does not affect the other accounts.
 *
 * @throws CommandFailure if nothing could be read, unless the output is for a program, which still gets a document
 */
export async function readEach<Reading>(
  session: Session,
  { accounts, exitCode: before }: ChosenAccounts,
  what: string,
  read: (account: ReachableAccount) => Promise<Reading>,
): Promise<ReadAccounts<Reading>> {
  const { terminal, options, now } = session;
  let done = 0;
  const results = await withProgress(terminal, line`Reading ${what}`, (progress) =>
    Promise.all(
      accounts.map(async (account): Promise<ReadAccount<Reading> | FailedAccount> => {
        try {
          return { account, reading: await read(account) };
        } catch (error) {
          session.stopSignals.signal.throwIfAborted();
          return { account, error, explanation: explain(error, subjectOf(account), now()) };
        } finally {
          done += 1;
          progress(line`${done} of ${counted(accounts.length, "account")}`);
        }
      }),
    ),
  );
  const failed = results.filter((result) => "explanation" in result);
  const exitCode = exitCodeOf(failed, results.length, before);
  const last = failed.at(-1);
  if (last !== undefined && failed.length === results.length && !isForProgram(options)) {
    for (const { explanation } of failed.slice(0, -1)) printFailure(terminal, explanation, options);
    // Printed after the others, when the command ends.
    const { message, next } = last.explanation;
    throw new CommandFailure(message, exitCode, next, last.explanation);
  }
  for (const { account, explanation } of failed)
    printFailure(terminal, explanation, { ...options, accountId: account.handle });
  return { results, read: results.filter((result) => "reading" in result), failed, exitCode };
}

/** If all accounts failed with the same exit code, that one. */
function exitCodeOf(failed: readonly FailedAccount[], of: number, before: number): number {
  const [first] = failed;
  if (first === undefined) return before;
  if (failed.length < of) return EXIT.partly;
  const { exitCode } = first.explanation;
  return failed.every(({ explanation }) => explanation.exitCode === exitCode) ? exitCode : EXIT.failed;
}
