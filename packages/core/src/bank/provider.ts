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

/** What one provider can do and another cannot. */
export interface Capabilities {
  /** `connections()` is the provider's own list. If false, it is what this side has remembered. */
  readonly listsConnections: boolean;
  /** A connection that was begun can be looked up before the person returns. If false, only the return completes it. */
  readonly polls: boolean;
  /** The days of history of a consent can be chosen. */
  readonly choosesHistory: boolean;
  /** The provider reports how many calls are left. If false, they are only counted on this side. */
  readonly reportsCallsLeft: boolean;
}

/** What is requested from the bank. */
export interface ConsentWish {
  /** The URL to which the bank sends the person back. */
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

/** A connection that waits for the person to agree. */
export interface BegunConnection {
  /** Where the person logs in at the bank and agrees. */
  readonly url: string;
  /** What `readReturn` and `finish` need: opaque, and to be kept until the person returns, also by another process. */
  readonly state: string;
  /** The connection's id; null if it has none until the person returns. */
  readonly connectionId: string | null;
  /** Our own name for it. */
  readonly reference: string;
}

/** How a person came back from a bank. */
export type BankReturn =
  | { readonly outcome: "returned" }
  | { readonly outcome: "refused"; readonly error: ConsentRefusedError };

/** The address to which a bank sent the person, or its query. */
export type ReturnAddress = string | URL | URLSearchParams;

/** The calls that an account has left for one kind of data. */
export interface KindCalls {
  /** Calls allowed within 24 hours. */
  readonly limit: number;
  /** Calls allowed now. */
  readonly remaining: number;
  /** When the next call becomes available again; null if none is used, or if that is not known. */
  readonly resetAt: Date | null;
  /** When our last successful call was made; null if none is known. */
  readonly lastCallAt: Date | null;
}

/** The connections, and why something about them is not known. */
export interface ConnectionListing extends Listing<Connection> {
  /** What could not be read beside the list, such as when access ends. */
  readonly problems: readonly BankDataError[];
}

/** How the accounts of a connection are read. */
export interface AccountsOptions extends AccountReadOptions {
  /**
   * Whether the bank's details are part of the accounts: `cached` takes what was read before, `ask` asks the bank for the
   * rest, which costs a call of each account. An account whose details cannot be had is listed without
   * them, with the reason in `error`.
   * @default "cached"
   */
  readonly details?: "cached" | "ask" | undefined;
}

/**
 * One way to reach banks. Everything above the providers (connecting, the archive, the command line) works with this, and
 * knows no provider.
 *
 * Methods that return a promise reject with a `BankDataError`; docs/errors.md has all of them.
 */
export interface BankProvider {
  /** The provider's lasting name, such as `gocardless`; stored with the data. */
  readonly name: string;
  readonly capabilities: Capabilities;

  /** Lists the banks of a country (ISO 3166-1 alpha-2), or all. */
  banks(country?: string, options?: ReadOptions): Promise<Listing<Bank>>;
  /** Returns one bank, also one that is in no list. @throws NotFoundError if there is none with this id */
  bank(id: string, options?: ReadOptions): Promise<Bank>;
  /** The most that a consent with a bank can cover. Sends no request. */
  limitsOf(bank: Bank): BankLimits;

  /**
   * Begins a connection. If it rejects, what was made is removed, as far as it is known.
   *
   * @throws InvalidRequestError if the bank does not allow what is wished
   */
  begin(bank: Bank, wish: ConsentWish, options?: RequestOptions): Promise<BegunConnection>;
  /** How the person came back; undefined if the address is not a return of this connection. Sends no request. */
  readReturn(state: string, address: ReturnAddress): BankReturn | undefined;
  /**
   * Completes a connection with the address to which the person returned. Its state may still be `open`: the bank may need
   * a moment more.
   *
   * @throws ConsentRefusedError if the person or the bank refused
   * @throws ConfigurationError if the address is not a return of this connection
   */
  finish(state: string, address: ReturnAddress, options?: RequestOptions): Promise<Connection>;

  /** Lists all connections, in whatever state. */
  connections(options?: ReadOptions): Promise<ConnectionListing>;
  /** Returns one connection. @throws NotFoundError if there is none with this id */
  connection(id: string, options?: ReadOptions): Promise<Connection>;
  /** Ends a connection: the consent is withdrawn, and its accounts can no longer be read. */
  end(id: string, options?: RequestOptions): Promise<void>;
  /** Begins to confirm a consent again, if the law requires it; the person opens the URL. */
  reconfirm?(
    id: string,
    wish: Pick<ConsentWish, "returnTo">,
    options?: RequestOptions,
  ): Promise<{ readonly url: string }>;

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

/** A text that is a query alone: a name, which has neither a scheme nor a path before it, and its value. */
const QUERY_ALONE = /^[^?/:#]*=/;

/** The query of an address to which a bank sent the person; a text may be a whole URL, or a query alone. */
export function returnQuery(address: ReturnAddress): URLSearchParams {
  if (address instanceof URLSearchParams) return address;
  if (address instanceof URL) return address.searchParams;
  const text = address.trim().replace(/#.*$/s, "");
  // A question mark inside a query is not encoded by browsers: it begins none.
  const start = QUERY_ALONE.test(text) ? 0 : text.indexOf("?") + 1;
  return new URLSearchParams(text.slice(start));
}
