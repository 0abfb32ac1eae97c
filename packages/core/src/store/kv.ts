/**
 * Small texts by name, which outlive a call: in the memory of one client, or beside the cache, where several processes
 * share them. What a place elsewhere throws is told to the logger by whoever asks, and is never the caller's error.
 */
export interface KeyValueStore {
  get(key: string): Promise<string | undefined>;
  /**
   * Writes `value` only where the record still is `expected`; undefined stands for no record, before as after. Says
   * whether it did.
   */
  compareAndSet(key: string, expected: string | undefined, value: string | undefined): Promise<boolean>;
}

/** Records that live as long as the client. */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #records = new Map<string, string>();

  async get(key: string): Promise<string | undefined> {
    return this.#records.get(key);
  }

  async compareAndSet(
    key: string,
    expected: string | undefined,
    value: string | undefined,
  ): Promise<boolean> {
    if (this.#records.get(key) !== expected) return false;
    if (value === undefined) this.#records.delete(key);
    else this.#records.set(key, value);
    return true;
  }
}
