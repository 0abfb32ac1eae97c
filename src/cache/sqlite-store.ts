import type { DatabaseSync } from "node:sqlite";
import type { Logger } from "../logger.ts";
import { isSameAnswer, type StoredAnswer } from "./answer.ts";
import { MemoryStore } from "./memory-store.ts";
import { openDatabase, setAside } from "./sqlite-file.ts";
import { answerFrom, entryFrom, prepare, rowOf, type Statements } from "./sqlite-statements.ts";
import type { AnswerStore, StoredEntry, StoredRecords, StoreKey } from "./store.ts";

interface Opened {
  database: DatabaseSync;
  statements: Statements;
}

/** What a store in a file works with. */
export interface SqliteStoreContext {
  logger: Logger;
  now: () => number;
  /** The most that the answers may take up together, in bytes. */
  maxBytes: number;
}

/** A use is noted where the one before is older than this, in milliseconds. */
const USE_GRAIN = 3600_000;

/** Room is made down to this part of the limit, so that it is not made at each write. */
const ROOM = 0.9;

/**
 * Keeps answers in a SQLite file that several processes may share. A file that is corrupt or not ours is set aside
 * and made anew; where no file can be had, answers are kept in memory. Both are told to the logger, neither is fatal.
 */
export class SqliteStore implements AnswerStore {
  readonly #file: string;
  readonly #context: SqliteStoreContext;
  /** Answers used since the last write: they are noted with the next one, as a hit must not wait for a write. */
  readonly #used = new Map<string, number>();
  readonly #instead: MemoryStore;
  /** What stands in for the records where no file can be had. */
  readonly #recordsInstead = new Map<string, string>();
  #opening: Promise<Opened | undefined> | undefined;

  constructor(file: string, context: SqliteStoreContext) {
    this.#file = file;
    this.#context = context;
    this.#instead = new MemoryStore(context.maxBytes);
  }

  async get(scope: string, key: string): Promise<StoredAnswer | undefined> {
    return await this.#with(
      ({ statements }) => {
        const row = statements.get.get(key, scope);
        const now = this.#context.now();
        if (row !== undefined && now - Number(row["usedAt"]) > USE_GRAIN) this.#used.set(key, now);
        return answerFrom(row);
      },
      (memory) => memory.get(scope, key),
    );
  }

  async set(where: StoreKey, answer: StoredAnswer): Promise<void> {
    const row = rowOf(where, answer);
    await this.#with(
      (opened) =>
        inTransaction(opened.database, () => {
          this.#noteUses(opened.statements);
          if (row.bytes > this.#context.maxBytes) opened.statements.deleteKey.run(where.key, where.scope);
          else opened.statements.set.run(row);
          makeRoom(opened.statements, this.#context.maxBytes);
        }),
      (memory) => memory.set(where, answer),
    );
  }

  async deleteAnswer(where: StoreKey, answer: StoredAnswer): Promise<void> {
    const { scope, key } = where;
    await this.#with(
      ({ database, statements }) =>
        inTransaction(database, () => {
          const kept = answerFrom(statements.get.get(key, scope));
          if (kept !== undefined && isSameAnswer(kept, answer)) statements.deleteKey.run(key, scope);
        }),
      (memory) => memory.deleteAnswer(where, answer),
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
      ({ database, statements }) =>
        inTransaction(database, () => {
          for (const path of paths) statements.deletePath.run(scope, path);
        }),
      (memory) => memory.deletePaths(scope, paths),
    );
  }

  /** In pages, so that other processes may write meanwhile. */
  async *entries(scope: string): AsyncGenerator<StoredEntry> {
    for (let after = 0; ; ) {
      const rows = await this.#with(
        ({ statements }) => statements.entries.all(scope, after),
        async () => undefined,
      );
      if (rows === undefined) return yield* this.#instead.entries(scope);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = Number(last["rowid"]);
      for (const row of rows) {
        const entry = entryFrom(row);
        if (entry !== undefined) yield entry;
      }
    }
  }

  async total(scope: string): Promise<{ count: number; bytes: number }> {
    return await this.#with(
      ({ statements }) => {
        const row = statements.totalOfScope.get(scope);
        return { count: Number(row?.["count"]), bytes: Number(row?.["bytes"]) };
      },
      (memory) => memory.total(scope),
    );
  }

  async deleteEntries(scope: string, entries: readonly Pick<StoredEntry, "key" | "path">[]): Promise<void> {
    await this.#with(
      ({ database, statements }) =>
        inTransaction(database, () => {
          for (const { key } of entries) statements.deleteKey.run(key, scope);
        }),
      (memory) => memory.deleteEntries(scope, entries),
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
        ({ statements }) => wasRecordSet(statements, name, expected, value),
        async () => {
          if (this.#recordsInstead.get(name) !== expected) return false;
          if (value === undefined) this.#recordsInstead.delete(name);
          else this.#recordsInstead.set(name, value);
          return true;
        },
      ),
  };

  async close(): Promise<void> {
    const opened = await this.#opening;
    this.#opening = undefined;
    if (opened === undefined) return;
    try {
      if (this.#used.size > 0) inTransaction(opened.database, () => this.#noteUses(opened.statements));
    } finally {
      opened.database.close();
    }
  }

  #noteUses(statements: Statements): void {
    for (const [key, at] of this.#used) statements.use.run(at, key);
    this.#used.clear();
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
        this.#used.clear();
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
        this.#context.logger.warn(
          `The cache file ${this.#file} cannot be used (${messageOf(error)}); answers are kept in memory for now.`,
        );
        return undefined;
      }
    }
  }

  #replace(reason: unknown): boolean {
    try {
      const aside = setAside(this.#file, this.#context.now());
      this.#context.logger.warn(
        `The cache file was unusable (${messageOf(reason)}); it is now ${aside}, and a new one is made.`,
      );
      return true;
    } catch {
      return false;
    }
  }
}

/** All or nothing, also where the process is killed in its middle. */
function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Deletes the least recently used where the limit is passed, of whatever credentials. */
function makeRoom(statements: Statements, maxBytes: number): void {
  let bytes = Number(statements.total.get()?.["bytes"]);
  if (bytes <= maxBytes) return;
  while (bytes > maxBytes * ROOM) {
    const candidates = statements.leastUsed.all();
    if (candidates.length === 0) return;
    for (const { key, scope, bytes: size } of candidates) {
      if (bytes <= maxBytes * ROOM) return;
      statements.deleteKey.run(String(key), String(scope));
      bytes -= Number(size);
    }
  }
}

function textFrom(row: Record<string, unknown> | undefined): string | undefined {
  const value = row?.["value"];
  return typeof value === "string" ? value : undefined;
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

/** One statement, so that no other process comes in between. */
function wasRecordSet(
  { addRecord, changeRecord, deleteRecord, getRecord }: Statements,
  name: string,
  expected: string | undefined,
  value: string | undefined,
): boolean {
  if (value !== undefined) {
    const { changes } =
      expected === undefined ? addRecord.run(name, value) : changeRecord.run(value, name, expected);
    return changes === 1;
  }
  if (expected === undefined) return getRecord.get(name) === undefined;
  return deleteRecord.run(name, expected).changes === 1;
}
