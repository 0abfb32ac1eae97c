import type { SandboxAccount } from "./account.ts";
import { dateAt, dateOfDay, dayNumber } from "./day.ts";
import { bookedBetween } from "./history.ts";
import { decimal } from "./money.ts";
import { type Movement, movementsOn } from "./movement.ts";

/** One form in which the bank showed an entry. */
export interface Observation {
  /** The date of the first response that showed it in this form. */
  on: string;
  /** The list in which it was shown. */
  status: "booked" | "pending";
  /** The entry as it was sent. */
  payload: Record<string, unknown>;
}

/** What really happened, however the bank reports it. Dates are `YYYY-MM-DD`, amounts decimal strings. */
export interface TrueTransaction {
  /** The sandbox's own id, which payloads may or may not contain. */
  id: string;
  /** The booking date; null if it is never booked, or not yet. */
  bookedOn: string | null;
  /** The true value date; profiles with `swappedDates` send it as the booking date. */
  valueOn: string;
  /**
   * The amount that is or will be booked; negative if money leaves the account, regardless of the sign that the bank
   * writes.
   */
  amount: string;
  /** The account's currency, ISO 4217, even for a purchase abroad. */
  currency: string;
  /** The name of the other side, in full, even if the bank sends no names. */
  counterparty: string;
  /** The text of the payment, in full, even if the bank cuts it. */
  description: string;
  /** The date from which it was pending; null if it was booked at once. */
  pendingFrom: string | null;
  /** The date on which it was released without being booked; null if it was not. */
  vanishedOn: string | null;
  /** Every form in which a response showed it, oldest first. A form that the next response repeats is listed once. */
  observed: Observation[];
}

/**
 * All movements on an account from a date until now, oldest first.
 *
 * @param observed every form in which responses have shown each movement, by its id
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

/** All movements that happened or were booked in the range, including those that are never booked. */
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
