import { createHash } from "node:crypto";
import type { Logger } from "../base/logger.ts";
import { messageOf } from "../base/message-of.ts";
import type { KeyValueStore } from "../store/kv.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import type { KeyvAdapter } from "./keyv-adapter.ts";
import { type CompareAndSet, compareAndSetOf } from "./keyv-compare.ts";
import {
  ENTRY_OVERHEAD,
  type ResponseStore,
  type StoredEntry,
  type StoreKey,
  totalOf,
} from "./response-store.ts";
import { decodeResponse, encodeResponse, isSameResponse, type StoredResponse } from "./stored-response.ts";

/**
 * Keeps responses in any storage adapter of Keyv 5. The adapter gets no time to live, as it would drop an expired
 * response that may still be needed if the service fails. No adapter can look up the keys of a path or the paths of a
 * tenant, so they are kept in small lists next to the responses. It is up to the backend to limit its size.
 */
export class KeyvStore implements ResponseStore {
  readonly #adapter: KeyvAdapter;
  readonly #breaker: CircuitBreaker;
  readonly #compareAndSet: CompareAndSet;
  #changing: Promise<void> = Promise.resolve();

  constructor(adapter: KeyvAdapter, { logger, now }: { logger: Logger; now: () => number }) {
    this.#adapter = adapter;
    this.#breaker = new CircuitBreaker(now);
    const compareAndSet = compareAndSetOf(adapter);
    if (compareAndSet === undefined) {
      logger.info("The cache's backend has no compare-and-set: processes may miss each other's counts.");
    }
    this.#compareAndSet = compareAndSet ?? this.#compareThenSet;
    listenForErrors(adapter, logger);
  }

  /** There is nothing to check: the caller has made the adapter. */
  async check(): Promise<void> {}

  async get(tenant: string, key: string): Promise<StoredResponse | undefined> {
    const name = responseName(tenant, key);
    return decodeResponse(await this.#read(name), name);
  }

  async set({ key, tenant, path }: StoreKey, response: StoredResponse): Promise<void> {
    // Listed before it is stored: a process killed in between leaves a superfluous name, but no response that cannot
    // be invalidated.
    await this.#addTo(listOfPaths(tenant), path);
    await this.#addTo(listOfKeys(tenant, path), key);
    const name = responseName(tenant, key);
    await this.#breaker.with(() => this.#adapter.set(name, encodeResponse(response, name)));
  }

  async deleteResponse({ tenant, key, path }: StoreKey, response: StoredResponse): Promise<void> {
    const name = responseName(tenant, key);
    const text = await this.#read(name);
    const kept = decodeResponse(text, name);
    if (typeof text !== "string" || kept === undefined || !isSameResponse(kept, response)) return;
    const gone = await this.#breaker.with(() => this.#compareAndSet(name, text, undefined));
    // Another response may have been stored under the same key since, and must stay in the list.
    if (gone && (await this.get(tenant, key)) === undefined)
      await this.#takeFrom(listOfKeys(tenant, path), [key]);
  }

  async getPaths(tenant: string, paths: readonly string[]): Promise<StoredResponse[]> {
    const found: StoredResponse[] = [];
    for (const path of paths) {
      for (const key of await this.#list(listOfKeys(tenant, path))) {
        const response = await this.get(tenant, key);
        if (response !== undefined) found.push(response);
      }
    }
    return found;
  }

  /** The lists stay: they are short, and another process may be adding to them just now. */
  async deletePaths(tenant: string, paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const keys = await this.#list(listOfKeys(tenant, path));
      for (const key of keys) await this.#delete(responseName(tenant, key));
      if (keys.length > 0) await this.#takeFrom(listOfKeys(tenant, path), keys);
    }
  }

  async *entries(tenant: string): AsyncGenerator<StoredEntry> {
    for (const path of await this.#list(listOfPaths(tenant))) {
      for (const key of await this.#list(listOfKeys(tenant, path))) {
        const response = await this.get(tenant, key);
        if (response === undefined) continue;
        const { body, ...rest } = response;
        const bytes = Buffer.byteLength(body) + JSON.stringify(rest.headers).length + ENTRY_OVERHEAD;
        yield { ...rest, key, path, bytes };
      }
    }
  }

  async total(tenant: string): Promise<{ count: number; bytes: number }> {
    return await totalOf(this.entries(tenant));
  }

  async deleteEntries(tenant: string, entries: readonly Pick<StoredEntry, "key" | "path">[]): Promise<void> {
    for (const { key, path } of entries) {
      await this.#delete(responseName(tenant, key));
      await this.#takeFrom(listOfKeys(tenant, path), [key]);
    }
  }

  async clear(tenant: string): Promise<number> {
    const entries: StoredEntry[] = [];
    for await (const entry of this.entries(tenant)) entries.push(entry);
    await this.deleteEntries(tenant, entries);
    return entries.length;
  }

  /** It is up to the backend to overwrite deleted strings. */
  async wipe(): Promise<void> {}

  /** If the adapter has no compare-and-set, two processes that write at the same instant may overwrite each other. */
  readonly records: KeyValueStore = {
    get: async (name) => {
      const value = await this.#read(`bankdata:record:${name}`);
      return typeof value === "string" ? value : undefined;
    },
    compareAndSet: async (name, expected, value) =>
      await this.#breaker.with(() => this.#compareAndSet(`bankdata:record:${name}`, expected, value)),
  };

  /** The adapter belongs to the caller, who may use it elsewhere. */
  async close(): Promise<void> {}

  readonly #compareThenSet: CompareAndSet = async (key, expected, value) => {
    if ((await this.#adapter.get(key)) !== expected) return false;
    if (value === undefined) await this.#adapter.delete(key);
    else await this.#adapter.set(key, value);
    return true;
  };

  async #addTo(list: string, item: string): Promise<void> {
    await this.#change(list, (items) => (items.includes(item) ? items : [...items, item]));
  }

  async #takeFrom(list: string, gone: readonly string[]): Promise<void> {
    await this.#change(list, (items) => items.filter((item) => !gone.includes(item)));
  }

  /** Makes one change after the other: without compare-and-set, concurrent changes would be lost. */
  #change(list: string, change: (items: string[]) => string[]): Promise<void> {
    const changed = this.#changing.then(() => this.#changeNow(list, change));
    this.#changing = changed.catch(() => {});
    return changed;
  }

  async #changeNow(list: string, change: (items: string[]) => string[]): Promise<void> {
    for (let tries = 0; tries < 20; tries += 1) {
      const text = await this.#read(list);
      const items = itemsOf(text);
      const changed = change(items);
      if (changed.length === items.length) return;
      const expected = typeof text === "string" ? text : undefined;
      const set = () => this.#compareAndSet(list, expected, JSON.stringify(changed));
      if (await this.#breaker.with(set)) return;
    }
    throw new Error("too many processes change the same list");
  }

  async #list(name: string): Promise<string[]> {
    return itemsOf(await this.#read(name));
  }

  async #read(name: string): Promise<unknown> {
    return await this.#breaker.with(() => this.#adapter.get(name));
  }

  async #delete(name: string): Promise<void> {
    await this.#breaker.with(() => this.#adapter.delete(name));
  }
}

/** The tenant is a part of the name, so that no key leads to the responses of other credentials. */
function responseName(tenant: string, key: string): string {
  return `bankdata:answer:${hashOf(tenant).slice(0, 16)}:${key}`;
}

function listOfKeys(tenant: string, path: string): string {
  return `bankdata:path:${hashOf(`${tenant}\n${path}`)}`;
}

function listOfPaths(tenant: string): string {
  return `bankdata:paths:${hashOf(tenant)}`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function itemsOf(text: unknown): string[] {
  try {
    const items: unknown = JSON.parse(String(text));
    return Array.isArray(items) ? items.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}

/** An "error" event without a listener would end the process. */
function listenForErrors(adapter: KeyvAdapter, logger: Logger): void {
  if (typeof adapter.on !== "function") return;
  const count: unknown =
    "listenerCount" in adapter && typeof adapter.listenerCount === "function"
      ? adapter.listenerCount("error")
      : 0;
  if (count !== 0) return;
  adapter.on("error", (error: unknown) => {
    const reason = messageOf(error);
    logger.debug(`The cache's backend reported an error: ${reason}`);
  });
}
