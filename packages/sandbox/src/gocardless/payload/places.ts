import type { bookedBetween } from "../../banks/history.ts";
import type { Range, SandboxAccount } from "../../banks/index.ts";
import { allBooked, type ShownMovement, type Viewpoint } from "../../banks/shown.ts";

/** Where an entry stands among all that a bank lists as booked. */
export interface Place {
  /** The place among the entries with the same booking date, from 1. A late entry takes the first place of its day. */
  inDay: number;
  /** The place counted from the newest of all entries, which is 1. */
  fromNewest: number;
}

/** The places by movement id; undefined at a bank whose ids do not depend on them. */
export function placesOf(
  account: SandboxAccount,
  view: Viewpoint,
  range: Range,
  booked?: typeof bookedBetween,
): ReadonlyMap<string, Place> | undefined {
  const { quirks } = account;
  if (!quirks.includes("numberedIds") && !quirks.includes("idsFromNewest")) return undefined;
  const rows = allBooked(account, view, range, booked);
  const places = new Map<string, Place>();
  const counts = new Map<number, number>();
  for (const [at, { movement, bookedDay }] of rows.sort(byDayThenLate).entries()) {
    const inDay = (counts.get(bookedDay) ?? 0) + 1;
    counts.set(bookedDay, inDay);
    places.set(movement.id, { inDay, fromNewest: rows.length - at });
  }
  return places;
}

/** Among the entries of a day, the one that arrived last comes first, and then those that did not arrive late. */
function byDayThenLate(a: ShownMovement, b: ShownMovement): number {
  return a.bookedDay - b.bookedDay || lateness(b) - lateness(a);
}

const lateness = ({ movement: { bookedDay, shownDay } }: ShownMovement) => shownDay - bookedDay;
