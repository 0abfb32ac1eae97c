import type { Consent, DateRange } from "bankdata-core/bank";
import { DAY, dateOf, daysFrom } from "bankdata-core/base";
import type { ArchivedRun } from "../archive/account-reading.ts";

/** How far back a bank is asked each time: further than any bank corrects, and at no provider does it cost more calls. */
const USUAL_DAYS = 90;

/** How much of what is known already is asked again, so that no late entry is missed. */
const OVERLAP_DAYS = 14;

/** What decides which transactions are asked for. */
export interface RangeInput {
  /** In milliseconds since 1970. */
  readonly now: number;
  readonly consent: Consent;
  /** The first date to ask for; undefined for all that the consent allows. */
  readonly start: string | undefined;
  /** What was recorded of the account so far, the newest first. */
  readonly runs: readonly ArchivedRun[];
}

/**
 * Which transactions are asked for: all history that the consent allows, until that was read once under this consent; then
 * the usual days, or more if the account has not been read for longer.
 */
export function rangeFor({ now, consent, start, runs }: RangeInput): DateRange {
  if (!isHistoryRead({ consent, start, runs })) return start === undefined ? {} : { from: past(start, now) };
  const newest = runs.find(({ coverage }) => coverage.from !== null && coverage.to === null);
  const gap = newest === undefined ? 0 : Math.ceil((now - newest.observedAt.getTime()) / DAY);
  const days = Math.max(USUAL_DAYS, gap + OVERLAP_DAYS);
  const isLater = start !== undefined && start > dateOf(now - days * DAY);
  return isLater ? { from: past(start, now) } : { days };
}

/** A day that has not come yet cannot be asked for. */
function past(date: string, now: number): string {
  const today = dateOf(now);
  return date < today ? date : today;
}

/**
 * Whether a response under this consent reached as far back as the consent allowed then, or as far as is wanted. Never, if it
 * is unknown how far it reaches: then all of it is asked for each time.
 */
export function isHistoryRead({ consent, start, runs }: Omit<RangeInput, "now">): boolean {
  const { grantedAt, historyDays } = consent;
  return runs.some(({ observedAt, coverage: { from } }) => {
    if (from === null || (grantedAt !== null && observedAt < grantedAt)) return false;
    if (start !== undefined && from <= start) return true;
    return historyDays !== null && from <= daysFrom(dateOf(observedAt.getTime()), -longest(historyDays));
  });
}

/**
 * Whether history is missing that one response would bring. It is not, if an earlier one did not tell how far it reaches:
 * neither would the next.
 */
export function isHistoryMissing(known: Omit<RangeInput, "now">): boolean {
  const { consent, runs } = known;
  const { grantedAt, historyDays } = consent;
  const isTold = runs.every(
    ({ observedAt, coverage }) => coverage.from !== null || (grantedAt !== null && observedAt < grantedAt),
  );
  return isTold && (historyDays !== null || runs.length === 0) && !isHistoryRead(known);
}

/** No provider reads further back than two years. */
function longest(historyDays: number): number {
  return Math.min(historyDays, 730);
}
