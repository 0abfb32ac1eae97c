/** The kind of an event. Its texts follow from the kind and from `pick`. */
export type EventKind =
  | "salary"
  | "rent"
  | "electricity"
  | "fee"
  | "friend"
  | "groceries"
  | "coffee"
  | "shop"
  | "abroad"
  | "interest"
  | "standingOrder"
  | "restaurant"
  | "fuel"
  | "hotel"
  | "mistake";

/** An event on an account, in numbers only, so that balances can be added up without building any texts. */
export interface BankEvent {
  kind: EventKind;
  /** The amount in euro cents, before it is scaled to the account's currency; negative if money leaves the account. */
  cents: number;
  /** How many days after the event it is booked, or released if it vanishes. */
  delay: number;
  /** The index among the counterparties of the kind. */
  pick: number;
  /** How many days after its booking date the bank first shows it. */
  late: number;
  /** Whether it is a reservation that is released and never booked. */
  vanishes: boolean;
  /** The amount while it is pending, in the unit of `cents`. */
  pendingCents: number;
  /** Whether the bank lists it as booked while it is pending. */
  held?: boolean;
  /** How many days after its booking date the bank takes the booking back; undefined if it does not. */
  takenBackAfter?: number;
  /** How many days later than at first its booking date is in the end; undefined if it does not move. */
  moves?: number | undefined;
}

/** A card payment is booked at most this many days after the purchase. */
export const LONGEST_PENDING = 4;

/** A late entry is shown at most this many days after its booking date. */
export const LONGEST_LATE = 5;

/** An event that is booked at the amount at which it happened, shown on its booking date, and stays booked. */
export function event(kind: EventKind, cents: number, delay: number, pick: number): BankEvent {
  return { kind, cents, delay, pick, late: 0, vanishes: false, pendingCents: cents };
}
