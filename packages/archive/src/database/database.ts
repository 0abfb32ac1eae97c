import type { CompiledQuery, Insertable, Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** Which database it is. */
export type Dialect = "sqlite" | "postgres";

/**
 * The archive's database. On both dialects, an integer comes back as a number, except for a column whose name is `micros`
 * or ends in `_micros`, which is a bigint; so is any other above 2^53, as that is exact. Days and decimals are text.
 */
export interface Database extends AsyncDisposable {
  readonly dialect: Dialect;
  /**
   * For reading alone: what is committed, each statement as of when it begins. In a `:memory:` database, which has only
   * one connection, it also sees what a write under way has done so far.
   */
  readonly kysely: Kysely<Schema>;
  /**
   * Runs the work as one transaction: everything that it wrote is there at the end, and survives a power cut, or nothing
   * if it throws. It waits for other writers: on SQLite for all of this and other processes, on Postgres for those that
   * it meets. The work must not call `write` again.
   *
   * @throws ArchiveUnavailableError if it could not be written, so that the same may succeed later
   */
  write<T>(work: (writer: Writer) => Promise<T>): Promise<T>;
  /**
   * The rows of a select, read on a connection of its own in constant memory, all as of the moment of the first one.
   * Leaving the loop early closes the connection.
   */
  stream<Row>(query: Streamed<Row>): AsyncIterableIterator<Row>;
  /**
   * The same in batches, each of which is completed by further reads as of the same moment.
   *
   * @param complete gets some rows, in their order, and what reads; returns what takes their place
   */
  streamCompleted<Row, Result>(
    query: Streamed<Row>,
    complete: Completion<Row, Result>,
  ): AsyncIterableIterator<Result>;
  /** Runs reads that all see the same moment. The work must not wait for a write. */
  read<T>(work: (kysely: Kysely<Schema>) => Promise<T>): Promise<T>;
  /**
   * Gives back the space of what was removed, and leaves nothing of it behind that could still be read: SQLite writes the file
   * anew and empties the log. False if there was no room for that, or others were in the way for too long; and in Postgres, where
   * the server does so in its own time.
   */
  shrink(): Promise<boolean>;
  /** Closes it once the writes under way are done. Streams end with an error. */
  close(): Promise<void>;
}

/** A select; or what makes one of reads as of the same moment, unless these show that there is nothing to be read. */
export type Streamed<Row> =
  | CompiledQuery<Row>
  | ((kysely: Kysely<Schema>) => Promise<PreparedSelect<Row> | undefined>);

/** A select, and whether it has so few rows that they may be in memory at once, which is faster. */
interface PreparedSelect<Row> {
  readonly query: CompiledQuery<Row>;
  readonly isShort: boolean;
}

/** Completes rows by further reads, and returns what takes their place. */
export type Completion<Row, Result> = (
  rows: readonly Row[],
  kysely: Kysely<Schema>,
) => Promise<readonly Result[]>;

/** A table whose rows have a `key` that the database gives. */
export type KeyedTable = { [T in keyof Schema]: "key" extends keyof Schema[T] ? T : never }[keyof Schema];

/** A transaction under way. It cannot be used after its work has ended. */
export interface Writer {
  readonly dialect: Dialect;
  /** Reads and writes within the transaction. */
  readonly kysely: Kysely<Schema>;
  /** Adds many rows, faster than kysely. Columns that a row leaves out have their default. */
  insert<T extends keyof Schema>(table: T, rows: readonly Insertable<Schema[T]>[]): Promise<void>;
  /**
   * Keys for rows that are going to be added, in ascending order; nobody else gets them, not even after the rows were
   * removed.
   *
   * @param table one whose `key` the database gives
   */
  newKeys(table: KeyedTable, count: number): Promise<number[]>;
  /** Makes all further keys of a table larger than one. */
  skipKeys(table: KeyedTable, key: number): Promise<void>;
  /**
   * Until the transaction ends, no other writer gets past this for the same account, so that what is read afterwards is
   * what the other one left. Zero stands for accounts that are not there yet. Whoever needs several locks them in
   * ascending order, or else two writers can wait for each other.
   *
   * @param account its key
   */
  lockAccount(account: number): Promise<void>;
}
