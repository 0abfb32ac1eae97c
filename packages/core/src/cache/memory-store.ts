import {
  ENTRY_OVERHEAD,
  type ResponseStore,
  type StoredEntry,
  type StoreKey,
  totalOf,
} from "./response-store.ts";
import { isSameResponse, type StoredResponse } from "./stored-response.ts";

interface MemoryEntry extends StoreKey {
  response: StoredResponse;
  bytes: number;
}

/** Keeps responses for as long as the client lives. The least recently used ones make room for new ones. */
export class MemoryStore implements ResponseStore {
  readonly records = undefined;
  /** In the order of last use. */
  readonly #entries = new Map<string, MemoryEntry>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async check(): Promise<void> {}

  async get(tenant: string, key: string): Promise<StoredResponse | undefined> {
    const entry = this.#entries.get(key);
    if (entry?.tenant !== tenant) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.response;
  }

  async set(storeKey: StoreKey, response: StoredResponse): Promise<void> {
    this.#delete(storeKey.key);
    const bytes = response.body.length + JSON.stringify(response.headers).length + ENTRY_OVERHEAD;
    if (bytes > this.#maxBytes) return;
    this.#entries.set(storeKey.key, { ...storeKey, response, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#delete(oldest);
    }
  }

  async deleteResponse({ tenant, key }: StoreKey, response: StoredResponse): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry?.tenant === tenant && isSameResponse(entry.response, response)) this.#delete(key);
  }

  async getPaths(tenant: string, paths: readonly string[]): Promise<StoredResponse[]> {
    return this.#at(tenant, paths).map((entry) => entry.response);
  }

  async deletePaths(tenant: string, paths: readonly string[]): Promise<void> {
    for (const entry of this.#at(tenant, paths)) this.#delete(entry.key);
  }

  async *entries(tenant: string): AsyncGenerator<StoredEntry> {
    for (const entry of [...this.#entries.values()]) {
      if (entry.tenant !== tenant) continue;
      const { body: _, ...rest } = entry.response;
      yield { ...rest, key: entry.key, path: entry.path, bytes: entry.bytes };
    }
  }

  async total(tenant: string): Promise<{ count: number; bytes: number }> {
    return await totalOf(this.entries(tenant));
  }

  async deleteEntries(_tenant: string, entries: readonly Pick<StoredEntry, "key">[]): Promise<void> {
    for (const { key } of entries) this.#delete(key);
  }

  async clear(tenant: string): Promise<number> {
    const gone = [...this.#entries.values()].filter((entry) => entry.tenant === tenant);
    for (const { key } of gone) this.#delete(key);
    return gone.length;
  }

  /** There is nothing to overwrite: freed memory cannot be read. */
  async wipe(): Promise<void> {}

  /** Everything that is kept, for any tenant, in the order of last use. */
  all(): { storeKey: StoreKey; response: StoredResponse }[] {
    return [...this.#entries.values()].map(({ key, tenant, path, response }) => ({
      storeKey: { key, tenant, path },
      response,
    }));
  }

  /** Whether nothing is kept, for any tenant. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  async close(): Promise<void> {}

  #at(tenant: string, paths: readonly string[]): MemoryEntry[] {
    return [...this.#entries.values()].filter(
      (entry) => entry.tenant === tenant && paths.includes(entry.path),
    );
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
