import { constants } from "node:buffer";
import { createHash } from "node:crypto";
import { ConfigurationError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { silentLogger } from "../base/logger.ts";
import { Secrets } from "../base/secrets.ts";
import { withoutTrailing } from "../base/trailing.ts";
import type { DataKind } from "../limits/account-calls.ts";
import type { RateLimits } from "../limits/rate-limits.ts";
import type { RetryOptions } from "./retry.ts";

/** The part of `fetch` that is used: one try of one request. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What is told of each answer, of the service or of the cache. */
export interface ResponseInfo {
  /** The client's method for the operation, such as `getAccountBalances`; of a path that has none, method and pattern. */
  operation: string;
  method: string;
  /** Below the base URL, without the query; IBANs masked. */
  path: string;
  /** The kind of account data, if a daily limit of the account counts such calls; null for everything else. */
  dataKind: DataKind | null;
  /** The HTTP status, or the one that an error body names which came with a success. */
  status: number;
  fromCache: boolean;
  /** True where an expired answer stands in for one that could not be had. */
  stale: boolean;
  /** When the service gave the answer. */
  createdAt: Date;
  /** When the cache will ask again; null where it never will, or does not keep the answer. */
  expiresAt: Date | null;
  /** What the headers of this answer said; null where it came from the cache. */
  rateLimits: RateLimits | null;
  /** By what name the service, or a proxy before it, knows the request; null where no header says, and from the cache. */
  requestId: string | null;
}

/** What any call may be given. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The longest time for the whole call with all its requests, retries and waits, in milliseconds. @default 120000 */
  timeout?: number | undefined;
  /** Told of each answer that this call gets, after the client's own `onResponse`. */
  onResponse?: ((answer: ResponseInfo) => void) | undefined;
  /** Asks an account that is paused after failures all the same, and one whose calls cannot be counted. @default false */
  force?: boolean | undefined;
  /** Asks the service even where the cache has a fresh answer; where that fails, the kept one may stand in. @default false */
  refresh?: boolean | undefined;
  /** Asks the service, and lets nothing stand in for its answer. @default false */
  forceRefresh?: boolean | undefined;
  /**
   * For how long the answer that this call brings is fresh, in seconds; `"forever"`, or 0 for not at all. It says
   * nothing of an answer that is kept already.
   * @default what the cache's options say
   */
  expireAfter?: number | "forever" | undefined;
  /** Asks nobody: gives what the cache holds, marked as stale where it has expired, else a NotCachedError. @default false */
  onlyIfCached?: boolean | undefined;
}

/** How requests are sent, whatever the provider. */
export interface PipelineOptions {
  /** Where the service is. @default the provider's own address */
  baseUrl?: string | undefined;
  /**
   * Whether the base URL may be plain `http:` on another machine, where secret and tokens travel readable by everybody
   * on the way. Loopback addresses need no permission.
   * @default false
   */
  allowHttp?: boolean | undefined;
  /** Sends one try. @default globalThis.fetch */
  fetch?: Fetch | undefined;
  /** The clock: a Date, or milliseconds since 1970. @default Date.now */
  now?: (() => Date | number) | undefined;
  /** Waits between tries; ends early, rejecting, where the signal says so. @default a timer */
  sleep?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** Draws from 0 up to 1, to spread retries. @default Math.random */
  random?: (() => number) | undefined;
  /** Told what happens, without secrets, tokens or whole IBANs. @default none */
  logger?: Logger | undefined;
  /** Ends every call of this client, those under way too, and whatever other processes wait for. @default none */
  signal?: AbortSignal | undefined;
  /** Told of each answer of each call. @default none */
  onResponse?: ((answer: ResponseInfo) => void) | undefined;
  /**
   * Milliseconds: a number bounds each call with all its requests, an object also each try of each request.
   * @default { perTry: 30000, perCall: 120000 }
   */
  timeout?: number | { perTry?: number; perCall?: number } | undefined;
  /**
   * How often a failed GET is tried again, or the whole policy; times in milliseconds.
   * @default { limit: 2, firstDelay: 500, longestDelay: 8000, longestWait: 60000 }
   */
  retries?: number | Partial<RetryOptions> | undefined;
  /**
   * Whether the service's limits are kept: a call that would exceed an account's daily limit is not sent, and calls
   * wait their turn under the general ones. False sends everything at once; calls are still counted.
   * @default true
   */
  quota?: boolean | undefined;
  /**
   * The longest response that is read, in bytes, counted after it is unpacked; a longer one is an InvalidResponseError.
   * @default 67108864
   */
  maxResponseBytes?: number | undefined;
}

/** The options with every default filled in; nothing below asks again. */
export interface Settings {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
  readonly onResponse: ((answer: ResponseInfo) => void) | undefined;
  readonly timeout: { readonly perTry: number; readonly perCall: number };
  readonly retries: Readonly<RetryOptions>;
  readonly quota: boolean;
  /** What no text that comes out of here may hold; tokens are added as they come. */
  readonly secrets: Secrets;
  readonly maxResponseBytes: number;
  /** Tells sets of credentials apart without giving them away: a hash of the base URL and of who asks. */
  readonly tenant: string;
}

/** Who asks. */
export interface Identity {
  /** Tells one set of credentials from another: an id, not a secret key. */
  id: string;
  /** What no text that comes out of the client may hold. */
  secrets: readonly string[];
}

/**
 * Fills in every default.
 *
 * @param service whose address is the default
 * @throws ConfigurationError for what cannot work
 */
export function settingsFrom(
  options: PipelineOptions,
  service: { readonly baseUrl: string },
  { id, secrets }: Identity,
): Settings {
  const baseUrl = checkedBaseUrl(options.baseUrl ?? service.baseUrl, options.allowHttp === true);
  const now = options.now ?? Date.now;
  const timeout = typeof options.timeout === "number" ? { perCall: options.timeout } : options.timeout;
  const retries = typeof options.retries === "number" ? { limit: options.retries } : options.retries;
  return Object.freeze({
    baseUrl,
    fetch: options.fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init)),
    now: () => Number(now()),
    sleep: options.sleep ?? sleepOnTimer,
    random: options.random ?? Math.random,
    logger: options.logger ?? silentLogger,
    signal: options.signal,
    onResponse: options.onResponse,
    timeout: Object.freeze({
      perTry: milliseconds(timeout?.perTry ?? 30_000, "timeout.perTry"),
      perCall: milliseconds(timeout?.perCall ?? 120_000, "timeout"),
    }),
    retries: Object.freeze({
      limit: atLeastZero(retries?.limit ?? 2, "retries"),
      firstDelay: atLeastZero(retries?.firstDelay ?? 500, "retries.firstDelay"),
      longestDelay: atLeastZero(retries?.longestDelay ?? 8000, "retries.longestDelay"),
      longestWait: atLeastZero(retries?.longestWait ?? 60_000, "retries.longestWait"),
    }),
    quota: options.quota ?? true,
    secrets: new Secrets(secrets),
    maxResponseBytes: bytes(options.maxResponseBytes ?? 64 * 1024 * 1024, "maxResponseBytes"),
    tenant: createHash("sha256").update(`${baseUrl}\n${id}`).digest("hex").slice(0, 32),
  });
}

function checkedBaseUrl(text: string, allowHttp: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usable = url !== undefined && /^https?:$/.test(url.protocol);
  if (!usable)
    throw new ConfigurationError(`baseUrl is not an http or https address: ${withoutUser(String(text))}`);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new ConfigurationError(
      "baseUrl must be an address alone, without user, password, query or fragment.",
    );
  }
  if (url.protocol === "http:" && !isLoopback(url) && !allowHttp) {
    throw new ConfigurationError(
      `baseUrl is plain http: ${url.host} would get the secret readable by everybody on the way. Use https, or allow it with allowHttp (allow_http in the configuration, BANKDATA_ALLOW_HTTP=true in the environment).`,
    );
  }
  return url.origin + withoutTrailing(url.pathname, "/");
}

/** A URL has its host in one form only: `0x7f.1` is 127.0.0.1 by then. */
function isLoopback({ hostname }: URL): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[::1\]|(.+\.)?localhost)$/.test(hostname);
}

/** What may be a password is not shown: everything before the last `@`, and after a question mark. */
function withoutUser(text: string): string {
  const [address = ""] = text.split(/[?#]/, 1);
  return address.slice(address.lastIndexOf("@") + 1);
}

/** A timer's longest wait; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Checks a time to wait, for an option or a call. */
export function milliseconds(value: number, option: string): number {
  if (Number.isFinite(value) && value > 0) return Math.min(value, LONGEST_TIMER);
  throw new ConfigurationError(`${option} must be a number of milliseconds above 0, not ${value}.`);
}

/** A body longer than the longest string could not be handed on. */
function bytes(value: number, option: string): number {
  if (Number.isFinite(value) && value >= 1) return Math.min(Math.floor(value), constants.MAX_STRING_LENGTH);
  throw new ConfigurationError(`${option} must be a number of bytes of at least 1, not ${value}.`);
}

function atLeastZero(value: number, option: string): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ConfigurationError(`${option} must be a number of at least 0, not ${value}.`);
}

function sleepOnTimer(wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, wait);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
