import { createHash } from "node:crypto";
import type { KeyvStoreAdapter } from "keyv";
import { decodeAnswer, encodeAnswer, type StoredAnswer } from "./answer.ts";
import type { AnswerStore, StoredRecords, StoreKey } from "./store.ts";

/** A store elsewhere that has not answered after so long has failed, in milliseconds. */
const PATIENCE = 5000;

/**
 * Keeps answers in any storage adapter of Keyv 5. No time to live is given to it, as it would drop an expired answer
 * that may still have to stand in. What it cannot be asked for, the keys of a path, is kept in a small list beside.
 */
export class KeyvStore implements AnswerStore {
  readonly #adapter: KeyvStoreAdapter;

  constructor(adapter: KeyvStoreAdapter) {
    this.#adapter = adapter;
  }

  async get(key: string): Promise<StoredAnswer | undefined> {
    return decodeAnswer(await this.#read(`bankdata:answer:${key}`));
  }

  async set({ key, scope, path }: StoreKey, answer: StoredAnswer): Promise<void> {
    await inTime(this.#adapter.set(`bankdata:answer:${key}`, encodeAnswer(answer)));
    const list = listName(scope, path);
    const keys = await this.#keys(list);
    if (!keys.includes(key)) await inTime(this.#adapter.set(list, JSON.stringify([...keys, key])));
  }

  async getPaths(scope: string, paths: readonly string[]): Promise<StoredAnswer[]> {
    const found: StoredAnswer[] = [];
    for (const path of paths) {
      for (const key of await this.#keys(listName(scope, path))) {
        const answer = await this.get(key);
        if (answer !== undefined) found.push(answer);
      }
    }
    return found;
  }

  async deletePaths(scope: string, paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const list = listName(scope, path);
      for (const key of await this.#keys(list)) await inTime(this.#adapter.delete(`bankdata:answer:${key}`));
      await inTime(this.#adapter.delete(list));
    }
  }

  /** An adapter of Keyv cannot compare while it sets: two processes that write at the same instant may overwrite each other. */
  readonly records: StoredRecords = {
    get: async (name) => {
      const value = await this.#read(`bankdata:record:${name}`);
      return typeof value === "string" ? value : undefined;
    },
    compareAndSet: async (name, expected, value) => {
      if ((await this.records.get(name)) !== expected) return false;
      await inTime(this.#adapter.set(`bankdata:record:${name}`, value));
      return true;
    },
  };

  /** The adapter belongs to the caller, who may use it elsewhere. */
  async close(): Promise<void> {}

  async #keys(list: string): Promise<string[]> {
    try {
      const keys: unknown = JSON.parse(String(await this.#read(list)));
      return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  }

  async #read(name: string): Promise<unknown> {
    return await inTime(this.#adapter.get<string>(name));
  }
}

function listName(scope: string, path: string): string {
  return `bankdata:path:${createHash("sha256").update(`${scope}\n${path}`).digest("hex")}`;
}

async function inTime<T>(work: T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
