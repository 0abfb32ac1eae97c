/** Quirks that rewrite an entry before it is sent, in the order in which they do so. */
export const PAYLOAD_QUIRKS = [
  "codes",
  "ultimateParties",
  "cheques",
  "structuredReferences",
  "bothParties",
  "runningBalance",
  "dateTimesBeside",
  "quotationDate",
  "instructedAmount",
  "objectCurrencyExchange",
  "reissuedIds",
  "numberedIds",
  "idsFromNewest",
  "settlingEntries",
  "renewedOnReconnection",
  "newInternalIds",
  "noIds",
  "noTransactionId",
  "blankIds",
  "reusedIds",
  "changingIds",
  "unstableInternalIds",
  "entryReference",
  "pendingIdReused",
  "zeroReferences",
  "lateIds",
  "swappedDates",
  "dateTimes",
  "onlyBookingDate",
  "truncatedText",
  "textTwice",
  "onlyStructuredText",
  "onlyAdditionalInformation",
  "htmlEntities",
  "onlyTextArray",
  "invertedSigns",
  "pendingWithoutSign",
  "numericAmounts",
  "unknownFields",
  "nullFields",
] as const;

/** Quirks that change the history: what happens, when an entry is shown, and whether it is booked at all. */
export const HISTORY_QUIRKS = [
  "undatedTexts",
  "everydayPrices",
  "tips",
  "fuelHolds",
  "foreignSettlements",
  "bookedHolds",
  "movingDates",
  "takenBack",
  "declinedPayments",
  "releasedHolds",
  "vanishingPending",
  "changedPending",
  "lateArrivals",
  "onePending",
] as const;

export type PayloadQuirk = (typeof PAYLOAD_QUIRKS)[number];
export type HistoryQuirk = (typeof HISTORY_QUIRKS)[number];

/** Quirks of a whole response. */
const RESPONSE_QUIRKS = [
  "missingPending",
  "pendingBeside",
  "oldestFirst",
  "valuesAhead",
  "creditLimitInAvailable",
  "closingBalances",
  "lastChange",
  "bareDetails",
  "fullDetails",
  "sortCode",
  "phoneNumber",
  "secondaryIdentification",
  "severalOwners",
  "datedIds",
  "lingeringPending",
  "pendingToday",
  "repeatedRows",
  "newestTwenty",
  "emptyDays",
] as const;

type ResponseQuirk = (typeof RESPONSE_QUIRKS)[number];

/**
 * One way in which a bank's responses differ from a plain bank's; docs/sandbox.md says what each does.
 *
 * @useDeclaredType
 */
export type Quirk = PayloadQuirk | HistoryQuirk | ResponseQuirk;

export const ALL_QUIRKS = [...PAYLOAD_QUIRKS, ...HISTORY_QUIRKS, ...RESPONSE_QUIRKS] as const;

export function isQuirk(name: unknown): name is Quirk {
  return ALL_QUIRKS.some((quirk) => quirk === name);
}

/**
 * Profiles: sets of quirks. Clients of the service have met every quirk at some real bank; which bank of the sandbox has it
 * is made up.
 */
export const PROFILES = {
  calm: [],
  sandboxfinance: ["datedIds", "onePending"],
  nameless: ["noIds", "textTwice"],
  blank: ["blankIds", "entryReference", "nullFields"],
  batch: ["reusedIds", "pendingIdReused", "oldestFirst"],
  restless: ["changingIds", "unstableInternalIds", "entryReference"],
  swapped: ["swappedDates", "onlyStructuredText", "closingBalances"],
  ahead: ["valuesAhead", "dateTimes", "nullFields"],
  verbose: ["truncatedText", "unknownFields", "severalOwners"],
  terse: ["onlyAdditionalInformation", "noTransactionId", "onlyBookingDate", "bareDetails"],
  // The four below break clients outright, so each is alone at its bank: a client that fails on one still meets the rest.
  inverted: ["invertedSigns"],
  numeric: ["numericAmounts"],
  bookedOnly: ["missingPending"],
  beside: ["pendingBeside"],
  fickle: ["vanishingPending", "changedPending", "noIds"],
  late: ["lateArrivals", "noTransactionId"],
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
  // The four below combine what makes it hard to keep each entry once and to lose none.
  "hard-1": [
    "undatedTexts",
    "everydayPrices",
    "tips",
    "fuelHolds",
    "bookedHolds",
    "settlingEntries",
    "reissuedIds",
    "zeroReferences",
    "lateIds",
    "lingeringPending",
    "repeatedRows",
  ],
  "hard-2": [
    "undatedTexts",
    "everydayPrices",
    "movingDates",
    "vanishingPending",
    "lateArrivals",
    "numberedIds",
    "newestTwenty",
    "emptyDays",
  ],
  "hard-3": [
    "undatedTexts",
    "tips",
    "bookedHolds",
    "takenBack",
    "declinedPayments",
    "reissuedIds",
    "newInternalIds",
    "noTransactionId",
    "pendingToday",
  ],
  "hard-4": [
    "undatedTexts",
    "everydayPrices",
    "foreignSettlements",
    "releasedHolds",
    "idsFromNewest",
    "renewedOnReconnection",
  ],
} as const satisfies Record<string, readonly Quirk[]>;

/**
 * The name of a set of quirks, which each bank has; docs/sandbox.md lists the banks and the quirks of each.
 *
 * @useDeclaredType
 */
export type ProfileName = keyof typeof PROFILES;
