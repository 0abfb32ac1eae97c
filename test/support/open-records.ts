import type { KeyValueStore } from "../../packages/core/src/store/kv.ts";

/** Records whose content a test can see and change. */
export class OpenRecords implements KeyValueStore {
  readonly kept = new Map<string, string>();

  async get(key: string): Promise<string | undefined> {
    return this.kept.get(key);
  }

  async compareAndSet(
    key: string,
    expected: string | undefined,
    value: string | undefined,
  ): Promise<boolean> {
    if (this.kept.get(key) !== expected) return false;
    if (value === undefined) this.kept.delete(key);
    else this.kept.set(key, value);
    return true;
  }
}
