import type { SandboxAccount } from "./account.ts";
import { dateAt, dateOfDay, dayNumber } from "./day.ts";
import { bookedBetween, decimal, type Movement, movementsOn } from "./history.ts";

/** One form in which the bank showed an entry. */
export interface Observation {
  /** The date of the first response that showed it so. */
  on: string;
  status: "booked" | "pending";
  /** As it was sent. */
  payload: Record<string, unknown>;
}

/** What really happened, whatever the bank made of it. Dates are `YYYY-MM-DD`, amounts decimal strings. */
export interface TrueTransaction {
  /** The sandbox's own; no payload need show it. */
  id: string;
  /** The booking day that it bears; null if it was never booked, or is not yet. */
  bookedOn: string | null;
  valueOn: string;
  /** Negative if money left, whatever sign the bank writes. Once booked, what was booked. */
  amount: string;
  currency: string;
  counterparty: string;
  description: string;
  /** The day from which it was pending; null if it was booked at once. */
  pendingFrom: string | null;
  /** The day on which a pending one was given back; null if it was not. */
  vanishedOn: string | null;
  /** Every form in which a response showed it, oldest first; what the next response repeats is not listed again. */
  observed: Observation[];
}

/**
 * All that happened to an account from a day to now, oldest first.
 *
 * @param observed what responses have shown of each movement, by its id
 */
export function truthOf(
  account: SandboxAccount,
  from: string,
  now: Date,
  observed: ReadonlyMap<string, Observation[]>,
): TrueTransaction[] {
  const today = dayNumber(dateAt(now));
  const first = dayNumber(from);
  return movementsBetween(account, first, today).map((movement) =>
    truth(account, movement, today, observed.get(movement.id) ?? []),
  );
}

/** All movements that were done or booked in the range, also those that are never booked. */
function movementsBetween(account: SandboxAccount, first: number, today: number): Movement[] {
  const found = new Map<string, Movement>();
  for (const movement of bookedBetween(account, first, today)) found.set(movement.id, movement);
  for (let day = first; day <= today; day += 1) {
    for (const movement of movementsOn(account, day)) found.set(movement.id, movement);
  }
  return [...found.values()].sort((a, b) => a.day - b.day || a.bookedDay - b.bookedDay);
}

function truth(
  account: SandboxAccount,
  movement: Movement,
  today: number,
  observed: Observation[],
): TrueTransaction {
  const { day, bookedDay, shownDay, valueDay, vanishes, counterparty, description } = movement;
  return {
    id: movement.id,
    bookedOn: vanishes || shownDay > today ? null : dateOfDay(bookedDay),
    valueOn: dateOfDay(valueDay),
    amount: decimal(movement.minor),
    currency: account.currency,
    counterparty,
    description,
    pendingFrom: bookedDay > day ? dateOfDay(day) : null,
    vanishedOn: vanishes && bookedDay <= today ? dateOfDay(bookedDay) : null,
    observed,
  };
}
