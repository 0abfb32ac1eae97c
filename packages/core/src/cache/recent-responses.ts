import type { StoredResponse } from "./stored-response.ts";

/** A response as it was read from the file. */
export interface RecentResponse {
  response: StoredResponse;
  /** Covers the response and its key, so that whatever replaces it in the file has another one. */
  checksum: string;
}

/** How many characters the bodies may have together: a few accounts' histories. */
const MAX_CHARACTERS = 4_000_000;

/**
 * The responses that were read last, unpacked: a process that reads one again need not unpack and check it again, as long
 * as the file still has the same.
 */
export class RecentResponses {
  /** By key, the one that was used last at the end. */
  readonly #byKey = new Map<string, RecentResponse>();
  #characters = 0;

  get(key: string): RecentResponse | undefined {
    const recent = this.#byKey.get(key);
    if (recent === undefined) return undefined;
    this.#byKey.delete(key);
    this.#byKey.set(key, recent);
    return recent;
  }

  /** Remembers a response instead of those that were used longest ago. One that is too long is not remembered. */
  remember(key: string, response: StoredResponse, checksum: unknown): void {
    this.#forget(key);
    const { length } = response.body;
    if (typeof checksum !== "string" || length > MAX_CHARACTERS) return;
    for (const oldest of this.#byKey.keys()) {
      if (this.#characters + length <= MAX_CHARACTERS) break;
      this.#forget(oldest);
    }
    this.#byKey.set(key, { response, checksum });
    this.#characters += length;
  }

  clear(): void {
    this.#byKey.clear();
    this.#characters = 0;
  }

  #forget(key: string): void {
    const known = this.#byKey.get(key);
    if (known === undefined) return;
    this.#byKey.delete(key);
    this.#characters -= known.response.body.length;
  }
}
