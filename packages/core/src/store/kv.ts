/**
 * Small texts by name, which outlive a call: in the memory of one client, or in a place that processes share and agree
 * through. Names hold nothing private, and name their tenant themselves. If such a place fails, whoever uses it logs
 * that; it is never the caller's error.
 */
export interface KeyValueStore {
  get(key: string): Promise<string | undefined>;
  /**
   * Writes `value` only if the record still is `expected`; for either, undefined stands for no record.
   *
   * @returns whether it was written
   */
  compareAndSet(key: string, expected: string | undefined, value: string | undefined): Promise<boolean>;
}

/** Keeps records for as long as the client lives. */
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
