import type { Consent, Coverage, DateRange } from "../../../bank/index.ts";
import { dateDaysBefore, dateOf } from "../../../base/dates.ts";
import { MOST_DAYS_BACK, type TransactionRange } from "../account-transactions.ts";

/** The range to request for one that is wanted: the service cuts what the agreement does not cover. */
export function requestedRange({ days, from, to }: DateRange): TransactionRange {
  const isUnlimited = days === undefined && from === undefined && to === undefined;
  const daysBack = isUnlimited ? MOST_DAYS_BACK : days && Math.min(days, MOST_DAYS_BACK);
  return { daysBack, dateFrom: from, dateTo: to };
}

/** What is known of a response besides its range. */
interface Response {
  asOf: Date;
  consent: Consent;
  /** Whether the bank sent a list of pending entries. */
  pendingReported: boolean;
  /** Whether the consent is a snapshot, which shows nothing that was booked later. */
  isSnapshot: boolean;
}

/**
 * What a response holds for sure. The service cuts silently what lies before the history of the agreement, which may be
 * counted from the day of the consent or from today: the later of both is sure. Of a snapshot of an unknown day, nothing is.
 */
export function coverageOf(
  { days, from, to }: DateRange,
  { asOf, consent: { grantedAt, historyDays }, pendingReported, isSnapshot }: Response,
): Coverage {
  if (isSnapshot && grantedAt === null) return { from: null, to: null, pending: false };
  const now = asOf.getTime();
  const first = (count: number) => dateDaysBefore(now, Math.min(count, MOST_DAYS_BACK));
  const wanted = from ?? (days === undefined ? undefined : first(days));
  const allowed = historyDays === null ? undefined : first(historyDays);
  const ends = [to, isSnapshot && grantedAt !== null ? dateOf(grantedAt.getTime()) : undefined]
    .filter((date) => date !== undefined && date < dateOf(now))
    .sort();
  const last = ends[0] ?? null;
  return {
    from: allowed === undefined ? null : wanted !== undefined && wanted > allowed ? wanted : allowed,
    to: last,
    pending: pendingReported && last === null,
  };
}
