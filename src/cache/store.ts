import type { StoredAnswer } from "./answer.ts";

/** Under what an answer is kept: its key, and the path by which a write can forget it. */
export interface StoreKey {
  key: string;
  /** Tells sets of credentials apart. */
  scope: string;
  /** Without the query. */
  path: string;
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
}

/** Keeps answers for as long as the client lives. */
export class MemoryStore implements AnswerStore {
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
