import type { ArchivedStatus } from "../identity/index.ts";

/** Of which account. */
export interface AccountQuery {
  /** The archive's id of an account, or any handle that it ever had. @default all accounts */
  readonly account?: string | undefined;
}

/** Two exact decimals, both included; one that is left out is no limit. */
export interface AmountRange {
  /** The least amount. */
  readonly from?: string | undefined;
  /** The largest amount. */
  readonly to?: string | undefined;
}

/** Which transactions, and in which order. What is left out limits nothing. */
export interface TransactionQuery extends AccountQuery {
  /**
   * Each word of it begins a word of a name or a text, is a word of an id, or is the amount as people write it. Case and accents
   * do not count, nor whether umlauts are written as two letters.
   */
  readonly search?: string | undefined;
  /** Each word of it begins a word of the name of the other side. */
  readonly counterparty?: string | undefined;
  /** The first `date`, `YYYY-MM-DD`. */
  readonly from?: string | undefined;
  /** The last `date`, `YYYY-MM-DD`. */
  readonly to?: string | undefined;
  /** The amount with its sign: `{ to: "0" }` is what was spent. */
  readonly amount?: AmountRange | undefined;
  /** The amount without its sign. */
  readonly size?: AmountRange | undefined;
  /** ISO 4217. */
  readonly currency?: string | undefined;
  /** Only those with this status, or one of these. @default every status */
  readonly status?: ArchivedStatus | readonly ArchivedStatus[] | undefined;
  /** Only those that are put together beyond doubt, or only the others. */
  readonly certain?: boolean | undefined;
  /** By `date`. @default "oldest" */
  readonly first?: "oldest" | "newest" | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
}

/** A transaction as a list shows it. */
export interface TransactionSummary {
  /** Ours, 26 of `[0-9a-z]`, stable for ever. */
  readonly id: string;
  /** The archive's id of its account. */
  readonly account: string;
  /** The bank's, or what follows from the bank not showing it any more. */
  readonly status: ArchivedStatus;
  /** Whether everything that was put together in it belongs together beyond doubt. */
  readonly certain: boolean;
  /** The day by which it is sorted, `YYYY-MM-DD`: the first plausible one, or that of its first observation. */
  readonly date: string;
  /** The exact decimal that the bank sent. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
  /** `YYYY-MM-DD`. */
  readonly bookingDate: string | null;
  /** `YYYY-MM-DD`. */
  readonly valueDate: string | null;
  /** The name of the other side. */
  readonly counterparty: string | null;
  /** The most informative text; may be empty. */
  readonly text: string;
}
