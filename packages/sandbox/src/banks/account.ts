import type { HistoryQuirk, PayloadQuirk, ProfileName, Quirk } from "./quirks.ts";

/** What an account is used for, which decides on what happens on it. */
export type AccountKind = "current" | "savings" | "card" | "currency";

/** A standing order that is paid each month from one account of the end user to another one. */
export interface StandingOrder {
  /** The IBAN of the other account. */
  iban: string;
  /** The amount in euro cents, before it is scaled to the account's currency; negative on the account that pays. */
  cents: number;
  /** The day of the month on which it is booked. */
  dayOfMonth: number;
}

/** A bank account that the end user can connect: who owns it, how its bank behaves, and the seed of its history. */
export interface SandboxAccount {
  /** The id of its bank. */
  bank: string;
  index: number;
  seed: number;
  kind: AccountKind;
  country: string;
  /** Null for a card. */
  iban: string | null;
  bban: string | null;
  bic: string;
  currency: string;
  ownerName: string;
  name: string;
  product: string | null;
  cashAccountType: string;
  maskedPan: string | null;
  /** The IBAN of the end user's own account with which the transfers at the end of the month are made. */
  ownIban: string;
  /** On a savings account, the current account at the same bank, whose transfers arrive here; undefined on others. */
  fedBy?: SandboxAccount;
  /** The accounts in other currencies at the same bank, into which this one is converted; undefined on others. */
  currencyAccounts?: readonly SandboxAccount[];
  standingOrder?: StandingOrder;
  /** How many purchases it has a day; undefined for 0 to 3, drawn for each day. */
  transactionsPerDay: number | undefined;
  profile: ProfileName;
  /** All of its bank's quirks. */
  quirks: readonly Quirk[];
  /** Those of the quirks that rewrite an entry. */
  payloadQuirks: readonly PayloadQuirk[];
  /** Those of the quirks that change the history. */
  historyQuirks: readonly HistoryQuirk[];
  /** Whether card payments have a value date after their booking date. */
  valuesAhead: boolean;
}
