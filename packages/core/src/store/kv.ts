/**
 * Small strings by name that outlive a call, in the memory of one client or in storage that processes share. Names
 * contain nothing private, and include the tenant. The storage may fail: whoever uses it handles that.
 */
export interface KeyValueStore {
  /** Returns the string, or undefined if there is no record. */
  get(key: string): Promise<string | undefined>;
  /**
   * Writes `value` only if the record is still `expected`. Undefined stands for no record, in both.
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
