import { DEFAULT_CACHE_NAME } from "./cache-path.ts";
import type { KeyvAdapter } from "./keyv-adapter.ts";

/** How answers are kept. */
export interface CacheOptions {
  /**
   * Where: a SQLite file, the memory of this client alone, or any storage adapter of Keyv 5 (Redis, Valkey,
   * Postgres…).
   * @default "sqlite"
   */
  backend?: "sqlite" | "memory" | KeyvAdapter | undefined;
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
  /**
   * For how long answers of some paths are fresh, as `expireAfter`: the first pattern that fits wins, before
   * `expireAfter`. A text is a path below the base URL in which `*` stands for anything.
   * @example [["/accounts/*\/balances/", 900], [/^\/institutions\//, "forever"]]
   */
  urlsExpireAfter?: readonly (readonly [string | RegExp, number | "forever"])[] | undefined;
  /**
   * Whether an expired answer is given at once while a new one is asked for behind it; a number: so many seconds past
   * its expiry.
   * @default false
   */
  staleWhileRevalidate?: boolean | number | undefined;
  /** Parameters of the query that never tell answers apart. @default none */
  ignoredParameters?: readonly string[] | undefined;
  /** Decides which answers are kept at all. @default all with status 200 */
  filter?: ((answer: FilteredResponse) => boolean) | undefined;
  /** The most that the answers take up together, in bytes; the least recently used make room. @default 268435456 */
  maxBytes?: number | undefined;
}

/** An answer, as a filter sees it. */
export interface FilteredResponse {
  /** Below the base URL, without the query. */
  path: string;
  query: readonly (readonly [string, string])[];
  /** As the service sent it. */
  body: string;
  headers: Headers;
}

/** The options with every default filled in. */
export interface CacheSettings {
  readonly backend: "sqlite" | "memory" | KeyvAdapter;
  readonly cacheName: string;
  /** Whether the user gave the name: what else is at that path then ends the call instead of only being told. */
  readonly isNamed: boolean;
  readonly expireAfter: number | "forever" | undefined;
  readonly matchHeaders: boolean | readonly string[];
  /** Seconds past expiry; Infinity for ever, undefined not at all. */
  readonly oldDataOnError: number | undefined;
  readonly cacheControl: boolean;
  readonly urlsExpireAfter: readonly (readonly [string | RegExp, number | "forever"])[];
  /** Seconds past expiry; Infinity for ever, undefined not at all. */
  readonly staleWhileRevalidate: number | undefined;
  readonly ignoredParameters: ReadonlySet<string>;
  readonly filter: ((answer: FilteredResponse) => boolean) | undefined;
  readonly maxBytes: number;
}

const MEGABYTE = 1024 * 1024;

/** Fills in every default. @throws TypeError naming the option that cannot work */
export function cacheSettingsFrom(options: CacheOptions = {}): CacheSettings {
  const {
    backend = "sqlite",
    cacheName = DEFAULT_CACHE_NAME,
    expireAfter,
    maxBytes = 256 * MEGABYTE,
  } = options;
  if (typeof backend === "string" && backend !== "sqlite" && backend !== "memory") {
    throw new TypeError(
      `cacheOptions.backend must be "sqlite", "memory" or a Keyv storage adapter, not "${backend}".`,
    );
  }
  if (typeof cacheName !== "string" || cacheName.trim() === "") {
    throw new TypeError("cacheOptions.cacheName must be a name or a path.");
  }
  if (!(maxBytes > 0)) throw new TypeError("cacheOptions.maxBytes must be a number of bytes above 0.");
  const urlsExpireAfter = (options.urlsExpireAfter ?? []).map(
    ([pattern, time]) => [pattern, timeFrom("urlsExpireAfter", time)] as const,
  );
  return Object.freeze({
    backend,
    cacheName,
    isNamed: options.cacheName !== undefined,
    expireAfter: expireAfter === undefined ? undefined : timeFrom("expireAfter", expireAfter),
    matchHeaders: options.matchHeaders ?? false,
    oldDataOnError: limitFrom("oldDataOnError", options.oldDataOnError ?? true),
    cacheControl: options.cacheControl ?? false,
    urlsExpireAfter,
    staleWhileRevalidate: limitFrom("staleWhileRevalidate", options.staleWhileRevalidate ?? false),
    ignoredParameters: new Set(options.ignoredParameters),
    filter: options.filter,
    maxBytes,
  });
}

function timeFrom(name: string, time: number | "forever"): number | "forever" {
  if (time !== "forever" && !(time >= 0)) {
    throw new TypeError(`cacheOptions.${name} must be a number of seconds of at least 0, or "forever".`);
  }
  return time === Number.POSITIVE_INFINITY ? "forever" : time;
}

/** Seconds past expiry; Infinity for ever, undefined not at all. */
function limitFrom(name: string, limit: boolean | number): number | undefined {
  if (typeof limit === "number" && !(limit >= 0)) {
    throw new TypeError(`cacheOptions.${name} must be yes, no, or a number of seconds of at least 0.`);
  }
  return typeof limit === "number" ? limit : limit ? Number.POSITIVE_INFINITY : undefined;
}
