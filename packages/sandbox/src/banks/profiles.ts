/** How a bank may write an entry otherwise than plainly. */
export const WRITING_QUIRKS = [
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

/** What may become of entries at a bank. */
export const FATES = ["vanishingPending", "changedPending", "lateArrivals", "onePending"] as const;

export type WritingQuirk = (typeof WRITING_QUIRKS)[number];
export type Fate = (typeof FATES)[number];

/** What a bank does with a whole answer. */
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

/** One habit of a bank. */
export type Quirk = WritingQuirk | Fate | ResponseQuirk;

/**
 * The characters that banks have. Every quirk is one that clients of the service have met at some bank; which bank of
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

/** The name of a character. */
export type ProfileName = keyof typeof PROFILES;
