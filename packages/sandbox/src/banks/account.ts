import type { HistoryQuirk, PayloadQuirk, ProfileName, Quirk } from "./quirks.ts";

/** A bank account that the end user can connect: who owns it, how its bank behaves, and the seed of its history. */
export interface SandboxAccount {
  /** The id of its bank. */
  bank: string;
  index: number;
  seed: number;
  country: string;
  iban: string | null;
  bban: string | null;
  currency: string;
  ownerName: string;
  name: string;
  product: string | null;
  cashAccountType: string;
  maskedPan: string | null;
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
