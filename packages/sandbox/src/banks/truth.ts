import type { SandboxAccount } from "./account.ts";
import { dateAt, dateOfDay, dayNumber } from "./day.ts";
import { decimal } from "./money.ts";
import { type Movement, movementsOn } from "./movement.ts";
import { bookedSince, shownBookedDay } from "./shown.ts";

/** A place at which a complete response showed an entry. */
export interface Sighting {
  /** How many complete responses with transactions of the same account id preceded the response. */
  response: number;
  /** The index of the entry in the list, from 0. */
  position: number;
}

/** One form in which the bank showed an entry. */
export interface Observation {
  /** The date of the first response that showed it in this form. */
  on: string;
  /** The id under which the account was asked: some banks issue a new one with each connection. */
  account: string;
  /** The list in which it was shown. */
  status: "booked" | "pending";
  /** The entry as it was sent. */
  payload: Record<string, unknown>;
  /**
   * The number of the form: rows of two entries have the same number if nobody can tell them apart. Members that the bank
   * changes with each response, or that say only where an entry stands, do not count.
   */
  form: number;
  /** All places at which responses showed it in this form, oldest first. */
  seen: Sighting[];
  /**
   * The ids of the other entries that any response showed in the same list and the same form, apart from members that
   * the bank changes with each response. From such a row alone, no reader can tell which of these entries it is.
   */
  indistinguishableFrom: string[];
  /**
   * The ids of the other entries that may just as well have become this form. They changed with the response that showed it
   * first, and their content was the same as that of this entry before the change or is the same after it, or one of the two
   * now has the content that the other had before; and neither of the new forms has an id that only one of them has had
   * before. An entry that the same response shows for the first time, in the same content, is listed as well, as either may
   * be the new one; and so is one of the same content that was not shown again since the response before, as either may be
   * the one that is left.
   */
  mayContinue: string[];
}

/** What really happened, however the bank reports it. Dates are `YYYY-MM-DD`, amounts decimal strings. */
export interface TrueTransaction {
  /** The sandbox's own id, which payloads may or may not contain. */
  id: string;
  /**
   * The booking date; null if it is never booked, or not yet. If the bank moves it, it is the date that is shown today, or
   * that was shown last if the booking was taken back.
   */
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
  /**
   * The IBAN of the other side, even if the bank does not send it; null for purchases by card and for what the bank
   * itself books. A transfer between own accounts has the other account's.
   */
  counterpartyIban: string | null;
  /** The text of the payment, in full, even if the bank cuts it. */
  description: string;
  /** The date from which it was pending; null if it was booked at once. */
  pendingFrom: string | null;
  /** The date on which it was released without being booked; null if it was not. */
  vanishedOn: string | null;
  /** The date on which the bank took the booking back; null if it did not, or not yet. */
  retractedOn: string | null;
  /**
   * Every form in which a complete response showed it, oldest first, under all ids that the account has had. A form is
   * listed once if the next response that shows the entry in the same list repeats it under the same account id.
   */
  observed: Observation[];
  /**
   * The ids of the entries that no reader can tell apart from this one, such as the second of two equal purchases at a
   * bank that sends no ids: each response showed both of them, in the same list and the same form, or neither. Members
   * that the bank changes with each response do not count. Empty if there is none, or if no response showed the entry.
   */
  indistinguishableFrom: string[];
}

/** A movement that responses have shown, and what is known of it from them alone. */
export interface ObservedMovement extends Pick<TrueTransaction, "observed" | "indistinguishableFrom"> {
  movement: Movement;
}

/**
 * All movements on an account from a date until now, oldest first, and all that responses have shown besides.
 *
 * @param observed what responses have shown, by the id of the movement
 */
export function truthOf(
  account: SandboxAccount,
  from: string,
  now: Date,
  observed: ReadonlyMap<string, ObservedMovement>,
): TrueTransaction[] {
  const today = dayNumber(dateAt(now));
  const movements = movementsBetween(account, dayNumber(from), today);
  for (const [id, { movement }] of observed) movements.set(id, movement);
  return [...movements.values()]
    .sort((a, b) => a.day - b.day || a.bookedDay - b.bookedDay)
    .map((movement) => truth(account, movement, today, observed.get(movement.id)));
}

/** All movements that happened, were booked or have their value date in the range, including those that are never booked. */
function movementsBetween(account: SandboxAccount, first: number, today: number): Map<string, Movement> {
  const found = new Map<string, Movement>();
  for (const movement of bookedSince(account, first, today)) found.set(movement.id, movement);
  for (let day = first; day <= today; day += 1) {
    for (const movement of movementsOn(account, day)) found.set(movement.id, movement);
  }
  return found;
}

function truth(
  account: SandboxAccount,
  movement: Movement,
  today: number,
  known: ObservedMovement | undefined,
): TrueTransaction {
  const { day, bookedDay, shownDay, takenBackDay, valueDay, vanishes } = movement;
  const { counterparty, counterpartyIban, description } = movement;
  // What is taken back has the booking date that was shown last.
  const lastListed = Math.min(today, (takenBackDay ?? today + 1) - 1);
  return {
    id: movement.id,
    bookedOn: vanishes || shownDay > today ? null : dateOfDay(shownBookedDay(movement, lastListed)),
    valueOn: dateOfDay(valueDay),
    amount: decimal(movement.minor),
    currency: account.currency,
    counterparty,
    counterpartyIban: counterpartyIban ?? null,
    description,
    pendingFrom: bookedDay > day && takenBackDay === undefined ? dateOfDay(day) : null,
    vanishedOn: vanishes && bookedDay <= today ? dateOfDay(bookedDay) : null,
    retractedOn: takenBackDay !== undefined && takenBackDay <= today ? dateOfDay(takenBackDay) : null,
    observed: known?.observed ?? [],
    indistinguishableFrom: known?.indistinguishableFrom ?? [],
  };
}
