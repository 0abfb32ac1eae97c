import type { DateRange } from "bankdata-core/bank";
import type { ArchivedRun } from "../archive/account-reading.ts";
import type { Candidate } from "./candidates.ts";
import { type Calls, type Due, dueAt } from "./due.ts";
import { isHistoryMissing, rangeFor } from "./range.ts";

/** What an account is asked for now, and when it is asked next. */
export interface Plan {
  /** Whether the bank's details are needed, as the archive has none that were read under this consent. */
  readonly details: boolean;
  /** Whether they can be asked for now. */
  readonly canAskDetails: boolean;
  /** Which transactions are asked for; null if none are now. */
  readonly range: DateRange | null;
  readonly balances: boolean;
  /** Whether the bank has sent something since what is in the archive, so that it may be cached. */
  readonly unrecorded: { readonly transactions: boolean; readonly balances: boolean };
  /** Whether something is not asked because no call is allowed. */
  readonly spent: boolean;
  /** When transactions or balances are due, whichever is first, in milliseconds since 1970; null if the consent ends before. */
  readonly nextAt: number | null;
}

/** What a plan depends on. */
export interface PlanInput {
  readonly candidate: Candidate;
  /** What was recorded of the account so far, the newest first. */
  readonly runs: readonly ArchivedRun[];
  readonly calls: Calls;
  /** In milliseconds since 1970. */
  readonly now: number;
  /** Whether it is asked now if that is possible at all. */
  readonly atOnce: boolean;
  /** The range that is wanted; undefined for what is missing. */
  readonly range: DateRange | undefined;
  /** The first date to ask for; undefined for all that the consent allows. */
  readonly start: string | undefined;
}

/** What to ask of an account. */
export function planOf({ candidate, runs, calls, now, atOnce, range, start }: PlanInput): Plan {
  const { account, archived } = candidate;
  const { consent } = account;
  const when = (kind: keyof Calls, haste: "none" | "some") =>
    dueAt({ now, calls: calls[kind], consentEndsAt: consent.validUntil, haste: atOnce ? "all" : haste });
  const transactions = when("transactions", isHistoryMissing({ consent, start, runs }) ? "some" : "none");
  const balances = when("balances", "none");
  const isNow = ({ at }: Due) => at !== null && at <= now;
  const { describedAt = null } = archived ?? {};
  const { grantedAt } = consent;
  return {
    details: describedAt === null || (grantedAt !== null && describedAt < grantedAt),
    // No day has a grid of details, so they are asked as long as one call is left for a person.
    canAskDetails: calls.details.remaining > (atOnce || calls.details.limit <= 1 ? 0 : 1),
    range: isNow(transactions) ? (range ?? rangeFor({ now, consent, start, runs })) : null,
    balances: isNow(balances),
    unrecorded: {
      transactions: isNewer(calls.transactions.lastCallAt, archived?.lastRun?.observedAt),
      balances: isNewer(calls.balances.lastCallAt, archived?.lastBalancesAt),
    },
    spent: [transactions, balances].some((due) => !isNow(due) && due.spent),
    nextAt: earliest([transactions.at, balances.at]),
  };
}

/** A response may be dated some seconds before its call was counted. In milliseconds. */
const COUNTED_WITHIN = 60_000;

/** Whether a call was made after what is in the archive. */
function isNewer(lastCallAt: Date | null, archivedAt: Date | null | undefined): boolean {
  if (!archivedAt) return true;
  return lastCallAt !== null && lastCallAt.getTime() > archivedAt.getTime() + COUNTED_WITHIN;
}

/** When transactions or balances are due next, in milliseconds since 1970; null if the consent ends before. */
export function nextOf(calls: Calls, consentEndsAt: Date | null, now: number): number | null {
  const at = (kind: keyof Calls) => dueAt({ now, calls: calls[kind], consentEndsAt, haste: "none" }).at;
  return earliest([at("transactions"), at("balances")]);
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
