import { ConfigurationError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { messageOf } from "../base/message-of.ts";
import { atLeastZero, checkOptions, type OptionKinds, trueOrFalse } from "../base/option-kinds.ts";
import { describeKind } from "../base/option-names.ts";
import { fitsPattern } from "./pattern.ts";
import type { CacheRequest } from "./request.ts";
import type { RequestedResponses } from "./requested-responses.ts";
import type { ResponseStore, StoredEntry } from "./response-store.ts";
import { isFresh } from "./stored-response.ts";

/** A cached response without its body. */
export interface CacheEntry {
  /** As `checkCacheStatus` returns it. */
  key: string;
  /** Below the base URL, without the query. */
  path: string;
  /** The HTTP status; only responses with 200 are cached. */
  status: number;
  /** When the response arrived, or was last confirmed by the server with a 304. */
  createdAt: Date;
  /** Until when it is fresh; null if it never expires. */
  expiresAt: Date | null;
  /** Whether it is no longer fresh; it is kept, as it may be used if the service fails. */
  isExpired: boolean;
  /** How much space it takes, in bytes; in memory, in characters. */
  bytes: number;
}

/** A cached response. */
export interface CachedResponse extends Omit<CacheEntry, "key" | "path" | "bytes"> {
  /** By name in lower case; only those that describe or validate the content. */
  headers: Readonly<Record<string, string>>;
  /** As the service sent it. */
  body: string;
}

/** Which responses to delete: those that match all of these criteria. */
export interface CacheSelection {
  /** Only those that are no longer fresh. */
  expired?: boolean | undefined;
  /** Only those that are older than this, in seconds. */
  olderThan?: number | undefined;
  /** Only those whose path matches a regular expression, or a string in which `*` stands for anything. */
  match?: string | RegExp | undefined;
}

const selectionKinds: OptionKinds<CacheSelection> = {
  expired: trueOrFalse,
  olderThan: { ...atLeastZero, takes: "a number of seconds of at least 0" },
  match: {
    takes: "a path or a regular expression",
    fits: (value) => typeof value === "string" || value instanceof RegExp,
  },
};

interface ViewContext {
  tenant: string;
  now: () => number;
  logger: Logger;
  /** The responses that are on their way: those that are deleted now must not be stored when they arrive. */
  requested: RequestedResponses;
}

/**
 * What the cache holds for the credentials of this client. It sends no request, and needs no token. If the backend
 * fails, reading finds nothing and logs a warning, but deleting rejects, so that a response that is still there never
 * counts as deleted.
 */
export class CacheView {
  readonly #store: ResponseStore;
  readonly #context: ViewContext;
  readonly #keyOf: (path: string, query: CacheRequest["query"]) => string;

  constructor(
    store: ResponseStore,
    context: ViewContext,
    keyOf: (path: string, query: CacheRequest["query"]) => string,
  ) {
    this.#store = store;
    this.#context = context;
    this.#keyOf = keyOf;
  }

  /** Whether a response is cached for a key, or for a path with its query; expired or not. */
  async has(keyOrPath: string, query: CacheRequest["query"] = []): Promise<boolean> {
    return (await this.get(keyOrPath, query)) !== undefined;
  }

  /** The response that is cached for a key, or for a path with its query; expired or not. */
  async get(keyOrPath: string, query: CacheRequest["query"] = []): Promise<CachedResponse | undefined> {
    if (typeof keyOrPath !== "string")
      throw new ConfigurationError(`A key or a path must be a string, not ${describeKind(keyOrPath)}.`);
    const isKey = /^[0-9a-f]{64}$/.test(keyOrPath);
    const key = isKey ? keyOrPath : this.#keyOf(keyOrPath, query);
    const kept = await this.#orElse(undefined, () => this.#store.get(this.#context.tenant, key));
    if (kept === undefined) return undefined;
    const { status, headers, body } = kept;
    // A copy: the store may still have the object itself.
    return { status, headers: { ...headers }, body, ...this.#timesOf(kept) };
  }

  /** Everything that is cached, in no particular order. */
  async *entries(): AsyncGenerator<CacheEntry> {
    try {
      for await (const entry of this.#store.entries(this.#context.tenant)) {
        const { key, path, status, bytes } = entry;
        yield { key, path, status, bytes, ...this.#timesOf(entry) };
      }
    } catch (error) {
      this.#warnAbout(error);
    }
  }

  /** How many responses are cached. */
  async count(): Promise<number> {
    const none = { count: 0, bytes: 0 };
    return (await this.#orElse(none, () => this.#store.total(this.#context.tenant))).count;
  }

  /** How much space they take together, in bytes; in memory, in characters. */
  async size(): Promise<number> {
    const none = { count: 0, bytes: 0 };
    return (await this.#orElse(none, () => this.#store.total(this.#context.tenant))).bytes;
  }

  /**
   * Deletes the responses that match all criteria, at least one of which is required.
   *
   * @returns how many were deleted
   * @throws ConfigurationError naming a criterion that does not exist or cannot work
   */
  async delete(selection: CacheSelection): Promise<number> {
    checkOptions(selection, selectionKinds, { what: "the selection" });
    const { expired, olderThan, match } = selection;
    if (expired !== true && olderThan === undefined && match === undefined) {
      throw new TypeError("Specify what to delete: expired, olderThan or match. clear() deletes everything.");
    }
    // One that is on its way is neither expired nor old.
    if (match !== undefined && expired === undefined && olderThan === undefined)
      this.#context.requested.invalidate((path) => fitsPattern(path, match));
    return await this.#deleteIf((entry) => {
      if (expired === true && isFresh(entry, this.#context.now())) return false;
      if (olderThan !== undefined && this.#context.now() - entry.createdAt <= olderThan * 1000) return false;
      return match === undefined || fitsPattern(entry.path, match);
    });
  }

  /**
   * Deletes all responses, so that nothing of them is left in the file either; what this client has requested and not
   * received yet is not cached when it arrives. The call budget and the token stay.
   *
   * @returns how many there were
   */
  async clear(): Promise<number> {
    this.#context.requested.invalidate(() => true);
    const count = await this.#store.clear(this.#context.tenant);
    await this.#wipe();
    return count;
  }

  async #deleteIf(matches: (entry: StoredEntry) => boolean): Promise<number> {
    const { tenant } = this.#context;
    let count = 0;
    let batch: StoredEntry[] = [];
    const flush = async () => {
      await this.#store.deleteEntries(tenant, batch);
      count += batch.length;
      batch = [];
    };
    for await (const entry of this.#store.entries(tenant)) {
      if (matches(entry)) batch.push(entry);
      if (batch.length === 500) await flush();
    }
    if (batch.length > 0) await flush();
    if (count > 0) await this.#wipe();
    return count;
  }

  /** If this fails, it is only logged: the responses are gone from the cache, though traces may be left in the file. */
  async #wipe(): Promise<void> {
    try {
      await this.#store.wipe();
    } catch (error) {
      const reason = messageOf(error);
      this.#context.logger.warn(
        `Deleted responses may still be readable in the cache file (${reason}). Delete again when no other process is using it.`,
      );
    }
  }

  #timesOf({ createdAt, expiresAt }: Pick<StoredEntry, "createdAt" | "expiresAt">) {
    return {
      createdAt: new Date(createdAt),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      isExpired: !isFresh({ createdAt, expiresAt }, this.#context.now()),
    };
  }

  async #orElse<T>(none: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#warnAbout(error);
      return none;
    }
  }

  #warnAbout(error: unknown): void {
    if (error instanceof ConfigurationError) throw error;
    const reason = messageOf(error);
    this.#context.logger.warn(`The cache could not be read (${reason}); it was treated as empty.`);
  }
}
