import type { HistoryQuirk, PayloadQuirk, ProfileName, Quirk } from "./quirks.ts";

/** An account behind the consent page: who owns it, and the seed of its history. */
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
  /** About how many transactions a day; undefined for a person's usual life. */
  transactionsPerDay: number | undefined;
  profile: ProfileName;
  /** Its bank's quirks: all of them, those that rewrite an entry, and those that change what happens. */
  quirks: readonly Quirk[];
  payloadQuirks: readonly PayloadQuirk[];
  historyQuirks: readonly HistoryQuirk[];
  /** Whether values are dated after their booking. */
  valuesAhead: boolean;
}
