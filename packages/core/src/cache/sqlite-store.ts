import { messageOf } from "../base/message-of.ts";
import type { KeyValueStore } from "../store/kv.ts";
import { checksumIn, type Row } from "../store/sqlite/checksum-column.ts";
import { SqliteKeyValueStore } from "../store/sqlite/records.ts";
import { SharedFile, type SharedFileContext } from "../store/sqlite/shared-file.ts";
import { FileUnavailableError } from "../store/sqlite/unavailable.ts";
import { CACHE_FORMAT } from "./file-format.ts";
import { MemoryStore } from "./memory-store.ts";
import { RecentResponses } from "./recent-responses.ts";
import { type ResponseStore, type StoredEntry, type StoreKey, totalOf } from "./response-store.ts";
import { entryFrom, responseFrom, rowOf, type Statements } from "./sqlite-statements.ts";
import { isSameResponse, type StoredResponse } from "./stored-response.ts";

export interface SqliteStoreContext extends SharedFileContext {
  /** The most space that all responses may take together, in bytes. */
  maxBytes: number;
}

/** A use is recorded only if the last recorded one is older than this, in milliseconds. */
const USE_GRAIN = 3600_000;

/**
 * If the limit is exceeded, responses are deleted down to this fraction of it, so that not every write has to delete
 * some.
 */
const TARGET_FILL = 0.9;

/**
 * Keeps responses in a SQLite file that several processes may share. While the file cannot be written, responses are
 * kept in memory, and those in the file are still read; writes of records are then rejected, as no other process would
 * see them. If something else is at the path of the file, everything is kept in memory.
 */
export class SqliteStore implements ResponseStore {
  readonly #file: SharedFile<Statements>;
  readonly #context: SqliteStoreContext;
  /** Responses used since the last write. The next write records the uses, as a hit must not wait for a write. */
  readonly #used = new Map<string, number>();
  /** What could not be written yet. It stays here until it is known to be in the file. */
  readonly #memory: MemoryStore;
  readonly #recent = new RecentResponses();
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
    void this.#flush(); // Not awaited: it may wait for a lock, and reads must not wait.
    const unwritten = await this.#memory.get(tenant, key);
    if (unwritten !== undefined) return unwritten;
    const known = this.#recent.get(key);
    const row = await orElse(undefined, () =>
      this.#file.read(({ get }) => get.get(known?.checksum ?? null, key, tenant)),
    );
    if (row === undefined) return undefined;
    const now = this.#context.now();
    if (now - Number(row["usedAt"]) > USE_GRAIN) this.#used.set(key, now);
    if (known !== undefined && row["body"] === null) return known.response;
    const response = this.#responseIn(row, { tenant, key });
    if (response !== undefined) this.#recent.remember(key, response, row["checksum"]);
    return response;
  }

  async set(storeKey: StoreKey, response: StoredResponse): Promise<void> {
    if (this.#memory.isEmpty && (await this.#wasWritten(storeKey, response))) {
      await this.#dropOlderInMemory(storeKey, response);
      return;
    }
    await this.#memory.set(storeKey, response);
    await this.#flush();
  }

  async deleteResponse(storeKey: StoreKey, response: StoredResponse): Promise<void> {
    const { tenant, key } = storeKey;
    await this.#delete(
      () => this.#memory.deleteResponse(storeKey, response),
      (statements) => {
        const kept = keptIn(statements, storeKey);
        if (kept !== undefined && isSameResponse(kept, response)) statements.deleteKey.run(key, tenant);
      },
    );
  }

  async getPaths(tenant: string, paths: readonly string[]): Promise<StoredResponse[]> {
    const unwritten = await this.#memory.getPaths(tenant, paths);
    const rows = await orElse([], () =>
      this.#file.read(({ getPath }) => paths.flatMap((path) => getPath.all(tenant, path))),
    );
    const kept = rows.flatMap((row) => this.#responseIn(row, { tenant, key: String(row["key"]) }) ?? []);
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

  /** Reads in pages, so that other processes may write meanwhile. */
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
    this.#recent.clear();
    await unlessUnreadable(() => this.#file.wipe());
  }

  readonly records: KeyValueStore;

  async close(): Promise<void> {
    await this.#flushing;
    await this.#writeFromMemory();
    try {
      if (this.#used.size > 0) await this.#file.write((statements) => this.#noteUses(statements));
    } catch {} // The time of the last use is not worth a warning.
    this.#recent.clear();
    await this.#file.close();
  }

  /**
   * Deletes from the file; if that can only be read, the error is passed on, as the responses would reappear. Deletes
   * from memory before that, so that nothing is written from there meanwhile, and again after it, as a concurrent write
   * may have ended up there.
   */
  async #delete<T>(
    fromMemory: () => Promise<void>,
    fromFile: (statements: Statements) => T,
  ): Promise<T | undefined> {
    await fromMemory();
    try {
      return await unlessUnreadable(() => this.#file.write(fromFile));
    } finally {
      await fromMemory();
    }
  }

  /** Writes a response into the file. @returns false if the file cannot be written */
  async #wasWritten(storeKey: StoreKey, response: StoredResponse): Promise<boolean> {
    const row = rowOf(storeKey, response, this.#context.now());
    try {
      await this.#file.write((statements) => {
        this.#noteUses(statements);
        if (row.bytes > this.#context.maxBytes) statements.deleteKey.run(storeKey.key, storeKey.tenant);
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

  /** The response in a row. A damaged one is logged, and deleted in the background. */
  #responseIn(row: Row, wanted: Pick<StoreKey, "tenant" | "key">): StoredResponse | undefined {
    const response = responseFrom(row, wanted);
    if (response !== undefined) return response;
    this.#context.logger.warn("A response in the cache file is damaged; it will be requested again.");
    const checksum = checksumIn(row);
    const removal = this.#file.write(({ deleteDamaged }) =>
      deleteDamaged.run(wanted.key, wanted.tenant, checksum),
    );
    removal.catch((error: unknown) =>
      this.#context.logger.debug(`The damaged response could not be deleted (${messageOf(error)}).`),
    );
    return undefined;
  }

  /** A concurrent write may have ended up in memory. */
  async #dropOlderInMemory(storeKey: StoreKey, response: StoredResponse): Promise<void> {
    const older = await this.#memory.get(storeKey.tenant, storeKey.key);
    if (older !== undefined && isNewer(response, older, this.#context.now()))
      await this.#memory.deleteResponse(storeKey, older);
  }

  /** Writes what was kept in memory into the file, once that can be written again. Never rejects. */
  #flush(): Promise<void> {
    this.#flushing ??= this.#flushIfWritable().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flushIfWritable(): Promise<void> {
    if (!this.#memory.isEmpty && (await this.#file.isWritable())) await this.#writeFromMemory();
  }

  /**
   * Writes what is in memory into the file, unless the file has something newer. If that fails, it is tried again
   * later.
   */
  async #writeFromMemory(): Promise<void> {
    if (this.#memory.isEmpty) return;
    let written: ReturnType<MemoryStore["all"]>;
    try {
      written = await this.#file.write((statements) => {
        // Looked up once the lock is held: what was invalidated while waiting for it is not written.
        const unwritten = this.#memory.all();
        for (const { storeKey, response } of unwritten) {
          const kept = keptIn(statements, storeKey);
          if (kept === undefined || !isNewer(kept, response, this.#context.now()))
            statements.set.run(rowOf(storeKey, response, this.#context.now()));
        }
        makeRoom(statements, this.#context.maxBytes);
        return unwritten;
      });
    } catch {
      return;
    }
    // A response that has replaced one of these meanwhile stays, and is written next time.
    for (const { storeKey, response } of written) await this.#memory.deleteResponse(storeKey, response);
  }

  #noteUses(statements: Statements): void {
    for (const [key, at] of this.#used) statements.use.run(at, key);
    this.#used.clear();
  }
}

/** The response in the file; undefined if there is none, or if it is damaged. */
function keptIn({ get }: Statements, { tenant, key }: StoreKey): StoredResponse | undefined {
  const row = get.get(null, key, tenant);
  return row === undefined ? undefined : responseFrom(row, { tenant, key });
}

/** A response from the future was stored before the clock was set back, and so is older. */
function isNewer(one: StoredResponse, other: StoredResponse, now: number): boolean {
  return one.createdAt > other.createdAt && one.createdAt <= now;
}

/** Returns `instead` while the file cannot be used. */
async function orElse<T>(instead: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileUnavailableError) return instead;
    throw error;
  }
}

/** If the file cannot be read, there is nothing to delete. */
async function unlessUnreadable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileUnavailableError && !error.isReadable) return undefined;
    throw error;
  }
}

/** Deletes the least recently used responses, of any tenant, if the limit is exceeded. */
function makeRoom(statements: Statements, maxBytes: number): void {
  let bytes = Number(statements.total.get()?.["bytes"]);
  if (bytes <= maxBytes) return;
  while (bytes > maxBytes * TARGET_FILL) {
    const candidates = statements.leastUsed.all();
    if (candidates.length === 0) return void statements.recount.run(); // The sum is damaged.
    for (const { key, scope, bytes: size } of candidates) {
      if (bytes <= maxBytes * TARGET_FILL) return;
      statements.deleteKey.run(String(key), String(scope));
      bytes -= Number(size);
    }
  }
}
