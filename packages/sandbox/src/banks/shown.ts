import type { SandboxAccount } from "./account.ts";
import { dateAt, dayNumber, monthStart, nextMonthStart } from "./day.ts";
import { LONGEST_MOVE } from "./fates.ts";
import { bookedBetween, pendingOn } from "./history.ts";
import { openingOf } from "./month-end.ts";
import type { Movement } from "./movement.ts";
import { hashOf, Random } from "./random.ts";
import { lateSum } from "./sums.ts";

/** The part of a history that a response covers. */
export interface Range {
  /** The first date, `YYYY-MM-DD`. */
  from: string;
  /** The last date, itself included. @default today */
  to?: string | undefined;
  /** The date of a snapshot, after which nothing is shown; undefined if new entries are shown too. */
  snapshotOn?: string | undefined;
}

/** When the transactions of a bank account are asked for. */
export interface Viewpoint {
  at: Date;
  /** How many such requests for the bank account preceded it. */
  call: number;
  /** How many account ids the bank had issued for the bank account before that which is asked. */
  connection: number;
}

/** A movement as the bank shows it on a day. */
export interface ShownMovement {
  movement: Movement;
  /** The list in which it is shown. */
  status: "booked" | "pending";
  /** Whether what is shown is only a reservation, in either list. */
  isHold: boolean;
  /** The booking date that is shown; that of the purchase if it is a reservation. */
  bookedDay: number;
  /** The value date that is shown. */
  valueDay: number;
  /** The amount that is shown, in the currency's smallest unit. */
  minor: bigint;
  /** The text of the payment that is shown. */
  description: string;
  /** The account's booked balance after it, at a bank that reports one. */
  balanceAfter?: bigint;
}

/** A value date is at most this many days after the booking date. */
const LONGEST_AHEAD = 2;
/** A booking date is at most this many days after the value date. */
const LONGEST_BEHIND = 4 + LONGEST_MOVE;

/**
 * The movements in the list of booked ones with either date in the range, month by month and in the bank's order, so that a
 * whole response is never held in memory.
 *
 * @param booked returns the booked movements of some days, by default computed from the seed
 */
export function* bookedMovements(
  account: SandboxAccount,
  view: Viewpoint,
  range: Range,
  booked: typeof bookedBetween = bookedBetween,
): Generator<ShownMovement[]> {
  const today = dayNumber(dateAt(view.at));
  if (isEmptyOn(account, today)) return;
  const shown = inRange(account, wanted(account, view, range, booked));
  if (isCutOn(account, today)) yield newestOf(account, shown);
  else for (const rows of shown) yield withRepeated(account, view, rows);
}

/** The days of a range, how the movements that are booked in it are found, and what is listed as booked besides. */
interface Wanted {
  first: number;
  last: number;
  seen: number;
  booked: typeof bookedBetween;
  held: readonly ShownMovement[];
}

function wanted(
  account: SandboxAccount,
  view: Viewpoint,
  range: Range,
  booked: typeof bookedBetween,
): Wanted {
  const days = daysOf(range, view.at);
  return { ...days, booked, held: heldOn(account, days.seen) };
}

function* inRange(account: SandboxAccount, asked: Wanted): Generator<ShownMovement[]> {
  const { first, last, seen } = asked;
  const [start, end] = [first - LONGEST_AHEAD, Math.min(last + LONGEST_BEHIND, seen)];
  const fits = ({ bookedDay, valueDay }: ShownMovement) =>
    (bookedDay >= first && bookedDay <= last) || (valueDay >= first && valueDay <= last);
  const oldestFirst = account.quirks.includes("oldestFirst");
  for (const [from, to] of months(start, end, oldestFirst)) {
    const listed = bookedRows(account, { ...asked, first: from, last: to });
    if (account.quirks.includes("runningBalance")) addBalances(account, { ...asked, first: from }, listed);
    const rows = listed.filter(fits);
    yield oldestFirst ? rows : rows.reverse();
  }
}

/**
 * All that is listed as booked from some days before a range until today, oldest first, also what a response leaves out
 * because of the range or because it is cut or empty.
 */
export function allBooked(
  account: SandboxAccount,
  view: Viewpoint,
  range: Range,
  booked: typeof bookedBetween = bookedBetween,
): ShownMovement[] {
  const asked = wanted(account, view, range, booked);
  return bookedRows(account, { ...asked, first: asked.first - LONGEST_AHEAD, last: asked.seen });
}

/** All that is listed as booked at the end of the day `seen` with a booking date in the days asked for, oldest first. */
function bookedRows(account: SandboxAccount, asked: Wanted): ShownMovement[] {
  const { first, last, held } = asked;
  const moves = account.historyQuirks.includes("movingDates");
  const rows = arrivedRows(account, moves ? { ...asked, first: first - LONGEST_MOVE } : asked);
  if (!moves && held.length === 0) return rows;
  return [...rows, ...held]
    .filter(({ bookedDay }) => bookedDay >= first && bookedDay <= last)
    .sort((a, b) => a.bookedDay - b.bookedDay);
}

/** What is booked with a first booking date in the range, has arrived and is not taken back. */
function arrivedRows(account: SandboxAccount, { first, last, seen, booked }: Wanted): ShownMovement[] {
  const rows: ShownMovement[] = [];
  for (const movement of booked(account, first, last)) {
    const { shownDay, takenBackDay } = movement;
    if (shownDay <= seen && (takenBackDay ?? seen + 1) > seen) rows.push(asBooked(movement, seen));
  }
  return rows;
}

/**
 * Adds the balance after it to each entry that is listed as booked in some days of one month, oldest first. The bank adds
 * up its list whenever it is asked, so that an entry that arrives late changes the balances after it.
 */
function addBalances(account: SandboxAccount, asked: Wanted, rows: readonly ShownMovement[]): void {
  const month = monthStart(asked.first);
  let balance = openingOf(account, month) - lateSum(account, month, asked.seen);
  const earlier = [
    ...asked.held.filter(({ bookedDay }) => bookedDay < month),
    ...bookedRows(account, { ...asked, first: month, last: asked.first - 1 }),
  ];
  for (const { minor } of earlier) balance += minor;
  // What has moved into the month is in its list as well as in the opening balance.
  const before = { ...asked, first: month - LONGEST_MOVE, last: month - 1 };
  for (const { minor, bookedDay } of arrivedRows(account, before)) if (bookedDay >= month) balance -= minor;
  for (const row of rows) {
    balance += row.minor;
    row.balanceAfter = balance;
  }
}

function heldOn(account: SandboxAccount, today: number): ShownMovement[] {
  if (!account.historyQuirks.includes("bookedHolds")) return [];
  return pendingOn(account, today)
    .filter(({ held }) => held)
    .map((movement) => ({
      ...asPending(movement),
      status: "booked",
      description: `Authorisation ${movement.counterparty}`,
    }));
}

/** A booking date that moves does so two days after it was first shown. */
const MOVES_AFTER = 2;

/** The booking date of a movement as the bank shows it on a day. */
export function shownBookedDay({ bookedDay, shownDay, movesTo = bookedDay }: Movement, seen: number): number {
  return seen >= shownDay + MOVES_AFTER ? movesTo : bookedDay;
}

function asBooked(movement: Movement, seen: number): ShownMovement {
  const { valueDay, minor, description } = movement;
  return {
    movement,
    status: "booked",
    isHold: false,
    bookedDay: shownBookedDay(movement, seen),
    valueDay,
    minor,
    description,
  };
}

function asPending(movement: Movement): ShownMovement {
  const { day, whilePending: { minor, description } = movement } = movement;
  return { movement, status: "pending", isHold: true, bookedDay: day, valueDay: day, minor, description };
}

/** How many entries a cut response has. */
const NEWEST = 20;

/** The newest movements only, in the bank's order. */
function newestOf(account: SandboxAccount, shown: Iterable<ShownMovement[]>): ShownMovement[] {
  const rows = [...shown].flat();
  return account.quirks.includes("oldestFirst") ? rows.slice(-NEWEST) : rows.slice(0, NEWEST);
}

const isCutOn = (account: SandboxAccount, today: number) =>
  account.quirks.includes("newestTwenty") && new Random(account.seed, today, "cut").chance(30);

const isEmptyOn = (account: SandboxAccount, today: number) =>
  account.quirks.includes("emptyDays") && new Random(account.seed, today, "empty").chance(6);

/** Some older movements twice, as if two pages of a list overlapped. */
function withRepeated(account: SandboxAccount, view: Viewpoint, rows: ShownMovement[]): ShownMovement[] {
  if (!account.quirks.includes("repeatedRows")) return rows;
  const today = dayNumber(dateAt(view.at));
  return rows.flatMap((row) => {
    const { id, shownDay } = row.movement;
    const isOld = !row.isHold && shownDay <= today - REPEATED_AFTER;
    return isOld && hashOf(account.seed, id, view.call, "repeated") % REPEATED_OF === 0 ? [row, row] : [row];
  });
}

/** How many days an entry is shown before it may be repeated, as it is on a later page by then. */
const REPEATED_AFTER = 5;
/** One in this many entries is repeated in a response. */
const REPEATED_OF = 60;

/**
 * The movements that are booked until the day `last` and have their booking or value date on or after the day `first`: all
 * that a response can show whose range begins then.
 */
export function bookedSince(account: SandboxAccount, first: number, last: number): Movement[] {
  return bookedBetween(account, first - LONGEST_AHEAD, last).filter(
    (movement) => shownBookedDay(movement, last) >= first || movement.valueDay >= first,
  );
}

/** The pending movements in the range. */
export function pendingMovements(account: SandboxAccount, view: Viewpoint, range: Range): ShownMovement[] {
  if (isEmptyOn(account, dayNumber(dateAt(view.at)))) return [];
  const { first, last, seen } = daysOf(range, view.at);
  const shown = pendingOn(account, seen)
    .filter(({ held }) => !held)
    .map(asPending);
  if (account.quirks.includes("pendingToday")) for (const row of shown) row.valueDay = seen;
  return shown.filter(({ valueDay }) => valueDay >= first && valueDay <= last);
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
