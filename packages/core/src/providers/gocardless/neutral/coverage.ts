import type { Consent, Coverage, DateRange } from "../../../bank/index.ts";
import { dateDaysBefore, dateOf } from "../../../base/dates.ts";
import { MOST_DAYS_BACK, type TransactionRange } from "../account-transactions.ts";

/** The range to request for one that is wanted: the service cuts what the agreement does not cover. */
export function requestedRange({ days, from, to }: DateRange): TransactionRange {
  const isUnlimited = days === undefined && from === undefined && to === undefined;
  const daysBack = isUnlimited ? MOST_DAYS_BACK : days && Math.min(days, MOST_DAYS_BACK);
  return { daysBack, dateFrom: from, dateTo: to };
}

/** What is known about a response besides its range. */
interface Response {
  asOf: Date;
  /** The consent under which it was sent; undefined if unknown. */
  consent: Consent | undefined;
  /** Whether the bank sent a list of booked entries. */
  bookedReported: boolean;
  /** Whether the bank sent a list of pending entries. */
  pendingReported: boolean;
  /** Whether the consent is a snapshot, which shows nothing that was booked later. */
  isSnapshot: boolean;
}

/**
 * For how many days a payment may be pending; deposits for hotels and rented cars are the longest. A shorter range may
 * leave some out, as the service also filters pending entries by their dates.
 */
const LONGEST_PENDING_DAYS = 31;

/**
 * The range that a response certainly covers. The service silently leaves out what lies before the history of the
 * agreement, which may be counted from the day of the consent or from today, so only the later of both is certain. For
 * a snapshot of an unknown day, nothing is.
 */
export function coverageOf(
  { days, from, to }: DateRange,
  { asOf, consent, bookedReported, pendingReported, isSnapshot }: Response,
): Coverage {
  const { grantedAt = null, historyDays = null } = consent ?? {};
  if (historyDays === null || (isSnapshot && grantedAt === null))
    return { from: null, to: null, pending: false };
  const now = asOf.getTime();
  const first = (count: number) => dateDaysBefore(now, Math.min(count, MOST_DAYS_BACK));
  const allowed = first(historyDays);
  const wanted = from ?? (days === undefined ? allowed : first(days));
  const start = [wanted, allowed].sort()[1] ?? allowed;
  const ends = [to, isSnapshot && grantedAt !== null ? dateOf(grantedAt.getTime()) : undefined]
    .filter((date) => date !== undefined && date < dateOf(now))
    .sort();
  const last = ends[0] ?? null;
  return {
    from: bookedReported ? start : null,
    to: last,
    pending: pendingReported && last === null && start <= first(LONGEST_PENDING_DAYS),
  };
}
