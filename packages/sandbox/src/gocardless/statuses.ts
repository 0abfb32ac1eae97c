/** The statuses that a requisition can be set to. */
export const REQUISITION_STATUSES = [
  "CR",
  "ID",
  "LN",
  "RJ",
  "ER",
  "SU",
  "EX",
  "GC",
  "UA",
  "GA",
  "SA",
] as const;

/** Statuses of a requisition that waits for the end user or the bank. */
export const WAITING: ReadonlySet<string> = new Set(["CR", "ID", "GC", "UA", "SA", "GA"]);

/** The statuses that an account can be set to. */
export const ACCOUNT_STATUSES = [
  "DISCOVERED",
  "PROCESSING",
  "READY",
  "ERROR",
  "EXPIRED",
  "SUSPENDED",
] as const;

/** The payloads of an account's transactions, by list. */
export interface TransactionPayloads {
  /** The entries of the list `booked`, of any form, even one that no client can read. @default none */
  booked?: unknown[];
  /** The entries of the list `pending`, of any form. @default none */
  pending?: unknown[];
}
