import { hasLostAccess, type Origin, stateAt } from "bankdata-core/bank";
import type { BankDataError } from "bankdata-core/base";
import type { Session } from "../session/session.ts";
import { renewCommand, typeableReference } from "../ui/connection-reference.ts";
import { accountStateInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { counted, formatPast } from "../ui/format.ts";
import { alert, isForProgram, warn } from "../ui/output.ts";
import { joined, line } from "../ui/printable.ts";
import { asTyped } from "../ui/terminal.ts";
import { isLive, type ReadOptions } from "./account-options.ts";
import { accountName } from "./connected-accounts.ts";
import type { ReadAccount } from "./each-account.ts";

/** More accounts than this are counted in a note, not named. */
const MOST_NAMED = 3;

/**
 * Warns why older data is shown, unless the output is for a program, and which of it can no longer be renewed.
 *
 * @param exitCode the exit code so far
 * @returns `EXIT.stale` instead of success if some data is older than the person allows
 */
export function reportStale(
  session: Session,
  read: readonly ReadAccount<Origin>[],
  wanted: ReadOptions,
  exitCode: number,
): number {
  const stale = read.filter(({ reading }) => reading.stale);
  if (!isForProgram(session.options)) {
    for (const alike of byReason(stale).values()) warnOfStale(session, alike);
    warnOfLostAccess(session, read);
  }
  const isRefused = stale.length > 0 && (isLive(wanted) || wanted.failIfStale === true);
  return isRefused && exitCode === EXIT.done ? EXIT.stale : exitCode;
}

/** Accounts whose data is old for the same kind of reason. */
function byReason(stale: readonly ReadAccount<Origin>[]): Map<string, ReadAccount<Origin>[]> {
  return Map.groupBy(stale, ({ reading: { staleReason } }) => staleReason?.name ?? "");
}

function warnOfStale({ terminal, now }: Session, alike: readonly ReadAccount<Origin>[]): void {
  const oldest = alike.reduce((time, { reading }) => Math.min(time, reading.asOf.getTime()), now());
  const age = line`Showing data from ${formatPast(oldest, now())}.`;
  const names = alike.map(({ account }) => accountName(account));
  const name = names.length > MOST_NAMED ? counted(names.length, "account") : joined(names, line`, `);
  const reason = firstReason(alike);
  const why = reason === undefined ? line`${name}: not refreshed.` : explain(reason, { name }, now()).message;
  warn(terminal, joined([why, age], line` `));
}

function firstReason(alike: readonly ReadAccount<Origin>[]): BankDataError | undefined {
  return alike.find(({ reading }) => reading.staleReason !== null)?.reading.staleReason ?? undefined;
}

/** Says of accounts that could be read, mostly from the cache, that access to them has ended. */
function warnOfLostAccess({ terminal, options, now }: Session, read: readonly ReadAccount<Origin>[]): void {
  for (const { account } of read) {
    const { connection } = account;
    const hasEnded = stateAt(connection, now()) === "expired";
    if (!hasEnded && !hasLostAccess(account)) continue;
    const state = accountStateInWords({ ...account, state: hasEnded ? "expired" : account.state });
    const renewing = asTyped(renewCommand(typeableReference(connection)), options);
    alert(terminal, line`${accountName(account)}: ${state}. Renew the connection:`, renewing);
  }
}
