/** A bank that can be connected, as its provider lists it. */
export interface Bank {
  /** The provider's id for it, which no other of its banks has. */
  readonly id: string;
  /** The id if the provider sends no name. */
  readonly name: string;
  /** ISO 9362; null if the provider does not say. Several banks may share one. */
  readonly bic: string | null;
  /** ISO 3166-1 alpha-2, in capitals; may be empty. */
  readonly countries: readonly string[];
  /** URL of an image; null if there is none. */
  readonly logo: string | null;
  /** What the bank offers, in the provider's words, such as `pending_transactions`. */
  readonly features: readonly string[];
  /** Everything the provider sent about it. */
  readonly raw: unknown;
}

/** The most that a consent with a bank can cover; a bank may still turn out to allow less. */
export interface BankLimits {
  /** Days of history; null if the provider has no such limit, or none that is known beforehand. */
  readonly historyDays: number | null;
  /**
   * Days of history up to which a consent also covers future entries. A consent for more is a snapshot, which never
   * shows what is booked later. Null if no consent is a snapshot, however long its history.
   */
  readonly continuousHistoryDays: number | null;
  /** Days for which a consent lasts. */
  readonly consentDays: number;
}
