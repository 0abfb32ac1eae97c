import type { KeyValueStore } from "../store/kv.ts";
import type { StoredResponse } from "./stored-response.ts";

/** What identifies a stored response: its key, and the path by which a write can invalidate it. */
export interface StoreKey {
  key: string;
  /** Distinguishes sets of credentials. */
  tenant: string;
  /** Without the query. */
  path: string;
}

/** A stored response without its body. */
export interface StoredEntry extends Omit<StoredResponse, "body"> {
  key: string;
  path: string;
  /** How much space it takes, in bytes; in memory, in characters. */
  bytes: number;
}

/** Storage for responses. Its errors are logged, and count as a miss. */
export interface ResponseStore {
  /** Records that outlive this process, neither evicted nor cleared; undefined if the responses do not outlive it. */
  readonly records: KeyValueStore | undefined;
  /** @throws ConfigurationError if the user has chosen a file in which no responses can be stored */
  check(): Promise<void>;
  get(tenant: string, key: string): Promise<StoredResponse | undefined>;
  set(storeKey: StoreKey, response: StoredResponse): Promise<void>;
  /** Deletes a response unless another has taken its place meanwhile, even through another process. */
  deleteResponse(storeKey: StoreKey, response: StoredResponse): Promise<void>;
  /** All responses stored for these paths, regardless of the query. */
  getPaths(tenant: string, paths: readonly string[]): Promise<StoredResponse[]>;
  /** Deletes all responses stored for these paths, regardless of the query. */
  deletePaths(tenant: string, paths: readonly string[]): Promise<void>;
  /** Everything that is stored for one tenant. Entries may be added and deleted meanwhile. */
  entries(tenant: string): AsyncIterable<StoredEntry>;
  /** How many responses are stored for one tenant, and how much space they take together. */
  total(tenant: string): Promise<{ count: number; bytes: number }>;
  deleteEntries(tenant: string, entries: readonly Pick<StoredEntry, "key" | "path">[]): Promise<void>;
  /**
   * Deletes everything that is stored for one tenant, even what cannot be read.
   *
   * @returns how many responses there were
   */
  clear(tenant: string): Promise<number>;
  /** Overwrites what deleted responses have left behind. @throws if some of it may still be there */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/**
 * How much space an entry takes besides its headers and body, in bytes: its key, its times, its place in the indexes.
 */
export const ENTRY_OVERHEAD = 400;

/** Adds up entries, for a store that cannot do so itself. */
export async function totalOf(
  entries: AsyncIterable<StoredEntry>,
): Promise<{ count: number; bytes: number }> {
  const total = { count: 0, bytes: 0 };
  for await (const entry of entries) {
    total.count += 1;
    total.bytes += entry.bytes;
  }
  return total;
}
