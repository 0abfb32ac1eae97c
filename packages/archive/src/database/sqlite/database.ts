import { loadSqlite } from "bankdata-core/store";
import { type CompiledQuery, type Insertable, type Kysely, sql } from "kysely";
import type { Database, KeyedTable, Writer } from "../database.ts";
import type { Schema } from "../schema.ts";
import { Turns } from "../turns.ts";
import { kyselyOver, SqliteConnection, Statement } from "./connection.ts";
import { insertRows } from "./insert.ts";
import { BUSY_TIMEOUT, beginImmediate } from "./lock.ts";

/** The connections of an open archive; the same one in memory. */
export interface Connections {
  readonly file: string;
  readonly writing: SqliteConnection;
  readonly reading: SqliteConnection;
  /** How long a write waits for other processes, in milliseconds. */
  readonly patience: number;
}

/** An archive in a file. */
export class SqliteDatabase implements Database {
  readonly dialect = "sqlite";
  readonly kysely: Kysely<Schema>;
  readonly #connections: Connections;
  readonly #turns = new Turns();
  readonly #streams = new Set<SqliteConnection>();
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

  async *stream<Row>(query: CompiledQuery<Row>): AsyncIterableIterator<Row> {
    this.#assertOpen();
    const connection = await this.#streaming();
    try {
      const statement = new Statement(connection.database, query.sql, connection.translate);
      for (const row of statement.iterate(query.parameters)) {
        // The row has the columns that the type of the compiled query tells.
        yield row as Row;
        this.#assertOpen();
      }
    } finally {
      this.#streams.delete(connection);
      if (connection !== this.#connections.reading) connection.close();
    }
  }

  async #streaming(): Promise<SqliteConnection> {
    const { file, writing, reading } = this.#connections;
    if (reading === writing) return reading;
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT.read });
    const connection = new SqliteConnection(database, reading.translate);
    this.#streams.add(connection);
    return connection;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turns.take(async () => {
      const { writing, reading } = this.#connections;
      for (const connection of [...this.#streams, reading, writing]) connection.close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error("the archive is closed");
  }
}

/** A transaction, which ends with its work. */
class SqliteWriter implements Writer {
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
    // The row of a table is there once it has had rows. Two calls get different keys, even if nothing is inserted between.
    const { rows } = await sql<{
      last: number;
    }>`select seq as last from sqlite_sequence where name = ${table}`.execute(this.kysely);
    const [found] = rows;
    const last = found?.last ?? 0;
    const next = last + count;
    if (found === undefined)
      await sql`insert into sqlite_sequence (name, seq) values (${table}, ${next})`.execute(this.kysely);
    else await sql`update sqlite_sequence set seq = ${next} where name = ${table}`.execute(this.kysely);
    return Array.from({ length: count }, (_, at) => last + 1 + at);
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
