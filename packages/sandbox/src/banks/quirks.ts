/** Quirks that rewrite an entry on its way out. */
export const PAYLOAD_QUIRKS = [
  "noIds",
  "noTransactionId",
  "blankIds",
  "reusedIds",
  "changingIds",
  "unstableInternalIds",
  "entryReference",
  "pendingIdReused",
  "swappedDates",
  "dateTimes",
  "onlyBookingDate",
  "truncatedText",
  "textTwice",
  "onlyStructuredText",
  "onlyAdditionalInformation",
  "htmlEntities",
  "invertedSigns",
  "pendingWithoutSign",
  "numericAmounts",
  "objectCurrencyExchange",
  "unknownFields",
  "nullFields",
] as const;

/** Quirks that change what happens: when an entry is shown, and whether it is booked at all. */
export const HISTORY_QUIRKS = ["vanishingPending", "changedPending", "lateArrivals", "onePending"] as const;

export type PayloadQuirk = (typeof PAYLOAD_QUIRKS)[number];
export type HistoryQuirk = (typeof HISTORY_QUIRKS)[number];

/** Quirks of a whole response. */
type ResponseQuirk =
  | "missingPending"
  | "pendingBeside"
  | "oldestFirst"
  | "valuesAhead"
  | "creditLimitInAvailable"
  | "closingBalances"
  | "bareDetails"
  | "severalOwners"
  | "datedIds";

/** One way in which a bank differs from a plain one. */
export type Quirk = PayloadQuirk | HistoryQuirk | ResponseQuirk;

/**
 * Profiles: the quirks that a bank has. Every quirk is one that clients of the service have met at some bank; which bank of
 * the sandbox has it is made up.
 */
export const PROFILES = {
  calm: [],
  sandboxfinance: ["datedIds", "onePending"],
  nameless: ["noIds", "textTwice"],
  blank: ["blankIds", "entryReference", "nullFields"],
  batch: ["reusedIds", "pendingIdReused", "oldestFirst"],
  restless: ["changingIds", "unstableInternalIds", "entryReference"],
  swapped: ["swappedDates", "onlyStructuredText"],
  ahead: ["valuesAhead", "dateTimes", "nullFields"],
  verbose: ["truncatedText", "unknownFields", "severalOwners"],
  terse: ["onlyAdditionalInformation", "noTransactionId", "onlyBookingDate", "bareDetails"],
  card: ["invertedSigns", "missingPending", "closingBalances"],
  fickle: ["vanishingPending", "changedPending", "noIds"],
  late: ["lateArrivals", "noTransactionId"],
  numeric: ["numericAmounts", "objectCurrencyExchange", "pendingBeside"],
  generous: ["creditLimitInAvailable", "pendingWithoutSign"],
  encoded: ["htmlEntities", "unknownFields", "pendingIdReused"],
  storm: [
    "vanishingPending",
    "changedPending",
    "lateArrivals",
    "reusedIds",
    "unstableInternalIds",
    "swappedDates",
    "truncatedText",
    "unknownFields",
  ],
} as const satisfies Record<string, readonly Quirk[]>;

/** The name of a profile. */
export type ProfileName = keyof typeof PROFILES;
