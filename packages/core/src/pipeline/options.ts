import { constants } from "node:buffer";
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { ConfigurationError, PlainHttpError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { silentLogger } from "../base/logger.ts";
import { checkOptionNames, type OptionNames } from "../base/option-names.ts";
import { Secrets } from "../base/secrets.ts";
import { withoutTrailing } from "../base/trailing.ts";
import { type Fetch, fetchTransport } from "./fetch-transport.ts";
import { isLoopback } from "./loopback.ts";
import { nodeTransport } from "./node-transport.ts";
import type { ResponseInfo } from "./response-info.ts";
import type { RetryOptions } from "./retry.ts";
import type { Transport } from "./transport.ts";

/** The options of any call. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The timeout of the whole call with all its requests, retries and waits, in milliseconds. @default 120000 */
  timeout?: number | undefined;
  /** Called with each response that this call gets, after the client's own `onResponse`. */
  onResponse?: ((response: ResponseInfo) => void) | undefined;
  /** Sends the request even if the account is paused after failures, or its calls cannot be counted. @default false */
  force?: boolean | undefined;
  /** Asks the service even if a fresh response is cached, which may still be used if that fails. @default false */
  refresh?: boolean | undefined;
  /** Asks the service, and never uses a cached response instead. @default false */
  forceRefresh?: boolean | undefined;
  /**
   * How long this call's response is fresh, in seconds; `"forever"`, or 0 for not at all. Has no effect on a response that
   * is cached already.
   * @default as the cache's options say
   */
  expireAfter?: number | "forever" | undefined;
  /**
   * Sends no request: returns the cached response, marked as stale if it has expired, or throws a NotCachedError.
   * @default false
   */
  onlyIfCached?: boolean | undefined;
}

const callOptionNames: OptionNames<CallOptions> = {
  signal: true,
  timeout: true,
  onResponse: true,
  force: true,
  refresh: true,
  forceRefresh: true,
  expireAfter: true,
  onlyIfCached: true,
};

/**
 * Checks the options of one call.
 *
 * @param hint what to do about an unknown name that the provider has a use for elsewhere
 * @throws ConfigurationError naming an option that does not exist or cannot work
 */
export function checkCallOptions(options: CallOptions, hint?: (name: string) => string | undefined): void {
  checkOptionNames(options, callOptionNames, "the call options", hint);
  const { signal, onResponse, expireAfter } = options;
  if (signal !== undefined && typeof signal.addEventListener !== "function") {
    throw new ConfigurationError(
      "signal must be an AbortSignal: pass controller.signal, not the controller.",
    );
  }
  if (onResponse !== undefined && typeof onResponse !== "function") {
    throw new ConfigurationError("onResponse must be a function.");
  }
  if (expireAfter !== undefined && expireAfter !== "forever" && !isSeconds(expireAfter)) {
    throw new ConfigurationError('expireAfter must be a number of seconds of at least 0, or "forever".');
  }
}

/** Whether a value, which JavaScript without types may pass, is a number of at least 0. */
function isSeconds(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

/**
 * What to do about a call option in another object; undefined if the name is not one of a call option.
 *
 * @param further names of options that the provider adds to some calls
 */
export function callOptionHint(name: string, further: readonly string[] = []): string | undefined {
  return Object.hasOwn(callOptionNames, name) || further.includes(name)
    ? "it is a call option, which goes into an object of its own, the last argument"
    : undefined;
}

/** The timeouts of a client, in milliseconds. */
export interface Timeouts {
  /** For one try of one request; a GET that exceeds it is retried. @default 30000 */
  perTry?: number | undefined;
  /** For a whole call, as `CallOptions.timeout`, which replaces it. @default 120000 */
  perCall?: number | undefined;
}

/** How requests are sent, regardless of the provider. */
export interface PipelineOptions {
  /** The URL of the service. @default the provider's own address */
  baseUrl?: string | undefined;
  /**
   * Whether the base URL may be plain `http:` on another machine, so that anyone on the network path can read the secret
   * and the tokens. Loopback addresses are always allowed.
   * @default false
   */
  allowHttp?: boolean | undefined;
  /** Sends one try of a request, instead of Node's HTTP client. @default node:http, with connections that are kept open */
  fetch?: Fetch | undefined;
  /** The clock: returns a Date, or milliseconds since 1970. @default Date.now */
  now?: (() => Date | number) | undefined;
  /** Waits, and rejects early with the signal's reason if that aborts. @default a timer */
  sleep?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** Returns a random number from 0 up to 1, to spread retries. @default Math.random */
  random?: (() => number) | undefined;
  /** Logs what happens, without secrets, tokens or whole IBANs. @default none */
  logger?: Logger | undefined;
  /** Aborts every call of this client, also those in progress and those that other processes wait for. @default none */
  signal?: AbortSignal | undefined;
  /** Called with each response of each call. @default none */
  onResponse?: ((response: ResponseInfo) => void) | undefined;
  /**
   * In milliseconds: a number limits each call with all its requests, an object also each try of each request.
   * @default { perTry: 30000, perCall: 120000 }
   */
  timeout?: number | Timeouts | undefined;
  /**
   * How often a failed GET is retried, or the whole policy; times are in milliseconds.
   * @default { limit: 2, firstDelay: 500, longestDelay: 8000, longestWait: 60000 }
   */
  retries?: number | Partial<RetryOptions> | undefined;
  /**
   * Whether the service's limits are kept: a call that would exceed an account's daily limit is not sent, and calls wait
   * their turn under the general limits. False sends everything at once and counts nothing; an account whose calls keep
   * failing is still paused.
   * @default true
   */
  quota?: boolean | undefined;
  /**
   * The longest response that is read, in bytes after decompression; a longer one is an InvalidResponseError.
   * @default 67108864
   */
  maxResponseBytes?: number | undefined;
}

/** The names of `PipelineOptions`, for a provider to check those of its client. */
export const pipelineOptionNames: OptionNames<PipelineOptions> = {
  baseUrl: true,
  allowHttp: true,
  fetch: true,
  now: true,
  sleep: true,
  random: true,
  logger: true,
  signal: true,
  onResponse: true,
  timeout: true,
  retries: true,
  quota: true,
  maxResponseBytes: true,
};

const NUMBER_OR = "must be a number, or an object with";

const timeoutNames: OptionNames<Timeouts> = { perTry: true, perCall: true };

const retryOptionNames: OptionNames<RetryOptions> = {
  limit: true,
  firstDelay: true,
  longestDelay: true,
  longestWait: true,
};

/** The options, validated and with every default filled in. */
export interface Settings {
  readonly baseUrl: string;
  readonly transport: Transport;
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
  readonly onResponse: ((response: ResponseInfo) => void) | undefined;
  /** For a whole call, in milliseconds. */
  readonly callTimeout: number;
  /** For one try of one request, in milliseconds. */
  readonly tryTimeout: number;
  readonly retries: Readonly<RetryOptions>;
  readonly quota: boolean;
  /** What no text that leaves the library may contain; tokens are added as they are obtained. */
  readonly secrets: Secrets;
  readonly maxResponseBytes: number;
  /** Distinguishes sets of credentials without revealing them: a hash of the base URL and the identity. */
  readonly tenant: string;
}

/** Whose credentials a client uses. */
export interface Identity {
  /** Distinguishes one set of credentials from another: an id, not a secret key. */
  id: string;
  /** What no text that leaves the client may contain. */
  secrets: readonly string[];
}

/**
 * Validates the options and fills in every default.
 *
 * @param service the service whose address is the default
 * @throws ConfigurationError for an option that cannot work
 */
export function settingsFrom(
  options: PipelineOptions,
  service: { readonly baseUrl: string },
  { id, secrets }: Identity,
): Settings {
  const baseUrl = checkedBaseUrl(options.baseUrl ?? service.baseUrl, options.allowHttp === true);
  const now = options.now ?? Date.now;
  const timeout: Timeouts =
    typeof options.timeout === "number" ? { perCall: options.timeout } : (options.timeout ?? {});
  if (typeof timeout !== "object") throw new ConfigurationError(`timeout ${NUMBER_OR} perTry and perCall.`);
  checkOptionNames(timeout, timeoutNames, "timeout");
  const retries: Partial<RetryOptions> =
    typeof options.retries === "number" ? { limit: options.retries } : (options.retries ?? {});
  if (typeof retries !== "object") {
    throw new ConfigurationError(`retries ${NUMBER_OR} ${Object.keys(retryOptionNames).join(", ")}.`);
  }
  checkOptionNames(retries, retryOptionNames, "retries");
  return Object.freeze({
    baseUrl,
    transport: options.fetch === undefined ? nodeTransport(baseUrl) : fetchTransport(options.fetch, baseUrl),
    now: () => Number(now()),
    sleep: options.sleep ?? sleepOnTimer,
    random: options.random ?? Math.random,
    logger: options.logger ?? silentLogger,
    signal: options.signal,
    onResponse: options.onResponse,
    callTimeout: milliseconds(timeout.perCall ?? 120_000, "timeout"),
    tryTimeout: milliseconds(timeout.perTry ?? 30_000, "timeout.perTry"),
    retries: Object.freeze({
      limit: atLeastZero(retries.limit ?? 2, "retries"),
      firstDelay: atLeastZero(retries.firstDelay ?? 500, "retries.firstDelay"),
      longestDelay: atLeastZero(retries.longestDelay ?? 8000, "retries.longestDelay"),
      longestWait: atLeastZero(retries.longestWait ?? 60_000, "retries.longestWait"),
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
    throw new ConfigurationError(`baseUrl is not an http or https URL: ${withoutCredentials(String(text))}`);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new ConfigurationError("baseUrl must be a URL without user, password, query or fragment.");
  }
  if (url.protocol === "http:" && !isLoopback(url) && !allowHttp) {
    throw new PlainHttpError(url.host);
  }
  return url.origin + withoutTrailing(url.pathname, "/");
}

/** Hides what may be a password: everything before the last `@`, and after a question mark. */
function withoutCredentials(text: string): string {
  const [address = ""] = text.split(/[?#]/, 1);
  return address.slice(address.lastIndexOf("@") + 1);
}

/** The longest delay of a timer, in milliseconds; a longer one would fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** Validates a timeout in milliseconds. @throws ConfigurationError naming the option */
export function milliseconds(value: number, option: string): number {
  if (Number.isFinite(value) && value > 0) return Math.min(value, MAX_TIMER);
  throw new ConfigurationError(`${option} must be a number of milliseconds above 0, not ${value}.`);
}

/** At most the length of the longest string: a longer body could not be returned. */
function bytes(value: number, option: string): number {
  if (Number.isFinite(value) && value >= 1) return Math.min(Math.floor(value), constants.MAX_STRING_LENGTH);
  throw new ConfigurationError(`${option} must be a number of bytes of at least 1, not ${value}.`);
}

function atLeastZero(value: number, option: string): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ConfigurationError(`${option} must be a number of at least 0, not ${value}.`);
}

async function sleepOnTimer(time: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(time, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted(); // Node's own error would hide the reason.
    throw error;
  }
}
