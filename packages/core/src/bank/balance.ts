/** What a balance counts and when, in the words of the Berlin Group's NextGenPSD2 and ISO 20022. */
export type BalanceKind =
  | "closingBooked"
  | "closingAvailable"
  | "interimBooked"
  | "interimAvailable"
  | "openingBooked"
  | "openingAvailable"
  | "forwardAvailable"
  | "previouslyClosedBooked"
  | "expected"
  | "information"
  | "nonInvoiced"
  | "authorised";

/** One balance of an account; most accounts have several. */
export interface BankBalance {
  /** An exact decimal, negative if it is owed. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Null if the bank sent no kind, or an unrecognised one. */
  readonly kind: BalanceKind | null;
  /** The kind as the provider wrote it, such as `interimAvailable` or `ITAV`; null if it sent none. */
  readonly kindAsSent: string | null;
  /** The day that it is for, `YYYY-MM-DD`; many banks send none. */
  readonly date: string | null;
  /** When it last changed, as the bank wrote it; most banks send nothing. */
  readonly lastChangeDateTime: string | null;
  /** Whether a credit limit is part of the amount; null if the bank does not say. */
  readonly creditLimitIncluded: boolean | null;
  /** The whole balance as the bank sent it. */
  readonly raw: unknown;
}
