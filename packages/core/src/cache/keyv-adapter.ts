/**
 * The part of a storage adapter of Keyv 5 that the cache uses. Declared here, so that Redis or Postgres need only the
 * adapter to be installed, and not Keyv.
 */
export interface KeyvAdapter {
  /** The adapter's own options; those of Postgres name the table that it uses. */
  readonly opts?: unknown;
  /** The prefix of all keys, if the caller has set one; the cache's own keys begin with `bankdata:`. */
  readonly namespace?: string | undefined;
  /** Resolves with the text that was set; anything else, such as undefined, counts as absent. */
  get(key: string): Promise<unknown>;
  /** Stores a string; the cache passes no time to live, so that a response can be used past its expiry. */
  set(key: string, value: string): unknown;
  /** Deletes a string; the result is ignored. */
  delete(key: string): Promise<unknown>;
  /** If the adapter emits errors, the cache listens, as an "error" event without a listener would end the process. */
  on?(event: "error", listener: (error: unknown) => void): unknown;
}
