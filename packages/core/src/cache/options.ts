import { isHeaderName } from "../base/header-fields.ts";
import {
  aFunction,
  checkOptions,
  hasMethods,
  type OptionKind,
  type OptionKinds,
  secondsOrForever,
  trueOrFalse,
} from "../base/option-kinds.ts";
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
  /**
   * Whether responses to requests with different `headers` (of the client and of the call) are kept apart, or the names of
   * the headers that count. Otherwise a response serves a request whatever its headers are.
   * @default false
   */
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
  /** In lower case. */
  readonly matchHeaders: boolean | ReadonlySet<string>;
  readonly filter: ((response: FilteredResponse) => boolean) | undefined;
  readonly maxBytes: number;
}

const MEGABYTE = 1024 * 1024;

const trueFalseOrSeconds: OptionKind = {
  takes: "true, false, or a number of seconds of at least 0",
  fits: (value) => typeof value === "boolean" || (typeof value === "number" && value >= 0),
};

const cacheOptionKinds: OptionKinds<CacheOptions> = {
  backend: {
    takes: '"sqlite", "memory" or a Keyv storage adapter',
    fits: (value) => value === "sqlite" || value === "memory" || hasMethods(value, ["get", "set", "delete"]),
  },
  cacheName: {
    takes: "a name or a path",
    fits: (value) => typeof value === "string" && value.trim() !== "",
  },
  expireAfter: secondsOrForever,
  matchHeaders: {
    takes: "true, false, or a list of names of headers",
    fits: (value) => typeof value === "boolean" || isListOf(value, isHeaderName),
  },
  oldDataOnError: trueFalseOrSeconds,
  cacheControl: trueOrFalse,
  urlsExpireAfter: {
    takes:
      'a list of [pattern, time]: a string or a regular expression, and a number of seconds or "forever"',
    fits: (value) => isListOf(value, isPatternWithTime),
  },
  staleWhileRevalidate: trueFalseOrSeconds,
  ignoredParameters: {
    takes: "a list of names of parameters",
    fits: (value) => isListOf(value, (name) => typeof name === "string"),
  },
  filter: aFunction,
  maxBytes: {
    takes: "a number of bytes above 0",
    fits: (value) => typeof value === "number" && value > 0,
  },
};

/**
 * Fills in every default.
 *
 * @throws ConfigurationError naming an option that does not exist, or one that cannot work
 */
export function cacheSettingsFrom(options: CacheOptions = {}): CacheSettings {
  checkOptions(options, cacheOptionKinds, { what: "cacheOptions", prefix: "cacheOptions." });
  const { expireAfter, matchHeaders = false } = options;
  return Object.freeze({
    backend: options.backend ?? "sqlite",
    cacheName: options.cacheName ?? DEFAULT_CACHE_NAME,
    isNamed: options.cacheName !== undefined,
    expireAfter: expireAfter === undefined ? undefined : timeFrom(expireAfter),
    oldDataOnError: limitFrom(options.oldDataOnError ?? true),
    cacheControl: options.cacheControl ?? false,
    urlsExpireAfter: (options.urlsExpireAfter ?? []).map(
      ([pattern, time]) => [pattern, timeFrom(time)] as const,
    ),
    staleWhileRevalidate: limitFrom(options.staleWhileRevalidate ?? false),
    ignoredParameters: new Set(options.ignoredParameters),
    matchHeaders:
      typeof matchHeaders === "boolean"
        ? matchHeaders
        : new Set(matchHeaders.map((name) => name.toLowerCase())),
    filter: options.filter,
    maxBytes: options.maxBytes ?? 256 * MEGABYTE,
  });
}

function isListOf(value: unknown, fits: (member: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits);
}

function isPatternWithTime(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [pattern, time]: unknown[] = value;
  return (typeof pattern === "string" || pattern instanceof RegExp) && secondsOrForever.fits(time);
}

function timeFrom(time: number | "forever"): number | "forever" {
  return time === Number.POSITIVE_INFINITY ? "forever" : time;
}

/** Seconds after the expiry; Infinity for ever, undefined for not at all. */
function limitFrom(limit: boolean | number): number | undefined {
  return typeof limit === "number" ? limit : limit ? Number.POSITIVE_INFINITY : undefined;
}
