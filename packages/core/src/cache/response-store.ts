import type { KeyValueStore } from "../store/kv.ts";
import type { StoredResponse } from "./stored-response.ts";

/** Under what an answer is kept: its key, and the path by which a write can forget it. */
export interface StoreKey {
  key: string;
  /** Tells sets of credentials apart. */
  tenant: string;
  /** Without the query. */
  path: string;
}

/** An answer that is kept, without its body. */
export interface StoredEntry extends Omit<StoredResponse, "body"> {
  key: string;
  path: string;
  /** What it takes up where it is kept, in bytes; in memory, in characters. */
  bytes: number;
}

/** A place where answers are kept. What it throws is a miss to the caller, told to the logger. */
export interface ResponseStore {
  /** Records that outlive this process, neither evicted nor cleared; undefined where the answers do not outlive it. */
  readonly records: KeyValueStore | undefined;
  /** @throws ConfigurationError if the user has named something that is no place for answers */
  check(): Promise<void>;
  get(tenant: string, key: string): Promise<StoredResponse | undefined>;
  set(where: StoreKey, answer: StoredResponse): Promise<void>;
  /** Forgets an answer unless another has taken its place meanwhile, also through another process. */
  deleteResponse(where: StoreKey, answer: StoredResponse): Promise<void>;
  /** All answers kept for these paths, whatever their query. */
  getPaths(tenant: string, paths: readonly string[]): Promise<StoredResponse[]>;
  /** Forgets all answers kept for these paths, whatever their query. */
  deletePaths(tenant: string, paths: readonly string[]): Promise<void>;
  /** All that is kept for one set of credentials. Entries may be added and deleted meanwhile. */
  entries(tenant: string): AsyncIterable<StoredEntry>;
  /** How many answers are kept for one set of credentials, and what they take up together. */
  total(tenant: string): Promise<{ count: number; bytes: number }>;
  deleteEntries(tenant: string, entries: readonly Pick<StoredEntry, "key" | "path">[]): Promise<void>;
  /** Deletes all that is kept for one set of credentials, what cannot be read too. Gives how many answers there were. */
  clear(tenant: string): Promise<number>;
  /** Overwrites what deleted answers have left behind. Rejects if some of it may still be there. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** What an entry takes up besides its headers and its body: its key, its times, its place in the indexes. */
export const ENTRY_OVERHEAD = 400;

/** Adds up what a store cannot say by itself. */
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
