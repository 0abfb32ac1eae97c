import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Logger } from "../logger.ts";
import type { StoredAnswer } from "./answer.ts";
import { openDatabase, setAside } from "./sqlite-file.ts";
import { type AnswerStore, MemoryStore, type StoredRecords, type StoreKey } from "./store.ts";

interface Statements {
  get: StatementSync;
  set: StatementSync;
  getPath: StatementSync;
  deletePath: StatementSync;
  getRecord: StatementSync;
  addRecord: StatementSync;
  changeRecord: StatementSync;
}

interface Opened {
  database: DatabaseSync;
  statements: Statements;
}

/**
 * Keeps answers in a SQLite file that several processes may share. A file that is corrupt or not ours is set aside
 * and made anew; where no file can be had, answers are kept in memory. Both are told to the logger, neither is fatal.
 */
export class SqliteStore implements AnswerStore {
  readonly #file: string;
  readonly #logger: Logger;
  readonly #now: () => number;
  #opening: Promise<Opened | undefined> | undefined;
  readonly #instead = new MemoryStore();
  /** What stands in for the records where no file can be had. */
  readonly #recordsInstead = new Map<string, string>();

  constructor(file: string, context: { logger: Logger; now: () => number }) {
    this.#file = file;
    this.#logger = context.logger;
    this.#now = context.now;
  }

  async get(key: string): Promise<StoredAnswer | undefined> {
    return await this.#with(
      ({ statements }) => answerFrom(statements.get.get(key)),
      (memory) => memory.get(key),
    );
  }

  async set(where: StoreKey, answer: StoredAnswer): Promise<void> {
    const { key, scope, path } = where;
    const { status, headers, createdAt, expiresAt, body } = answer;
    await this.#with(
      ({ statements }) =>
        void statements.set.run(
          key,
          scope,
          path,
          status,
          JSON.stringify(headers),
          createdAt,
          expiresAt,
          body,
        ),
      (memory) => memory.set(where, answer),
    );
  }

  async getPaths(scope: string, paths: readonly string[]): Promise<StoredAnswer[]> {
    return await this.#with(
      ({ statements }) =>
        paths.flatMap((path) => statements.getPath.all(scope, path).flatMap((row) => answerFrom(row) ?? [])),
      (memory) => memory.getPaths(scope, paths),
    );
  }

  async deletePaths(scope: string, paths: readonly string[]): Promise<void> {
    await this.#with(
      ({ statements }) => {
        for (const path of paths) statements.deletePath.run(scope, path);
      },
      (memory) => memory.deletePaths(scope, paths),
    );
  }

  /** One statement each, so that SQLite itself decides between processes. */
  readonly records: StoredRecords = {
    get: async (name) =>
      await this.#with(
        ({ statements }) => textFrom(statements.getRecord.get(name)),
        async () => this.#recordsInstead.get(name),
      ),
    compareAndSet: async (name, expected, value) =>
      await this.#with(
        ({ statements: { addRecord, changeRecord } }) =>
          (expected === undefined ? addRecord.run(name, value) : changeRecord.run(value, name, expected))
            .changes === 1,
        async () => {
          if (this.#recordsInstead.get(name) !== expected) return false;
          this.#recordsInstead.set(name, value);
          return true;
        },
      ),
  };

  async close(): Promise<void> {
    const opened = await this.#opening;
    this.#opening = undefined;
    opened?.database.close();
  }

  /** Works on the file; where it turns out to be damaged, it is set aside once and the work is done on a new one. */
  async #with<T>(work: (opened: Opened) => T, instead: (memory: MemoryStore) => Promise<T>): Promise<T> {
    for (let mended = false; ; mended = true) {
      this.#opening ??= this.#open();
      const opened = await this.#opening;
      if (opened === undefined) return await instead(this.#instead);
      try {
        return work(opened);
      } catch (error) {
        if (mended || !isDamage(error)) throw error;
        await this.close();
        this.#replace(error);
      }
    }
  }

  async #open(): Promise<Opened | undefined> {
    for (let mended = false; ; mended = true) {
      try {
        const database = await openDatabase(this.#file);
        return { database, statements: prepare(database) };
      } catch (error) {
        if (!mended && !isBusy(error) && this.#replace(error)) continue;
        this.#logger.warn(
          `The cache file ${this.#file} cannot be used (${messageOf(error)}); answers are kept in memory for now.`,
        );
        return undefined;
      }
    }
  }

  #replace(reason: unknown): boolean {
    try {
      const aside = setAside(this.#file, this.#now());
      this.#logger.warn(
        `The cache file was unusable (${messageOf(reason)}); it is now ${aside}, and a new one is made.`,
      );
      return true;
    } catch {
      return false;
    }
  }
}

function prepare(database: DatabaseSync): Statements {
  const columns = "status, headers, created_at AS createdAt, expires_at AS expiresAt, body";
  return {
    get: database.prepare(`SELECT ${columns} FROM answers WHERE key = ?`),
    set: database.prepare(
      "INSERT OR REPLACE INTO answers (key, scope, path, status, headers, created_at, expires_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    getPath: database.prepare(`SELECT ${columns} FROM answers WHERE scope = ? AND path = ?`),
    deletePath: database.prepare("DELETE FROM answers WHERE scope = ? AND path = ?"),
    getRecord: database.prepare("SELECT value FROM records WHERE name = ?"),
    addRecord: database.prepare("INSERT INTO records (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    changeRecord: database.prepare("UPDATE records SET value = ? WHERE name = ? AND value = ?"),
  };
}

function textFrom(row: Record<string, unknown> | undefined): string | undefined {
  const value = row?.["value"];
  return typeof value === "string" ? value : undefined;
}

function answerFrom(row: Record<string, unknown> | undefined): StoredAnswer | undefined {
  if (row === undefined) return undefined;
  const { status, createdAt, expiresAt, body } = row;
  const headers: unknown = JSON.parse(String(row["headers"]));
  if (typeof status !== "number" || typeof createdAt !== "number" || typeof body !== "string")
    return undefined;
  if (expiresAt !== null && typeof expiresAt !== "number") return undefined;
  return { status, headers: texts(headers), createdAt, expiresAt, body };
}

function texts(headers: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(typeof headers === "object" && headers !== null ? headers : {}).map(([name, value]) => [
      name,
      String(value),
    ]),
  );
}

/** SQLite's own result codes: the file is damaged (11), or no database (26). */
function isDamage(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (error.errcode === 11 || error.errcode === 26);
}

/** Locked by another process (5) or by another connection (6): nothing is wrong with the file. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (error.errcode === 5 || error.errcode === 6);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
