/**
 * A storage adapter of Keyv 5, as far as the cache uses one. Written out here, so that whoever keeps responses in Redis
 * or Postgres installs the adapter alone.
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
