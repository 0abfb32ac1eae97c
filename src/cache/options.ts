import type { KeyvStoreAdapter } from "keyv";

/** How answers are kept. */
export interface CacheOptions {
  /**
   * Where: a SQLite file, the memory of this client alone, or any storage adapter of Keyv 5 (Redis, Valkey,
   * Postgres…).
   * @default "sqlite"
   */
  backend?: "sqlite" | "memory" | KeyvStoreAdapter | undefined;
  /**
   * The name of the SQLite file, in the user's cache folder unless it is a path.
   * @default "gocardless"
   */
  cacheName?: string | undefined;
  /**
   * For how long an answer is fresh, in seconds; `"forever"`, or 0 for always asking and keeping for errors.
   * @default balances and transactions 6 h, account metadata 1 h, details and institutions 24 h, everything else 0
   */
  expireAfter?: number | "forever" | undefined;
  /** Whether answers are told apart by all headers of the request, or by those named. @default false */
  matchHeaders?: boolean | readonly string[] | undefined;
  /** Whether an expired answer stands in where the service fails; a number: so many seconds past its expiry. @default true */
  oldDataOnError?: boolean | number | undefined;
  /** Whether the server's Cache-Control and Expires decide for how long an answer is fresh. @default false */
  cacheControl?: boolean | undefined;
}

/** The options with every default filled in. */
export interface CacheSettings {
  readonly backend: "sqlite" | "memory" | KeyvStoreAdapter;
  readonly cacheName: string;
  readonly expireAfter: number | "forever" | undefined;
  readonly matchHeaders: boolean | readonly string[];
  /** Seconds past expiry; Infinity for ever, undefined not at all. */
  readonly oldDataOnError: number | undefined;
  readonly cacheControl: boolean;
}

/** Fills in every default. @throws TypeError naming the option that cannot work */
export function cacheSettingsFrom(options: CacheOptions = {}): CacheSettings {
  const { backend = "sqlite", cacheName = "gocardless", expireAfter, oldDataOnError = true } = options;
  if (typeof backend === "string" && backend !== "sqlite" && backend !== "memory") {
    throw new TypeError(
      `cacheOptions.backend must be "sqlite", "memory" or a Keyv storage adapter, not "${backend}".`,
    );
  }
  if (typeof cacheName !== "string" || cacheName.trim() === "") {
    throw new TypeError("cacheOptions.cacheName must be a name or a path.");
  }
  if (expireAfter !== undefined && expireAfter !== "forever" && !(expireAfter >= 0)) {
    throw new TypeError('cacheOptions.expireAfter must be a number of seconds of at least 0, or "forever".');
  }
  if (typeof oldDataOnError === "number" && !(oldDataOnError >= 0)) {
    throw new TypeError("cacheOptions.oldDataOnError must be yes, no, or a number of seconds of at least 0.");
  }
  return Object.freeze({
    backend,
    cacheName,
    expireAfter: expireAfter === Number.POSITIVE_INFINITY ? "forever" : expireAfter,
    matchHeaders: options.matchHeaders ?? false,
    oldDataOnError:
      typeof oldDataOnError === "number"
        ? oldDataOnError
        : oldDataOnError
          ? Number.POSITIVE_INFINITY
          : undefined,
    cacheControl: options.cacheControl ?? false,
  });
}
