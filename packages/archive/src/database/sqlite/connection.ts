import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { Kysely, SqliteDialect, type SqliteStatement } from "kysely";
import { exactInteger, holdsMicros } from "../integers.ts";
import type { Schema } from "../schema.ts";

/** How many statements a connection keeps prepared, which doubles the speed of kysely's. */
const KEPT_STATEMENTS = 200;

/** Turns an error of SQLite into one of the archive. */
export type Translate = (error: unknown) => unknown;

/** A connection of node:sqlite, with the statements that were prepared on it. */
export class SqliteConnection {
  readonly database: DatabaseSync;
  readonly translate: Translate;
  readonly #statements = new Map<string, Statement>();

  constructor(database: DatabaseSync, translate: Translate) {
    this.database = database;
    this.translate = translate;
  }

  /** A prepared statement; the one that was used longest ago makes room for it. */
  prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) this.#statements.delete(sql);
    const statement = known ?? this.#translated(() => new Statement(this.database, sql, this.translate));
    this.#statements.set(sql, statement);
    if (this.#statements.size > KEPT_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    return statement;
  }

  exec(sql: string): void {
    this.#translated(() => this.database.exec(sql));
  }

  close(): void {
    this.#statements.clear();
    if (this.database.isOpen) this.database.close();
  }

  #translated<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.translate(error);
    }
  }
}

/** kysely over a connection, which stays open; `assertUsable` throws once it may not be used any more. */
export function kyselyOver(connection: SqliteConnection, assertUsable: () => void): Kysely<Schema> {
  const database = {
    prepare(sql: string): Statement {
      assertUsable();
      return connection.prepare(sql);
    },
    close() {},
  };
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
}

/** A row as node:sqlite returns it. */
type Row = Record<string, SQLOutputValue>;

/** A statement as kysely wants it. */
export class Statement implements SqliteStatement {
  readonly prepared: StatementSync;
  readonly reader: boolean;
  /** The columns whose integers are read as bigints, and become numbers. */
  readonly #narrowed: readonly string[];
  readonly #translate: Translate;

  constructor(database: DatabaseSync, sql: string, translate: Translate) {
    this.prepared = database.prepare(sql);
    this.#translate = translate;
    const columns = this.prepared.columns();
    this.reader = columns.length > 0;
    // A plain column other than micros holds no more than a number does, but an expression, such as a sum, can.
    const isWide = columns.some(({ column, name }) => column === null || holdsMicros(name));
    this.#narrowed = isWide ? columns.map(({ name }) => name).filter((name) => !holdsMicros(name)) : [];
    this.prepared.setReadBigInts(isWide);
  }

  all(parameters: readonly unknown[]): Row[] {
    return this.#translated(() => {
      const rows = this.prepared.all(...parameters.map(bound));
      for (const row of rows) narrow(row, this.#narrowed);
      return rows;
    });
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#translated(() => this.prepared.run(...parameters.map(bound)));
  }

  *iterate(parameters: readonly unknown[]): IterableIterator<Row> {
    const rows = this.#translated(() => this.prepared.iterate(...parameters.map(bound)));
    try {
      for (const row of rows) {
        narrow(row, this.#narrowed);
        yield row;
      }
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translated<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#translate(error);
    }
  }
}

/** Turns the integers of some columns into numbers. */
function narrow(row: Row, columns: readonly string[]): void {
  for (const column of columns) {
    const value = row[column];
    if (typeof value === "bigint") row[column] = exactInteger(value);
  }
}

/** @throws TypeError if a value cannot be stored as it is */
export function bound(value: unknown): SQLInputValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint")
    return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(
    `a value of type ${typeof value} cannot be stored: use a number, bigint, string, bytes or null`,
  );
}
