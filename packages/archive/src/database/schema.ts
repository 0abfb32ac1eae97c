import type { ColumnType, Generated } from "kysely";

/**
 * The tables, in the singular. They are ours and change with the version; the views in the plural are promised to whoever
 * queries with SQL. Moments are integers, in milliseconds since 1970; days are `YYYY-MM-DD`; booleans are 0 or 1, which
 * SQLite and Postgres both index.
 */
export interface Schema {
  connection: ConnectionTable;
  account: AccountTable;
  account_identity: AccountIdentityTable;
  account_handle: AccountHandleTable;
  run: RunTable;
  listing: ListingTable;
  pack: PackTable;
  payload: PayloadTable;
  entry: EntryTable;
  link: LinkTable;
  former_id: FormerIdTable;
  balance: BalanceTable;
  decision: DecisionTable;
  feed: FeedTable;
  change: ChangeTable;
  unindexed: UnindexedTable;
}

/** A key that the database gives. */
type Key = Generated<number>;

/** An end user's connection to a bank, as it was last seen. */
interface ConnectionTable {
  key: Key;
  tenant: string;
  provider: string;
  /** The provider's id. Unique with tenant and provider. */
  id: string;
  bank: string | null;
  state: string;
  granted_at: number | null;
  valid_until: number | null;
  seen_at: number;
  /** The client's own name for it. */
  reference: string | null;
  /** The handles of its accounts, as a JSON array; null if it was recorded before they were kept. */
  account_handles: string | null;
}

/** A bank account, however often it was connected. */
export interface AccountTable {
  key: Key;
  tenant: string;
  /** Ours, stable for ever. Unique. */
  id: string;
  bank: string | null;
  currency: string | null;
  iban: string | null;
  label: string | null;
  holder: string | null;
  product: string | null;
  kind: string | null;
  /** When details of it were last recorded; null if only its transactions or balances were. */
  described_at: number | null;
  created_at: number;
  /** What was learnt about how its bank tells transactions apart, as JSON. */
  memory: string | null;
  /** How many runs with transactions were recorded. */
  runs: ColumnType<number, number | undefined, number>;
  /** What else the provider said of it last, as JSON; null if it did not list it. */
  listed: string | null;
}

/** An identity of an account that lasts. Unique with account, scheme, scope, value, currency. */
interface AccountIdentityTable {
  account: number;
  /** Its rank among those of the account, from 0. */
  rank: number;
  scheme: string;
  scope: string | null;
  value: string;
  currency: string | null;
}

/** An address under which an account was read. Unique with tenant, provider and handle. */
interface AccountHandleTable {
  tenant: string;
  provider: string;
  handle: string;
  account: number;
  /** The provider's id of the connection. */
  connection: string | null;
  first_seen_at: number;
  last_seen_at: number;
}

/** A response with transactions, append only. Primary key: account and number. */
export interface RunTable {
  account: number;
  /** Counts the runs of the account, from 1, in the order in which they are read. */
  number: number;
  provider: string;
  handle: string | null;
  /** When the bank said so. */
  observed_at: number;
  recorded_at: number;
  covers_from: string | null;
  covers_to: string | null;
  /** Whether all pending entries were there: 0 or 1. */
  covers_pending: number;
  listing: number;
}

/** Which payload stood where in a response; equal responses that follow each other share one. */
interface ListingTable {
  key: Key;
  account: number;
  /** The listing of which this holds only the differences; null if it is complete. */
  base: number | null;
  data: Uint8Array;
}

/** Payloads that came together, compressed together. */
interface PackTable {
  key: Key;
  account: number;
  data: Uint8Array;
}

/** What a bank said about an entry, once for each wording. */
interface PayloadTable {
  key: Key;
  account: number;
  /** 128 bits of its SHA-256. Unique with account. */
  digest: Uint8Array;
  pack: number;
  /** Its place in the pack. */
  place: number;
}

/** A transaction. */
export interface EntryTable {
  key: Key;
  /** Ours, 26 of `[0-9a-z]`, stable for ever. Unique. */
  id: string;
  account: number;
  /** `ArchivedStatus`. */
  status: string;
  certain: number;
  /** The exact decimal that the bank sent. */
  amount: string;
  /** The amount in millionths, for comparing and indexes; null if that is not a whole number below 2^63. */
  micros: bigint | null;
  currency: string;
  booking_date: string | null;
  value_date: string | null;
  /** The day by which it is sorted: the first plausible date; that of its first observation if the bank sends none. */
  date: string;
  counterparty: string | null;
  text: string;
  /** The payload of the latest row that was recognised as it, the list where that stood, and which of equal rows it was. */
  payload: number;
  list: string;
  ordinal: number;
  /** The row by which it began: the run, the list, the position; the latter null if version 1 of the tables kept it. */
  first_run: number;
  first_list: string | null;
  first_position: number | null;
  /** What identity has to remember of it, as JSON; null for most. */
  notes: string | null;
}

/**
 * From which run on a row is a transaction: in every run from `since` on, until another link of the same row has begun, the
 * `ordinal`th row with this payload in this list is this transaction. Primary key: payload, list, ordinal, since.
 */
export interface LinkTable {
  payload: number;
  list: string;
  ordinal: number;
  since: number;
  entry: number;
  rule: string;
  cost: number;
  certain: number;
  /** Of the rules that made it. */
  version: number;
}

/** The id of a transaction that turned out to be another one. */
interface FormerIdTable {
  id: string;
  account: number;
  entry: number;
  /** Where its first row stood: the run, the list, the position; null if version 1 of the tables kept it. */
  run: number | null;
  list: string | null;
  position: number | null;
}

/** A balance, from when it was first reported to when it was last reported unchanged. */
export interface BalanceTable {
  key: Key;
  account: number;
  kind: string | null;
  kind_as_sent: string | null;
  amount: string;
  currency: string;
  date: string | null;
  first_seen_at: number;
  last_seen_at: number;
  /** As the bank sent it, as JSON. */
  raw: string;
  /** When it changed last, as the bank wrote it. */
  changed_at: string | null;
  /** Whether a credit limit is part of it: 0 or 1; null if the bank does not say. */
  with_credit: number | null;
}

/** What the user decided about two rows, each named by the first one of its transaction. */
export interface DecisionTable {
  key: Key;
  account: number;
  verdict: "same" | "different" | "twin";
  one_run: number;
  one_list: string;
  one_position: number;
  other_run: number;
  other_list: string;
  other_position: number;
  decided_at: number;
}

/** The one row that tells this archive's log of changes apart from that of any other. */
interface FeedTable {
  id: string;
}

/** The log of changes, append only, in the order of their keys. */
export interface ChangeTable {
  key: Key;
  tenant: string;
  /** Random, the same for all rows of a write: two archives that went different ways after a restored backup have others. */
  token: string;
  /** Null if it was forgotten. */
  account: number | null;
  kind: "added" | "modified" | "removed" | "forgotten";
  /** The transactions that were added have the keys from this on; otherwise, the key of the transaction. */
  first_entry: number | null;
  /** The last key that was added. */
  last_entry: number | null;
  /** The archive's id of the account that was forgotten, or of the account at that time if it became a part of `account`. */
  account_id: string | null;
  /** What the transaction was before. */
  id: string | null;
  status: string | null;
  certain: number | null;
  date: string | null;
  payload: number | null;
  /** 1 if it got or lost rows of another one. */
  relinked: number | null;
  /** The id of the transaction that it turned out to be. */
  into_id: string | null;
}

/** Transactions whose words have yet to be indexed; empty but for a moment after a migration. */
interface UnindexedTable {
  entry: number;
}
