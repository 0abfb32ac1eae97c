import type { Connection } from "bankdata-core/bank";
import type { Logger } from "bankdata-core/base";
import type { ArchivedAccount, ArchivedRun } from "./account-reading.ts";
import type { ArchivedBalance } from "./balances.ts";
import type { Changes, ChangesQuery } from "./changes.ts";
import type { ArchivedConnection } from "./connections.ts";
import type { Decision, Doubt } from "./doubts.ts";
import type { Forgotten } from "./forget.ts";
import type { AccountQuery, TransactionQuery, TransactionSummary } from "./query.ts";
import type { ArchivedObservation, ArchivedTransaction } from "./read.ts";
import type { Rederived } from "./rederive.ts";
import type {
  BalancesObservation,
  Recorded,
  RecordedAccount,
  SourceAccount,
  TransactionsObservation,
} from "./source.ts";

/** Where an archive is, and whose. */
export interface ArchiveOptions {
  /** The path of a file, which is made if it is missing; or `postgres://…`. */
  readonly location: string;
  /** The owner of the accounts: one database can hold the archives of many. @default "default" */
  readonly tenant?: string | undefined;
  /** The clock: a Date, ISO 8601, or milliseconds since 1970. @default the system's */
  readonly now?: (() => Date | number | string) | undefined;
  /** Gets what does not keep the archive from working. @default silent */
  readonly logger?: Logger | undefined;
}

/**
 * Every transaction once, with everything that the bank ever said of it. Methods reject with an ArchiveUnavailableError if
 * the database cannot be used now, and with an ArchiveDamagedError if it is damaged; then nothing was changed.
 */
export interface Archive extends AsyncDisposable {
  /** The time on its clock, in milliseconds since 1970. */
  now(): number;
  /** Records a response with transactions, completely or not at all, and tells what it changed. */
  record(account: SourceAccount, observation: TransactionsObservation): Promise<Recorded>;
  /** Records the balances of an account; one that is repeated is not stored again. Returns the archive's id of the account. */
  recordBalances(account: SourceAccount, observation: BalancesObservation): Promise<RecordedAccount>;
  /** Records what is known of an account: identities, handle, names. Returns the archive's id of it. */
  recordAccount(account: SourceAccount, observedAt: Date): Promise<RecordedAccount>;
  /** Records the connections of a provider, as they are now. */
  recordConnections(provider: string, connections: readonly Connection[]): Promise<void>;
  /** All accounts, in the order in which they were first recorded. */
  accounts(): Promise<ArchivedAccount[]>;
  /**
   * What was recorded of an account, the last response first; nothing if there is no such account.
   *
   * @param account the archive's id of it, or any handle that it ever had
   */
  runs(account: string): AsyncIterableIterator<ArchivedRun>;
  /**
   * Makes one account of two that are the same, although nothing that lasts says so: what was recorded for either is read
   * again as one history, and transactions that both hold are one. Returns the id of the account, that of the first.
   *
   * @param one the archive's id of an account, or a handle of it
   * @throws ConfigurationError if one of them is not in the archive
   */
  sameAccount(one: string, other: string): Promise<RecordedAccount>;
  /** The transactions that a query means, in constant memory and as of the moment of the first one. */
  transactions(query?: TransactionQuery): AsyncIterableIterator<ArchivedTransaction>;
  /** The same without what only the bank's own words tell, and many times as fast. */
  summaries(query?: TransactionQuery): AsyncIterableIterator<TransactionSummary>;
  /**
   * One transaction; undefined if there is none.
   *
   * @param id its id, or one that it had before it turned out to be another one
   */
  transaction(id: string): Promise<ArchivedTransaction | undefined>;
  /**
   * What has changed since a cursor, and the cursor from which to go on: applied in turn, the changes lead from nothing to
   * what the archive holds. Without `since`, everything is added.
   */
  changes(query?: ChangesQuery): Promise<Changes>;
  /** What was put together although something else was nearly as likely, as questions to the user; the newest first. */
  doubts(query?: AccountQuery): AsyncIterableIterator<Doubt>;
  /**
   * Stores what the user decided, and reads the accounts again that it is about: a decision wins over every rule, now and
   * in what is recorded later. The last decision about the same two rows counts.
   *
   * @throws ConfigurationError if an observation is not in the archive, or two are of different accounts
   */
  decide(decisions: readonly Decision[]): Promise<Rederived>;
  /**
   * Reads everything that was recorded again under the present rules and decisions. Nothing is lost, transactions keep their
   * ids, and what changed is in the change feed. Others can read and record meanwhile.
   */
  rederive(query?: AccountQuery): Promise<Rederived>;
  /**
   * Removes an account with everything that was recorded of it, for ever.
   *
   * @param account the archive's id of it, or any handle that it ever had
   * @throws ConfigurationError if there is no such account
   */
  forgetAccount(account: string): Promise<Forgotten>;
  /** Removes everything of the tenant: its accounts with all that was recorded of them, and its connections. */
  forgetTenant(): Promise<Forgotten>;
  /**
   * Everything that the bank ever said of a transaction, in the order in which it was recorded; nothing if there is none.
   *
   * @param id its id, or one that it had before it turned out to be another one
   */
  observations(id: string): AsyncIterableIterator<ArchivedObservation>;
  /** The balances that the bank reported over time, the oldest first. */
  balances(query?: AccountQuery): AsyncIterableIterator<ArchivedBalance>;
  /** The balances in the last report of each account. */
  latestBalances(query?: AccountQuery): Promise<ArchivedBalance[]>;
  /** The connections as they were recorded last, in the order in which they were first recorded. */
  connections(): Promise<ArchivedConnection[]>;
  /** Closes the database once the writes under way are done. */
  close(): Promise<void>;
}
