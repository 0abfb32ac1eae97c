import type { Bank, BankLimits } from "../../../bank/index.ts";
import { Institution, longestAccess, longestHistory } from "../models/institution.ts";

/**
 * The feature of a bank that wants a separate consent for future entries: a consent for more than 90 days of history is
 * then a snapshot.
 */
const SEPARATE_CONSENT = "separate_continuous_history_consent";

/** The most days of history of a consent that still shows future entries, at such a bank. */
export const CONTINUOUS_HISTORY_DAYS = 90;

/** An institution as a bank. */
export function neutralBank(institution: Institution): Bank {
  const { id, name, bic, countries, logo, supported_features: features } = institution;
  return {
    id,
    name,
    bic: bic?.trim() || null,
    countries: countries ?? [],
    logo: logo?.trim() || null,
    features: features ?? [],
    raw: institution.raw ?? institution,
  };
}

/** The most that an agreement with a bank can cover, as the bank advertises it; 90 days each if it does not. */
export function limitsOfBank({ raw, features }: Pick<Bank, "raw" | "features">): BankLimits {
  const read = Institution.safeParse(raw);
  const institution = read.success ? read.data : { id: "", name: "" };
  const historyDays = longestHistory(institution);
  const isSeparate = features.includes(SEPARATE_CONSENT) && historyDays > CONTINUOUS_HISTORY_DAYS;
  return {
    historyDays,
    continuousHistoryDays: isSeparate ? CONTINUOUS_HISTORY_DAYS : null,
    consentDays: longestAccess(institution),
  };
}
