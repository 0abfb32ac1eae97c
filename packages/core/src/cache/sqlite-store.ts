import type { KeyValueStore } from "../store/kv.ts";
import { checksumIn, type Row } from "../store/sqlite/checksum-column.ts";
import { messageOf } from "../store/sqlite/errors.ts";
import { SqliteKeyValueStore } from "../store/sqlite/records.ts";
import { SharedFile, type SharedFileContext } from "../store/sqlite/shared-file.ts";
import { FileUnavailableError } from "../store/sqlite/unavailable.ts";
import { CACHE_FORMAT } from "./file-format.ts";
import { MemoryStore } from "./memory-store.ts";
import { type ResponseStore, type StoredEntry, type StoreKey, totalOf } from "./response-store.ts";
import { entryFrom, responseFrom, rowOf, type Statements } from "./sqlite-statements.ts";
import { isSameResponse, type StoredResponse } from "./stored-response.ts";

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
export class SqliteStore implements ResponseStore {
  readonly #file: SharedFile<Statements>;
  readonly #context: SqliteStoreContext;
  /** Answers used since the last write: they are noted with the next one, as a hit must not wait for a write. */
  readonly #used = new Map<string, number>();
  /** What could not be written yet. It stays here until it is known to be in the file. */
  readonly #memory: MemoryStore;
  #flushing: Promise<void> | undefined;

  constructor(file: string, context: SqliteStoreContext) {
    this.#file = new SharedFile(file, CACHE_FORMAT, context);
    this.#context = context;
    this.#memory = new MemoryStore(context.maxBytes);
    this.records = new SqliteKeyValueStore(this.#file, context.logger);
  }

  async check(): Promise<void> {
    await orElse(undefined, () => this.#file.read(() => undefined));
  }

  async get(tenant: string, key: string): Promise<StoredResponse | undefined> {
    void this.#flush(); // Which may wait for a lock; reading waits for nobody.
    const unwritten = await this.#memory.get(tenant, key);
    if (unwritten !== undefined) return unwritten;
    const row = await orElse(undefined, () => this.#file.read(({ get }) => get.get(key, tenant)));
    if (row === undefined) return undefined;
    const now = this.#context.now();
    if (now - Number(row["usedAt"]) > USE_GRAIN) this.#used.set(key, now);
    return this.#responseOr(row, { tenant, key });
  }

  async set(where: StoreKey, answer: StoredResponse): Promise<void> {
    if (this.#memory.isEmpty && (await this.#wasWritten(where, answer))) {
      await this.#dropOlderInMemory(where, answer);
      return;
    }
    await this.#memory.set(where, answer);
    await this.#flush();
  }

  async deleteResponse(where: StoreKey, answer: StoredResponse): Promise<void> {
    const { tenant, key } = where;
    await this.#delete(
      () => this.#memory.deleteResponse(where, answer),
      (statements) => {
        const kept = keptIn(statements, where);
        if (kept !== undefined && isSameResponse(kept, answer)) statements.deleteKey.run(key, tenant);
      },
    );
  }

  async getPaths(tenant: string, paths: readonly string[]): Promise<StoredResponse[]> {
    const unwritten = await this.#memory.getPaths(tenant, paths);
    const rows = await orElse([], () =>
      this.#file.read(({ getPath }) => paths.flatMap((path) => getPath.all(tenant, path))),
    );
    const kept = rows.flatMap((row) => this.#responseOr(row, { tenant, key: String(row["key"]) }) ?? []);
    return [...unwritten, ...kept];
  }

  async deletePaths(tenant: string, paths: readonly string[]): Promise<void> {
    await this.#delete(
      () => this.#memory.deletePaths(tenant, paths),
      ({ deletePath }) => {
        for (const path of paths) deletePath.run(tenant, path);
      },
    );
  }

  /** In pages, so that other processes may write meanwhile. */
  async *entries(tenant: string): AsyncGenerator<StoredEntry> {
    void this.#flush();
    const unwritten = new Set<string>();
    for await (const entry of this.#memory.entries(tenant)) {
      unwritten.add(entry.key);
      yield entry;
    }
    for (let after = 0n; ; ) {
      const rows = await orElse([], () => this.#file.read(({ entries }) => entries.all(tenant, after)));
      const last = rows.at(-1)?.["rowid"];
      if (typeof last !== "bigint") return;
      after = last;
      for (const row of rows) {
        const entry = entryFrom(row);
        if (entry !== undefined && !unwritten.has(entry.key)) yield entry;
      }
    }
  }

  async total(tenant: string): Promise<{ count: number; bytes: number }> {
    void this.#flush();
    if (!this.#memory.isEmpty) return await totalOf(this.entries(tenant));
    return await orElse({ count: 0, bytes: 0 }, () =>
      this.#file.read(({ totalOfTenant }) => {
        const row = totalOfTenant.get(tenant);
        return { count: Number(row?.["count"]), bytes: Number(row?.["bytes"]) };
      }),
    );
  }

  async deleteEntries(tenant: string, entries: readonly Pick<StoredEntry, "key" | "path">[]): Promise<void> {
    await this.#delete(
      () => this.#memory.deleteEntries(tenant, entries),
      ({ deleteKey }) => {
        for (const { key } of entries) deleteKey.run(key, tenant);
      },
    );
  }

  async clear(tenant: string): Promise<number> {
    const unwritten = new Set<string>();
    const kept = await this.#delete(
      async () => {
        for await (const { key } of this.#memory.entries(tenant)) unwritten.add(key);
        await this.#memory.clear(tenant);
      },
      ({ get, deleteTenant }) => {
        for (const key of unwritten) if (get.get(key, tenant) !== undefined) unwritten.delete(key);
        return Number(deleteTenant.run(tenant).changes);
      },
    );
    return unwritten.size + (kept ?? 0);
  }

  async wipe(): Promise<void> {
    await unlessNothingIsThere(() => this.#file.wipe());
  }

  readonly records: KeyValueStore;

  async close(): Promise<void> {
    await this.#flushing;
    await this.#writeFromMemory();
    try {
      if (this.#used.size > 0) await this.#file.write((statements) => this.#noteUses(statements));
    } catch {} // When an answer was used last is worth no warning.
    await this.#file.close();
  }

  /**
   * Deletes from the file; what is only read there would come back, so that it is told. From memory before, so that
   * nothing of it is written meanwhile, and after, as a write that waits at the same time may have ended there.
   */
  async #delete<T>(
    fromMemory: () => Promise<void>,
    fromFile: (statements: Statements) => T,
  ): Promise<T | undefined> {
    await fromMemory();
    try {
      return await unlessNothingIsThere(() => this.#file.write(fromFile));
    } finally {
      await fromMemory();
    }
  }

  /** Writes an answer into the file, if that can be done. */
  async #wasWritten(where: StoreKey, answer: StoredResponse): Promise<boolean> {
    const row = rowOf(where, answer);
    try {
      await this.#file.write((statements) => {
        this.#noteUses(statements);
        if (row.bytes > this.#context.maxBytes) statements.deleteKey.run(where.key, where.tenant);
        else statements.set.run(row);
        makeRoom(statements, this.#context.maxBytes);
      });
      return true;
    } catch (error) {
      if (!(error instanceof FileUnavailableError)) throw error;
      this.#file.warnAbout(error);
      return false;
    }
  }

  /** The answer of a row; one that is not as it was kept is told and removed, without anybody waiting for that. */
  #responseOr(row: Row, asked: Pick<StoreKey, "tenant" | "key">): StoredResponse | undefined {
    const answer = responseFrom(row, asked);
    if (answer !== undefined) return answer;
    this.#context.logger.warn("An answer in the cache file is damaged; it is asked for again.");
    const checksum = checksumIn(row);
    const removal = this.#file.write(({ deleteDamaged }) =>
      deleteDamaged.run(asked.key, asked.tenant, checksum),
    );
    removal.catch((error: unknown) =>
      this.#context.logger.debug(`It could not be removed (${messageOf(error)}).`),
    );
    return undefined;
  }

  /** A write that waited at the same time may have ended in memory. */
  async #dropOlderInMemory(where: StoreKey, answer: StoredResponse): Promise<void> {
    const older = await this.#memory.get(where.tenant, where.key);
    if (older !== undefined && isNewer(answer, older, this.#context.now()))
      await this.#memory.deleteResponse(where, older);
  }

  /** Once the file can be written again, it gets what was kept in memory meanwhile. Never rejects. */
  #flush(): Promise<void> {
    this.#flushing ??= this.#flushIfWritable().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flushIfWritable(): Promise<void> {
    if (!this.#memory.isEmpty && (await this.#file.isWritable())) await this.#writeFromMemory();
  }

  /** Writes what is in memory into the file, unless that has got something newer. What fails is tried again later. */
  async #writeFromMemory(): Promise<void> {
    if (this.#memory.isEmpty) return;
    let written: ReturnType<MemoryStore["all"]>;
    try {
      written = await this.#file.write((statements) => {
        // Looked up only when the lock is held: what was forgotten while it was waited for is not written.
        const unwritten = this.#memory.all();
        for (const { where, answer } of unwritten) {
          const kept = keptIn(statements, where);
          if (kept === undefined || !isNewer(kept, answer, this.#context.now()))
            statements.set.run(rowOf(where, answer));
        }
        makeRoom(statements, this.#context.maxBytes);
        return unwritten;
      });
    } catch {
      return;
    }
    // What has taken the place of an answer meanwhile stays, and is written next.
    for (const { where, answer } of written) await this.#memory.deleteResponse(where, answer);
  }

  #noteUses(statements: Statements): void {
    for (const [key, at] of this.#used) statements.use.run(at, key);
    this.#used.clear();
  }
}

/** The answer in the file; undefined if there is none, or one that is damaged. */
function keptIn({ get }: Statements, { tenant, key }: StoreKey): StoredResponse | undefined {
  const row = get.get(key, tenant);
  return row === undefined ? undefined : responseFrom(row, { tenant, key });
}

/** One from the future was kept before the clock was set back, and so is older. */
function isNewer(one: StoredResponse, other: StoredResponse, now: number): boolean {
  return one.createdAt > other.createdAt && one.createdAt <= now;
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

/** If there is no file to read, there is nothing to delete. */
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
