import type { BankDataError } from "../base/errors.ts";
import type { BankAccount } from "./account.ts";
import type { BankBalance } from "./balance.ts";
import type { BankTransaction, UnreadableTransaction } from "./transaction.ts";

/** Options of every call. */
export interface RequestOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The timeout of each call with all its requests, retries and waits, in milliseconds. @default the client's */
  readonly timeout?: number | undefined;
}

/** Options of every call that reads. */
export interface ReadOptions extends RequestOptions {
  /**
   * Sends a request even if a fresh response is cached, which may still be used if the request fails.
   * @default false
   */
  readonly refresh?: boolean | undefined;
  /** Sends a request, and never uses a cached response instead. @default false */
  readonly forceRefresh?: boolean | undefined;
  /**
   * Sends no request, and uses what is cached, however old; rejects with a NotCachedError if nothing is.
   * @default false
   */
  readonly onlyIfCached?: boolean | undefined;
}

/** Options of every call that reads data of an account. */
export interface AccountReadOptions extends ReadOptions {
  /**
   * Sends the request even if the account is paused after failures, or if its calls cannot be counted.
   * @default false
   */
  readonly force?: boolean | undefined;
}

/** Where the data came from. */
export interface Origin {
  /** When the bank or the provider sent it; of several responses, the oldest. */
  readonly asOf: Date;
  /** Whether all of it came from the cache: it was fresh, or was used although it had expired (`stale`). */
  readonly fromCache: boolean;
  /** Whether it is older than it should be, because nothing newer could be read. */
  readonly stale: boolean;
  /** Why nothing newer could be read; null if this is not stale, or if nothing newer was requested. */
  readonly staleReason: BankDataError | null;
}

/** An item that could not be understood. */
export interface UnreadableItem {
  /** What it is. */
  readonly kind: "bank" | "connection" | "consent" | "account" | "balance";
  /** What is wrong with it; contains none of its values. */
  readonly reason: string;
  /** The item as it was sent. */
  readonly raw: unknown;
}

/** A list, and what is missing from it. */
export interface Listing<T> {
  /** What could be understood, in the provider's order. */
  readonly items: readonly T[];
  /** What could not be understood and is missing from `items`; empty if nothing is missing. */
  readonly unreadable: readonly UnreadableItem[];
}

/** The balances of an account. */
export interface BalancesReading extends Origin, Listing<BankBalance> {}

/** An account with the bank's own details. */
export interface DetailsReading extends Origin {
  /** The account, with `detailed` true. */
  readonly account: BankAccount;
}

/**
 * The range that a response certainly covers. Only within it does a missing entry mean that it is gone. Its dates are
 * those by which the provider filters: booking date or value date.
 */
export interface Coverage {
  /** The first date whose booked entries are all there, `YYYY-MM-DD`; null if unknown. */
  readonly from: string | null;
  /** The last date whose booked entries are all there, `YYYY-MM-DD`; null if it is the moment of the response. */
  readonly to: string | null;
  /** Whether all pending entries are there too; also false if the bank reports none. */
  readonly pending: boolean;
}

/** The transactions of an account. */
export interface TransactionsReading extends Origin {
  /** In the order in which the bank sent them; several lists of one response follow each other. */
  readonly items: readonly BankTransaction[];
  /** Entries whose amount could not be read, and which are missing from `items`. */
  readonly unreadable: readonly UnreadableTransaction[];
  /** The range in which `items` is complete, which may be shorter than the range that was requested. */
  readonly coverage: Coverage;
}
