import { type Insertable, type Kysely, sql } from "kysely";
import type { Client } from "pg";
import type { Completion, Database, KeyedTable, Streamed, Writer } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Address } from "./address.ts";
import { connectionSettings, type Pg, type PostgresConnection } from "./connection.ts";
import { type ColumnTypes, columnTypes, insertRows } from "./insert.ts";
import { kyselyOver } from "./kysely.ts";
import { lock } from "./lock.ts";
import { ConnectionPool } from "./pool.ts";
import { streamed } from "./stream.ts";

/** What an archive in Postgres is opened with. */
export interface PostgresSettings {
  readonly pg: Pg;
  readonly address: Address;
  /** How long a write waits for others, in milliseconds. */
  readonly patience: number;
}

/** An archive in Postgres. Readers and writers have pools of their own, so that neither waits for the other. */
export class PostgresDatabase implements Database {
  readonly dialect = "postgres";
  readonly kysely: Kysely<Schema>;
  readonly #settings: PostgresSettings;
  readonly #reading: ConnectionPool;
  readonly #writing: ConnectionPool;
  readonly #streams = new Set<Client>();
  /** Writes under way, which closing waits for. */
  readonly #writes = new Set<Promise<unknown>>();
  readonly #types = new Map<string, ColumnTypes>();
  #isClosed = false;

  constructor(settings: PostgresSettings) {
    const { pg, address } = settings;
    this.#settings = settings;
    this.#reading = new ConnectionPool(pg, address, "read");
    this.#writing = new ConnectionPool(pg, address, "write");
    this.kysely = kyselyOver({
      acquire: async () => {
        this.#assertOpen();
        return await this.#reading.acquire();
      },
      release: (connection) => this.#reading.release(connection),
    });
  }

  async write<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    this.#assertOpen();
    const write = this.#transaction(work);
    this.#writes.add(write);
    try {
      return await write;
    } finally {
      this.#writes.delete(write);
    }
  }

  async #transaction<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    return await this.withConnection(async (connection) => {
      await connection.begin();
      await connection.query(`set local lock_timeout = ${this.#settings.patience}`);
      const writer = new PostgresWriter(connection, this.#types);
      try {
        const result = await work(writer);
        writer.end();
        await connection.commit();
        return result;
      } catch (error) {
        writer.end();
        // If that fails, too, the connection is closed, and the server undoes what it wrote.
        await connection.rollback().catch(() => {});
        throw error;
      }
    });
  }

  /** Runs work on a connection that can write. */
  async withConnection<T>(work: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    const connection = await this.#writing.acquire();
    try {
      return await work(connection);
    } finally {
      this.#writing.release(connection);
    }
  }

  async *stream<Row>(query: Streamed<Row>): AsyncIterableIterator<Row> {
    yield* this.streamCompleted(query, async (rows) => rows);
  }

  async *streamCompleted<Row, Result>(
    query: Streamed<Row>,
    complete: Completion<Row, Result>,
  ): AsyncIterableIterator<Result> {
    this.#assertOpen();
    const { pg, address } = this.#settings;
    const client = new pg.Client(connectionSettings(pg, address, "read"));
    this.#streams.add(client);
    try {
      for await (const result of streamed(client, { query, complete, address })) {
        yield result;
        this.#assertOpen();
      }
    } finally {
      this.#streams.delete(client);
    }
  }

  async read<T>(work: (kysely: Kysely<Schema>) => Promise<T>): Promise<T> {
    this.#assertOpen();
    const connection = await this.#reading.acquire();
    try {
      await connection.begin("isolation level repeatable read read only");
      const result = await work(kyselyOver({ acquire: async () => connection, release() {} }));
      await connection.rollback();
      return result;
    } finally {
      this.#reading.release(connection);
    }
  }

  async shrink(): Promise<boolean> {
    this.#assertOpen();
    return false;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled(this.#writes);
    const streams = [...this.#streams].map((client) => client.end().catch(() => {}));
    await Promise.all([this.#reading.close(), this.#writing.close(), ...streams]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error("the archive is closed");
  }
}

/** A transaction, which ends with its work. */
class PostgresWriter implements Writer {
  readonly dialect = "postgres";
  readonly kysely: Kysely<Schema>;
  readonly #connection: PostgresConnection;
  /** The types of the columns of tables, which stay the same. */
  readonly #types: Map<string, ColumnTypes>;
  #hasEnded = false;

  constructor(connection: PostgresConnection, types: Map<string, ColumnTypes>) {
    this.#connection = connection;
    this.#types = types;
    this.kysely = kyselyOver({ acquire: async () => this.#usable(), release() {} });
  }

  async insert<T extends keyof Schema>(table: T, rows: readonly Insertable<Schema[T]>[]): Promise<void> {
    const connection = this.#usable();
    await insertRows(connection, table, rows, async () => {
      const types = this.#types.get(table) ?? (await columnTypes(connection, table));
      this.#types.set(table, types);
      return types;
    });
  }

  async newKeys(table: KeyedTable, count: number): Promise<number[]> {
    this.#usable();
    if (count === 0) return [];
    const { rows } = await sql<{ key: number }>`
      select nextval(pg_get_serial_sequence(${table}, 'key')) as key from generate_series(1, ${count}::int)
    `.execute(this.kysely);
    return rows.map(({ key }) => key).sort((a, b) => a - b);
  }

  async skipKeys(table: KeyedTable, key: number): Promise<void> {
    this.#usable();
    await sql`select setval(sequence, greatest(${key}, nextval(sequence)))
      from pg_get_serial_sequence(${table}, 'key') as sequence`.execute(this.kysely);
  }

  async lockAccount(account: number): Promise<void> {
    await lock(this.#usable(), `account ${account}`);
  }

  end(): void {
    this.#hasEnded = true;
  }

  #usable(): PostgresConnection {
    if (this.#hasEnded) throw new Error("the transaction has ended");
    return this.#connection;
  }
}
