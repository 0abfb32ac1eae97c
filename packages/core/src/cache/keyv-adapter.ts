/**
 * The part of a storage adapter of Keyv 5 that the cache uses. Declared here, so that Redis or Postgres need only the
 * adapter to be installed, and not Keyv.
 */
export interface KeyvAdapter {
  /** The adapter's own options; those of Postgres name the table that it uses. */
  readonly opts?: unknown;
  readonly namespace?: string | undefined;
  get(key: string): Promise<unknown>;
  set(key: string, value: string): unknown;
  delete(key: string): Promise<unknown>;
  on?(event: "error", listener: (error: unknown) => void): unknown;
}
