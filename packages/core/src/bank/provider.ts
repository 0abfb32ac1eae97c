import type { DataKind } from "../base/data-kinds.ts";
import type { BankDataError, ConsentRefusedError } from "../base/errors.ts";
import type { AccountOrHandle, BankAccount } from "./account.ts";
import type { Bank, BankLimits } from "./bank.ts";
import type { Connection } from "./connection.ts";
import type { DateRange } from "./date-range.ts";
import type {
  AccountReadOptions,
  BalancesReading,
  DetailsReading,
  Listing,
  ReadOptions,
  RequestOptions,
  TransactionsReading,
} from "./reading.ts";

/** The capabilities in which providers differ. */
export interface Capabilities {
  /** `connections()` is the provider's own list. If false, it is the list that the client has stored. */
  readonly listsConnections: boolean;
  /** A connection in progress can be looked up before the end user returns. If false, only the return completes it. */
  readonly polls: boolean;
  /** The days of history of a consent can be chosen. */
  readonly choosesHistory: boolean;
  /** The provider reports how many calls are left. If false, only the client counts them. */
  readonly reportsCallsLeft: boolean;
}

/** What is requested from the bank. */
export interface ConsentWish {
  /** The URL to which the bank sends the end user back. */
  readonly returnTo: string;
  /** Our own name for the connection, which must be unique. @default a random one */
  readonly reference?: string | undefined;
  /** Days of history. @default the most that the bank allows */
  readonly historyDays?: number | undefined;
  /** Days for which the consent lasts. @default the most that the bank allows */
  readonly consentDays?: number | undefined;
  /** The language of the pages, ISO 639-1. @default the provider's choice */
  readonly language?: string | undefined;
}

/** A connection that waits for the end user to agree. */
export interface BegunConnection {
  /** Where the end user logs in at the bank and agrees. */
  readonly url: string;
  /** Opaque. Keep it for `readReturn` and `finish` until the end user returns; another process may call them. */
  readonly state: string;
  /** The connection's id; null if it has none until the end user returns. */
  readonly connectionId: string | null;
  /** Our own name for it. */
  readonly reference: string;
}

/** A reconfirmation that waits for the end user. */
export interface BegunReconfirmation {
  /** Where the end user confirms the consent again. The provider may limit when it can be used. */
  readonly url: string;
}

/** How the end user returned from a bank. */
export type BankReturn = SuccessfulReturn | RefusedReturn;

/** The end user agreed, as far as the address says; only `finish` shows whether the bank granted access. */
export interface SuccessfulReturn {
  /** Tells the two kinds of return apart. */
  readonly outcome: "returned";
}

/** The end user or the bank refused, so `finish` would throw the same error. */
export interface RefusedReturn {
  /** Tells the two kinds of return apart. */
  readonly outcome: "refused";
  /** Why; not thrown, as a refusal is not a failure of the call. */
  readonly error: ConsentRefusedError;
}

/** The address to which a bank sent the end user, or its query. */
export type ReturnAddress = string | URL | URLSearchParams;

/** The calls that an account has left for one kind of data. */
export interface KindCalls {
  /** Calls allowed within 24 hours. */
  readonly limit: number;
  /** Calls allowed now. */
  readonly remaining: number;
  /** When the next call becomes available again; null if none is used, or if unknown. */
  readonly resetAt: Date | null;
  /** When our last successful call was made; null if none is known. */
  readonly lastCallAt: Date | null;
}

/** The connections, and why something about them is unknown. */
export interface ConnectionListing extends Listing<Connection> {
  /** Why additional data could not be read, such as when access ends. */
  readonly problems: readonly BankDataError[];
}

/** How the accounts of a connection are read. */
export interface AccountsOptions extends AccountReadOptions {
  /**
   * Whether the bank's details are part of the accounts: `cached` takes what was read before, `ask` asks the bank for
   * the rest, which costs a call of each account. An account whose details cannot be read is listed without them, with
   * the reason in `error`.
   * @default "cached"
   */
  readonly details?: "cached" | "ask" | undefined;
}

/**
 * One way to reach banks. Everything above the providers (connecting, the archive, the command line) uses this, and
 * depends on no single provider.
 *
 * Methods that return a promise reject with a `BankDataError`; docs/errors.md has all of them.
 */
export interface BankProvider {
  /** The provider's lasting name, such as `gocardless`; stored with the data. */
  readonly name: string;
  /** What this provider can do and others cannot; the same for all of its banks. */
  readonly capabilities: Capabilities;

  /** Lists the banks of a country (ISO 3166-1 alpha-2), or all. */
  banks(country?: string, options?: ReadOptions): Promise<Listing<Bank>>;
  /** Returns one bank, even one that is in no list. @throws NotFoundError if there is none with this id */
  bank(id: string, options?: ReadOptions): Promise<Bank>;
  /** The most that a consent with a bank can cover. Sends no request. */
  limitsOf(bank: Bank): BankLimits;

  /**
   * Begins a connection. If it rejects, what was created is removed, as far as that is known.
   *
   * @throws InvalidRequestError if the bank does not allow what was requested; BankNotOfferedError if the provider does
   * not offer the bank any more
   */
  begin(bank: Bank, wish: ConsentWish, options?: RequestOptions): Promise<BegunConnection>;
  /** How the end user returned; undefined if the address does not belong to this connection. Sends no request. */
  readReturn(state: string, address: ReturnAddress): BankReturn | undefined;
  /**
   * Completes a connection with the address to which the end user returned. Its state may still be `open`, as the bank
   * may need some more time.
   *
   * @throws ConsentRefusedError if the end user or the bank refused
   * @throws ConfigurationError if the address does not belong to this connection
   */
  finish(state: string, address: ReturnAddress, options?: RequestOptions): Promise<Connection>;

  /** Lists all connections, regardless of their state. */
  connections(options?: ReadOptions): Promise<ConnectionListing>;
  /** Returns one connection. @throws NotFoundError if there is none with this id */
  connection(id: string, options?: ReadOptions): Promise<Connection>;
  /** Ends a connection: the consent is withdrawn, and its accounts can no longer be read. */
  end(id: string, options?: RequestOptions): Promise<void>;
  /** Begins to confirm a consent again, if the law requires it; the end user opens the URL. */
  reconfirm?(
    id: string,
    wish: Pick<ConsentWish, "returnTo">,
    options?: RequestOptions,
  ): Promise<BegunReconfirmation>;

  /** The accounts of a connection. One that cannot be read is listed with `error`. */
  accounts(connection: Connection, options?: AccountsOptions): Promise<Listing<BankAccount>>;
  /** An account with the bank's own details. Costs a call of the account, unless they are cached. */
  details(account: AccountOrHandle, options?: AccountReadOptions): Promise<DetailsReading>;
  /** The balances of an account. Costs a call of the account, unless they are cached. */
  balances(account: AccountOrHandle, options?: AccountReadOptions): Promise<BalancesReading>;
  /** The transactions of an account, all pages. Costs a call of the account, unless they are cached. */
  transactions(
    account: AccountOrHandle,
    range?: DateRange,
    options?: AccountReadOptions,
  ): Promise<TransactionsReading>;
  /** How many calls the account has left today, by kind of data. Sends no request. */
  callsLeft(account: AccountOrHandle): Promise<Readonly<Record<DataKind, KindCalls>>>;
}

/** Matches a string that is only a query: a name without a scheme or a path before it, and its value. */
const QUERY_ALONE = /^[^?/:#]*=/;

/** The query of an address to which a bank sent the end user; a string may be a whole URL, or only the query. */
export function returnQuery(address: ReturnAddress): URLSearchParams {
  if (address instanceof URLSearchParams) return address;
  if (address instanceof URL) return address.searchParams;
  const text = address.trim().replace(/#.*$/s, "");
  // Browsers do not encode a question mark inside a query, so that one does not begin the query.
  const start = QUERY_ALONE.test(text) ? 0 : text.indexOf("?") + 1;
  return new URLSearchParams(text.slice(start));
}
