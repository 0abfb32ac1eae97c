import type { StoredAnswer } from "./answer.ts";

/** Under what an answer is kept: its key, and the path by which a write can forget it. */
export interface StoreKey {
  key: string;
  /** Tells sets of credentials apart. */
  scope: string;
  /** Without the query. */
  path: string;
}

/**
 * Small texts beside the answers, by name, for what processes have to agree on. Names carry their own scope, and hold
 * nothing that is private.
 */
export interface StoredRecords {
  get(name: string): Promise<string | undefined>;
  /** Writes `value` only where the record still is `expected` (undefined: there is none). Says whether it did. */
  compareAndSet(name: string, expected: string | undefined, value: string): Promise<boolean>;
}

/** A place where answers are kept. What it throws is a miss to the caller, told to the logger. */
export interface AnswerStore {
  get(key: string): Promise<StoredAnswer | undefined>;
  set(where: StoreKey, answer: StoredAnswer): Promise<void>;
  /** All answers kept for these paths, whatever their query. */
  getPaths(scope: string, paths: readonly string[]): Promise<StoredAnswer[]>;
  /** Forgets all answers kept for these paths, whatever their query. */
  deletePaths(scope: string, paths: readonly string[]): Promise<void>;
  close(): Promise<void>;
  /** Records that outlive this process; undefined where the answers do not. */
  readonly records: StoredRecords | undefined;
}

/** Keeps answers for as long as the client lives. */
export class MemoryStore implements AnswerStore {
  readonly records = undefined;
  readonly #entries = new Map<string, StoreKey & { answer: StoredAnswer }>();

  async get(key: string): Promise<StoredAnswer | undefined> {
    return this.#entries.get(key)?.answer;
  }

  async set(where: StoreKey, answer: StoredAnswer): Promise<void> {
    this.#entries.set(where.key, { ...where, answer });
  }

  async getPaths(scope: string, paths: readonly string[]): Promise<StoredAnswer[]> {
    return this.#at(scope, paths).map((entry) => entry.answer);
  }

  async deletePaths(scope: string, paths: readonly string[]): Promise<void> {
    for (const entry of this.#at(scope, paths)) this.#entries.delete(entry.key);
  }

  async close(): Promise<void> {}

  #at(scope: string, paths: readonly string[]): (StoreKey & { answer: StoredAnswer })[] {
    return [...this.#entries.values()].filter((entry) => entry.scope === scope && paths.includes(entry.path));
  }
}
