import { isSameAnswer, type StoredAnswer } from "./answer.ts";
import { checksumOf } from "./checksum.ts";
import { MemoryStore } from "./memory-store.ts";
import { FileUnavailableError, SharedFile, type SharedFileContext } from "./shared-file.ts";
import { messageOf } from "./sqlite-errors.ts";
import { answerFrom, entryFrom, type Row, recordFrom, rowOf, type Statements } from "./sqlite-statements.ts";
import { type AnswerStore, type StoredEntry, type StoredRecords, type StoreKey, totalOf } from "./store.ts";

/** What a store in a file works with. */
export interface SqliteStoreContext extends SharedFileContext {
  /** The most that the answers may take up together, in bytes. */
  maxBytes: number;
}

/** A use is noted where the one before is older than this, in milliseconds. */
const USE_GRAIN = 3600_000;

/** Room is made down to this part of the limit, so that it is not made at each write. */
const ROOM = 0.9;

/**
 * Keeps answers in a SQLite file that several processes may share. While the file cannot be written, answers are kept
 * in memory, and what it holds is still read; records are then refused, as nobody else would see them. If the place of
 * the file is taken by something else, everything is kept in memory.
 */
export class SqliteStore implements AnswerStore {
  readonly #file: SharedFile;
  readonly #context: SqliteStoreContext;
  /** Answers used since the last write: they are noted with the next one, as a hit must not wait for a write. */
  readonly #used = new Map<string, number>();
  /** What could not be written yet. */
  readonly #memory: MemoryStore;
  readonly #recordsInMemory = new Map<string, string>();

  constructor(file: string, context: SqliteStoreContext) {
    this.#file = new SharedFile(file, context);
    this.#context = context;
    this.#memory = new MemoryStore(context.maxBytes);
  }

  async check(): Promise<void> {
    await orElse(undefined, () => this.#file.read(() => undefined));
  }

  async get(scope: string, key: string): Promise<StoredAnswer | undefined> {
    await this.#writeFromMemory();
    const unwritten = await this.#memory.get(scope, key);
    if (unwritten !== undefined) return unwritten;
    const row = await orElse(undefined, () => this.#file.read(({ get }) => get.get(key, scope)));
    if (row === undefined) return undefined;
    const now = this.#context.now();
    if (now - Number(row["usedAt"]) > USE_GRAIN) this.#used.set(key, now);
    return this.#answerOr(row, { scope, key });
  }

  async set(where: StoreKey, answer: StoredAnswer): Promise<void> {
    await this.#writeFromMemory();
    const row = rowOf(where, answer);
    try {
      await this.#file.write((statements) => {
        this.#noteUses(statements);
        if (row.bytes > this.#context.maxBytes) statements.deleteKey.run(where.key, where.scope);
        else statements.set.run(row);
        makeRoom(statements, this.#context.maxBytes);
      });
    } catch (error) {
      if (!(error instanceof FileUnavailableError)) throw error;
      await this.#memory.set(where, answer);
    }
  }

  async deleteAnswer(where: StoreKey, answer: StoredAnswer): Promise<void> {
    const { scope, key } = where;
    await this.#memory.deleteAnswer(where, answer);
    await this.#delete((statements) => {
      const row = statements.get.get(key, scope);
      const kept = row === undefined ? undefined : answerFrom(row, { scope, key });
      if (kept !== undefined && isSameAnswer(kept, answer)) statements.deleteKey.run(key, scope);
    });
  }

  async getPaths(scope: string, paths: readonly string[]): Promise<StoredAnswer[]> {
    const unwritten = await this.#memory.getPaths(scope, paths);
    const rows = await orElse([], () =>
      this.#file.read(({ getPath }) => paths.flatMap((path) => getPath.all(scope, path))),
    );
    const kept = rows.flatMap((row) => this.#answerOr(row, { scope, key: String(row["key"]) }) ?? []);
    return [...unwritten, ...kept];
  }

  async deletePaths(scope: string, paths: readonly string[]): Promise<void> {
    await this.#memory.deletePaths(scope, paths);
    await this.#delete(({ deletePath }) => {
      for (const path of paths) deletePath.run(scope, path);
    });
  }

  /** In pages, so that other processes may write meanwhile. */
  async *entries(scope: string): AsyncGenerator<StoredEntry> {
    await this.#writeFromMemory();
    const unwritten = new Set<string>();
    for await (const entry of this.#memory.entries(scope)) {
      unwritten.add(entry.key);
      yield entry;
    }
    for (let after = 0n; ; ) {
      const rows = await orElse([], () => this.#file.read(({ entries }) => entries.all(scope, after)));
      const last = rows.at(-1)?.["rowid"];
      if (typeof last !== "bigint") return;
      after = last;
      for (const row of rows) {
        const entry = entryFrom(row);
        if (entry !== undefined && !unwritten.has(entry.key)) yield entry;
      }
    }
  }

  async total(scope: string): Promise<{ count: number; bytes: number }> {
    await this.#writeFromMemory();
    if (!this.#memory.isEmpty) return await totalOf(this.entries(scope));
    return await orElse({ count: 0, bytes: 0 }, () =>
      this.#file.read(({ totalOfScope }) => {
        const row = totalOfScope.get(scope);
        return { count: Number(row?.["count"]), bytes: Number(row?.["bytes"]) };
      }),
    );
  }

  async deleteEntries(scope: string, entries: readonly Pick<StoredEntry, "key" | "path">[]): Promise<void> {
    await this.#memory.deleteEntries(scope, entries);
    await this.#delete(({ deleteKey }) => {
      for (const { key } of entries) deleteKey.run(key, scope);
    });
  }

  async clear(scope: string): Promise<number> {
    const unwritten = await this.#memory.clear(scope);
    const kept = await this.#delete(({ deleteScope }) => Number(deleteScope.run(scope).changes));
    return unwritten + (kept ?? 0);
  }

  async wipe(): Promise<void> {
    await unlessNothingIsThere(() => this.#file.wipe());
  }

  /** In a transaction each, so that SQLite itself decides between processes. */
  readonly records: StoredRecords = {
    get: async (name) =>
      await this.#inRecords(
        () => this.#record(name),
        () => this.#recordsInMemory.get(name),
      ),
    compareAndSet: async (name, expected, value) =>
      await this.#inRecords(
        () => this.#file.write((statements) => wasRecordSet(statements, name, expected, value)),
        () => {
          if (this.#recordsInMemory.get(name) !== expected) return false;
          if (value === undefined) this.#recordsInMemory.delete(name);
          else this.#recordsInMemory.set(name, value);
          return true;
        },
      ),
  };

  async close(): Promise<void> {
    await this.#writeFromMemory();
    try {
      if (this.#used.size > 0) await this.#file.write((statements) => this.#noteUses(statements));
    } catch {} // When an answer was used last is worth no warning.
    await this.#file.close();
  }

  /** A record that is not as it was written is removed, and begun anew by whoever wanted it. */
  async #record(name: string): Promise<string | undefined> {
    const row = await this.#file.read(({ getRecord }) => getRecord.get(name));
    if (row === undefined) return undefined;
    const value = recordFrom(row, name);
    if (value === undefined) {
      this.#context.logger.warn("A record in the cache file is damaged; it is begun anew.");
      const checksum = textOrNull(row["checksum"]);
      await this.#file.write(({ deleteSpoiltRecord }) => deleteSpoiltRecord.run(name, checksum));
    }
    return value;
  }

  /** Records are for all processes or for none: only if the file is not ours at all this process keeps its own. */
  async #inRecords<T>(work: () => Promise<T>, alone: () => T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof FileUnavailableError && error.isNotOurs) return alone();
      throw error;
    }
  }

  /** Deletes from the file; what is only read there would come back, so that it is told. */
  async #delete<T>(work: (statements: Statements) => T): Promise<T | undefined> {
    return await unlessNothingIsThere(() => this.#file.write(work));
  }

  /** The answer of a row; one that is not as it was kept is told and removed, without anybody waiting for that. */
  #answerOr(row: Row, asked: Pick<StoreKey, "scope" | "key">): StoredAnswer | undefined {
    const answer = answerFrom(row, asked);
    if (answer !== undefined) return answer;
    this.#context.logger.warn("An answer in the cache file is damaged; it is asked for again.");
    const checksum = textOrNull(row["checksum"]);
    const removal = this.#file.write(({ deleteSpoilt }) =>
      deleteSpoilt.run(asked.key, asked.scope, checksum),
    );
    removal.catch((error: unknown) =>
      this.#context.logger.debug(`It could not be removed (${messageOf(error)}).`),
    );
    return undefined;
  }

  /** Once the file can be written again, it gets what was kept in memory meanwhile, unless it has got something newer. */
  async #writeFromMemory(): Promise<void> {
    if (this.#memory.isEmpty || !(await this.#file.isWritable())) return;
    const unwritten = this.#memory.takeAll();
    try {
      await this.#file.write((statements) => {
        for (const { where, answer } of unwritten) {
          const row = statements.get.get(where.key, where.scope);
          if (row === undefined || Number(row["createdAt"]) < answer.createdAt)
            statements.set.run(rowOf(where, answer));
        }
        makeRoom(statements, this.#context.maxBytes);
      });
    } catch {
      for (const { where, answer } of unwritten) await this.#memory.set(where, answer);
    }
  }

  #noteUses(statements: Statements): void {
    for (const [key, at] of this.#used) statements.use.run(at, key);
    this.#used.clear();
  }
}

/** What stands for the file's answer while there is none to be had. */
async function orElse<T>(instead: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileUnavailableError) return instead;
    throw error;
  }
}

/** Where there is no file to read, there is nothing to delete. */
async function unlessNothingIsThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileUnavailableError && !error.isReadable) return undefined;
    throw error;
  }
}

/** Deletes the least recently used if the limit is passed, of whatever credentials. */
function makeRoom(statements: Statements, maxBytes: number): void {
  let bytes = Number(statements.total.get()?.["bytes"]);
  if (bytes <= maxBytes) return;
  while (bytes > maxBytes * ROOM) {
    const candidates = statements.leastUsed.all();
    if (candidates.length === 0) return void statements.recount.run(); // The sum was damaged.
    for (const { key, scope, bytes: size } of candidates) {
      if (bytes <= maxBytes * ROOM) return;
      statements.deleteKey.run(String(key), String(scope));
      bytes -= Number(size);
    }
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function wasRecordSet(
  { addRecord, changeRecord, deleteRecord, getRecord }: Statements,
  name: string,
  expected: string | undefined,
  value: string | undefined,
): boolean {
  if (value !== undefined) {
    const checksum = checksumOf([name], value);
    const { changes } =
      expected === undefined
        ? addRecord.run(name, value, checksum)
        : changeRecord.run(value, checksum, name, expected);
    return Number(changes) === 1;
  }
  if (expected === undefined) return getRecord.get(name) === undefined;
  return Number(deleteRecord.run(name, expected).changes) === 1;
}
