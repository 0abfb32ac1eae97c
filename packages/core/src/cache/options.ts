import { ConfigurationError } from "../base/errors.ts";
import { checkOptionNames, type OptionNames } from "../base/option-names.ts";
import { DEFAULT_CACHE_NAME } from "./cache-path.ts";
import type { KeyvAdapter } from "./keyv-adapter.ts";

/** How responses are kept. */
export interface CacheOptions {
  /**
   * Where responses are kept: in a SQLite file, in the memory of this client alone, or in any storage adapter of Keyv 5
   * (Redis, Valkey, Postgres…).
   * @default "sqlite"
   */
  backend?: "sqlite" | "memory" | KeyvAdapter | undefined;
  /**
   * The name of the SQLite file, in the user's cache folder unless it is a path.
   * @default "gocardless"
   */
  cacheName?: string | undefined;
  /**
   * How long a response is fresh, in seconds; `"forever"`; or 0 to send every request, and keep responses for errors.
   * @default balances and transactions 6 h, account metadata 1 h, details and institutions 24 h, everything else 0
   */
  expireAfter?: number | "forever" | undefined;
  /** Accepted for compatibility; has no effect, as this client sends the same headers with every request. @default false */
  matchHeaders?: boolean | readonly string[] | undefined;
  /**
   * Whether an expired response is returned if the service fails; a number sets for how many seconds after its expiry.
   * @default true
   */
  oldDataOnError?: boolean | number | undefined;
  /** Whether the server's Cache-Control and Expires decide how long a response is fresh. @default false */
  cacheControl?: boolean | undefined;
  /**
   * How long the responses of some paths are fresh, in seconds or `"forever"`: the first pattern that matches wins,
   * before `expireAfter`. A string is a path below the base URL, in which `*` matches anything.
   * @example [["/accounts/*\/balances/", 900], [/^\/institutions\//, "forever"]]
   */
  urlsExpireAfter?: readonly (readonly [string | RegExp, number | "forever"])[] | undefined;
  /**
   * Whether an expired response is returned at once while a new one is requested in the background; a number sets for
   * how many seconds after its expiry.
   * @default false
   */
  staleWhileRevalidate?: boolean | number | undefined;
  /** Query parameters that are left out of the cache key. @default none */
  ignoredParameters?: readonly string[] | undefined;
  /** Decides which responses are kept. @default all with status 200 */
  filter?: ((response: FilteredResponse) => boolean) | undefined;
  /** The most that all responses may take up, in bytes; the least recently used are dropped. @default 268435456 */
  maxBytes?: number | undefined;
}

/** A response, as a filter sees it. */
export interface FilteredResponse {
  /** Below the base URL, without the query. */
  path: string;
  /** The names and values of the parameters, decoded and in the order in which they are sent. */
  query: readonly (readonly [string, string])[];
  /** As the service sent it. */
  body: string;
  /** All headers of the response; only those that describe or validate its content are kept. */
  headers: Headers;
}

/** The options with every default filled in. */
export interface CacheSettings {
  readonly backend: "sqlite" | "memory" | KeyvAdapter;
  readonly cacheName: string;
  /**
   * Whether the user gave the name: if something else is at that path, the call then fails; otherwise a warning is
   * logged.
   */
  readonly isNamed: boolean;
  readonly expireAfter: number | "forever" | undefined;
  /** Seconds after the expiry; Infinity for ever, undefined for not at all. */
  readonly oldDataOnError: number | undefined;
  readonly cacheControl: boolean;
  readonly urlsExpireAfter: readonly (readonly [string | RegExp, number | "forever"])[];
  /** Seconds after the expiry; Infinity for ever, undefined for not at all. */
  readonly staleWhileRevalidate: number | undefined;
  readonly ignoredParameters: ReadonlySet<string>;
  readonly filter: ((response: FilteredResponse) => boolean) | undefined;
  readonly maxBytes: number;
}

const MEGABYTE = 1024 * 1024;

const cacheOptionNames: OptionNames<CacheOptions> = {
  backend: true,
  cacheName: true,
  expireAfter: true,
  matchHeaders: true,
  oldDataOnError: true,
  cacheControl: true,
  urlsExpireAfter: true,
  staleWhileRevalidate: true,
  ignoredParameters: true,
  filter: true,
  maxBytes: true,
};

/**
 * Fills in every default.
 *
 * @throws ConfigurationError naming an option that does not exist, or one that cannot work
 */
export function cacheSettingsFrom(options: CacheOptions = {}): CacheSettings {
  checkOptionNames(options, cacheOptionNames, "cacheOptions");
  const {
    backend = "sqlite",
    cacheName = DEFAULT_CACHE_NAME,
    expireAfter,
    maxBytes = 256 * MEGABYTE,
  } = options;
  if (typeof backend === "string" && backend !== "sqlite" && backend !== "memory") {
    throw new ConfigurationError(
      `cacheOptions.backend must be "sqlite", "memory" or a Keyv storage adapter, not "${backend}".`,
    );
  }
  if (typeof cacheName !== "string" || cacheName.trim() === "") {
    throw new ConfigurationError("cacheOptions.cacheName must be a name or a path.");
  }
  if (!(maxBytes > 0))
    throw new ConfigurationError("cacheOptions.maxBytes must be a number of bytes above 0.");
  if (!Array.isArray(options.urlsExpireAfter ?? [])) {
    throw new ConfigurationError("cacheOptions.urlsExpireAfter must be a list of patterns with their times.");
  }
  const urlsExpireAfter = (options.urlsExpireAfter ?? []).map(
    ([pattern, time]) => [pattern, timeFrom("urlsExpireAfter", time)] as const,
  );
  return Object.freeze({
    backend,
    cacheName,
    isNamed: options.cacheName !== undefined,
    expireAfter: expireAfter === undefined ? undefined : timeFrom("expireAfter", expireAfter),
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
    throw new ConfigurationError(
      `cacheOptions.${name} must be a number of seconds of at least 0, or "forever".`,
    );
  }
  return time === Number.POSITIVE_INFINITY ? "forever" : time;
}

/** Seconds after the expiry; Infinity for ever, undefined for not at all. */
function limitFrom(name: string, limit: boolean | number): number | undefined {
  if (typeof limit === "number" && !(limit >= 0)) {
    throw new ConfigurationError(
      `cacheOptions.${name} must be true, false, or a number of seconds of at least 0.`,
    );
  }
  return typeof limit === "number" ? limit : limit ? Number.POSITIVE_INFINITY : undefined;
}
