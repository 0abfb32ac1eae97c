import type { Fate, ProfileName, Quirk, WritingQuirk } from "./profiles.ts";

/** An account behind the consent page: who owns it, and the seed of its history. */
export interface SandboxAccount {
  institutionId: string;
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
  /** Its bank's habits: all of them, those that rewrite an entry, and those that decide what becomes of one. */
  quirks: readonly Quirk[];
  writing: readonly WritingQuirk[];
  fates: readonly Fate[];
  /** Whether values are dated after their booking. */
  valuesAhead: boolean;
}
