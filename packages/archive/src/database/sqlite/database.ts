import { type Insertable, type Kysely, sql } from "kysely";
import type { Completion, Database, KeyedTable, Streamed, Writer } from "../database.ts";
import type { Schema } from "../schema.ts";
import { Turns } from "../turns.ts";
import { kyselyOver, SqliteConnection, Statement } from "./connection.ts";
import { insertRows } from "./insert.ts";
import { loadSqlite } from "./load-sqlite.ts";
import { BUSY_TIMEOUT, beginImmediate, untilFree } from "./lock.ts";

/** The connections of an open archive; the same one in memory. */
export interface Connections {
  readonly file: string;
  readonly writing: SqliteConnection;
  readonly reading: SqliteConnection;
  /** How long a write waits for other processes, in milliseconds. */
  readonly patience: number;
}

/** How many connections for reading wait for their next use. */
const MOST_IDLE = 4;

/** An archive in a file. */
export class SqliteDatabase implements Database {
  readonly dialect = "sqlite";
  readonly kysely: Kysely<Schema>;
  readonly #connections: Connections;
  readonly #turns = new Turns();
  readonly #readers = new Set<SqliteConnection>();
  /** Those of them that nobody uses. */
  readonly #idle: SqliteConnection[] = [];
  #isClosed = false;

  constructor(connections: Connections) {
    this.#connections = connections;
    this.kysely = kyselyOver(connections.reading, () => this.#assertOpen());
  }

  async write<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return await this.#turns.take(() => this.#transaction(work));
  }

  async #transaction<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    const { file, writing, patience } = this.#connections;
    await beginImmediate(writing, file, patience);
    const writer = new SqliteWriter(writing);
    try {
      const result = await work(writer);
      writer.end();
      writing.exec("commit");
      return result;
    } finally {
      writer.end();
      // What failed for want of space has often been rolled back by SQLite itself.
      if (writing.database.isTransaction) writing.exec("rollback");
    }
  }

  async *stream<Row>(query: Streamed<Row>): AsyncIterableIterator<Row> {
    yield* this.streamCompleted(query, async (rows) => rows);
  }

  async *streamCompleted<Row, Result>(
    query: Streamed<Row>,
    complete: Completion<Row, Result>,
  ): AsyncIterableIterator<Result> {
    const connection = await this.#beginReading();
    try {
      const kysely = kyselyOver(connection, () => this.#assertOpen());
      const prepared = typeof query === "function" ? await query(kysely) : { query, isShort: false };
      if (prepared === undefined) return;
      const { query: select, isShort } = prepared;
      // What was prepared before cannot be iterated twice at once, as others may do on a connection that is not only ours.
      const statement =
        connection === this.#connections.reading
          ? new Statement(connection.database, select.sql, connection.translate)
          : connection.prepare(select.sql);
      const rows = isShort ? statement.all(select.parameters) : statement.iterate(select.parameters);
      for (const batch of batchesOf<Row>(rows)) {
        for (const result of await complete(batch, kysely)) {
          yield result;
          this.#assertOpen();
        }
      }
    } finally {
      this.#endReading(connection);
    }
  }

  async read<T>(work: (kysely: Kysely<Schema>) => Promise<T>): Promise<T> {
    const connection = await this.#beginReading();
    try {
      return await work(kyselyOver(connection, () => this.#assertOpen()));
    } finally {
      this.#endReading(connection);
    }
  }

  /** A connection on which everything is read as of the first statement's moment. */
  async #beginReading(): Promise<SqliteConnection> {
    this.#assertOpen();
    const { writing, reading } = this.#connections;
    if (reading === writing) return reading;
    const connection = this.#idle.pop() ?? (await this.#newReader());
    connection.exec("begin");
    return connection;
  }

  #endReading(connection: SqliteConnection): void {
    if (connection === this.#connections.reading || !connection.database.isOpen) return;
    connection.exec("rollback");
    if (this.#idle.length < MOST_IDLE) this.#idle.push(connection);
    else {
      this.#readers.delete(connection);
      connection.close();
    }
  }

  async #newReader(): Promise<SqliteConnection> {
    const { file, reading } = this.#connections;
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT.read });
    const connection = new SqliteConnection(database, reading.translate);
    this.#readers.add(connection);
    return connection;
  }

  async shrink(): Promise<boolean> {
    this.#assertOpen();
    return await this.#turns.take(async () => {
      const { file, writing, patience } = this.#connections;
      try {
        // Whatever is left of the removed rows in pages that are used again goes with the old file.
        await untilFree(() => writing.database.exec("vacuum"), file, patience);
        const checkpoint = writing.database.prepare("pragma wal_checkpoint(truncate)").get();
        return Number(checkpoint?.["busy"] ?? 0) === 0;
      } catch {
        return false; // What was removed stays so, and the next time may find more room.
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turns.take(async () => {
      const { writing, reading } = this.#connections;
      for (const connection of [...this.#readers, reading, writing]) connection.close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error("the archive is closed");
  }
}

/** How many rows are completed at once. */
const BATCH = 256;

function* batchesOf<Row>(rows: Iterable<unknown>): Generator<Row[], void, undefined> {
  let batch: Row[] = [];
  for (const row of rows) {
    // The row has the columns that the type of the compiled query tells.
    batch.push(row as Row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A transaction, which ends with its work. */
class SqliteWriter implements Writer {
  readonly dialect = "sqlite";
  readonly kysely: Kysely<Schema>;
  readonly #connection: SqliteConnection;
  #hasEnded = false;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.kysely = kyselyOver(connection, () => this.#assertOpen());
  }

  async insert<T extends keyof Schema>(table: T, rows: readonly Insertable<Schema[T]>[]): Promise<void> {
    this.#assertOpen();
    insertRows(this.#connection, table, rows);
  }

  async newKeys(table: KeyedTable, count: number): Promise<number[]> {
    this.#assertOpen();
    if (count === 0) return [];
    const last = await this.#lastKey(table);
    await this.#setLastKey(table, last, (last ?? 0) + count);
    return Array.from({ length: count }, (_, at) => (last ?? 0) + 1 + at);
  }

  async skipKeys(table: KeyedTable, key: number): Promise<void> {
    this.#assertOpen();
    const last = await this.#lastKey(table);
    await this.#setLastKey(table, last, Math.max(last ?? 0, key));
  }

  /** The last key that was given; undefined before the first row. */
  async #lastKey(table: KeyedTable): Promise<number | undefined> {
    const { rows } = await sql<{
      last: number;
    }>`select seq as last from sqlite_sequence where name = ${table}`.execute(this.kysely);
    return rows[0]?.last;
  }

  /** Two calls get different keys, even if nothing is inserted between them. */
  async #setLastKey(table: KeyedTable, last: number | undefined, next: number): Promise<void> {
    if (last === undefined)
      await sql`insert into sqlite_sequence (name, seq) values (${table}, ${next})`.execute(this.kysely);
    else await sql`update sqlite_sequence set seq = ${next} where name = ${table}`.execute(this.kysely);
  }

  /** Only one transaction writes at a time. */
  async lockAccount(): Promise<void> {
    this.#assertOpen();
  }

  end(): void {
    this.#hasEnded = true;
  }

  #assertOpen(): void {
    if (this.#hasEnded) throw new Error("the transaction has ended");
  }
}
