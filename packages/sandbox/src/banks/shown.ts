import type { SandboxAccount } from "./account.ts";
import { dateAt, dayNumber, monthStart, nextMonthStart } from "./day.ts";
import { bookedBetween, pendingOn } from "./history.ts";
import type { Movement } from "./movement.ts";

/** The part of a history that a response covers. */
export interface Range {
  /** The first date, `YYYY-MM-DD`. */
  from: string;
  /** The last date, itself included. @default today */
  to?: string | undefined;
  /** The date of a snapshot, after which nothing is shown; undefined if new entries are shown too. */
  snapshotOn?: string | undefined;
}

/** A value date is at most this many days after the booking date. */
const LONGEST_AHEAD = 2;
/** A booking date is at most this many days after the value date. */
const LONGEST_BEHIND = 4;

/**
 * The booked movements with either date in the range, month by month and in the bank's order, so that a whole response is
 * never held in memory.
 *
 * @param booked returns the booked movements of some days, by default computed from the seed
 */
export function* bookedMovements(
  account: SandboxAccount,
  at: Date,
  range: Range,
  booked: typeof bookedBetween = bookedBetween,
): Generator<Movement[]> {
  const { first, last, seen } = daysOf(range, at);
  const [start, end] = [first - LONGEST_AHEAD, Math.min(last + LONGEST_BEHIND, seen)];
  const fits = ({ bookedDay, valueDay, shownDay }: Movement) =>
    shownDay <= seen &&
    ((bookedDay >= first && bookedDay <= last) || (valueDay >= first && valueDay <= last));
  const oldestFirst = account.quirks.includes("oldestFirst");
  for (const [from, to] of months(start, end, oldestFirst)) {
    const shown = booked(account, from, to).filter(fits);
    yield oldestFirst ? shown : shown.reverse();
  }
}

/**
 * The movements that are booked until the day `last` and have their booking or value date on or after the day `first`: all
 * that a response can show whose range begins then.
 */
export function bookedSince(account: SandboxAccount, first: number, last: number): Movement[] {
  return bookedBetween(account, first - LONGEST_AHEAD, last).filter(
    ({ bookedDay, valueDay }) => bookedDay >= first || valueDay >= first,
  );
}

/** The pending movements in the range. */
export function pendingMovements(account: SandboxAccount, at: Date, range: Range): Movement[] {
  const { first, last, seen } = daysOf(range, at);
  return pendingOn(account, seen).filter(({ day }) => day >= first && day <= last);
}

function daysOf(range: Range, at: Date): { first: number; last: number; seen: number } {
  const today = dayNumber(dateAt(at));
  const seen = range.snapshotOn === undefined ? today : Math.min(today, dayNumber(range.snapshotOn));
  const last = Math.min(seen, range.to === undefined ? seen : dayNumber(range.to));
  return { first: dayNumber(range.from), last, seen };
}

/** The months from one day to another; the first and the last are cut to these days. */
function months(first: number, last: number, oldestFirst: boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let month = monthStart(first); month <= last; month = nextMonthStart(month)) {
    found.push([Math.max(first, month), Math.min(last, nextMonthStart(month) - 1)]);
  }
  return oldestFirst ? found : found.reverse();
}
