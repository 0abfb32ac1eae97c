import { constants } from "node:buffer";
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { ConfigurationError, PlainHttpError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { silentLogger } from "../base/logger.ts";
import {
  aboveZeroMilliseconds,
  aFunction,
  anAbortSignal,
  atLeastZero,
  checkOptions,
  checkOptionValues,
  hasMethods,
  isFiniteNumber,
  numberOrObject,
  type OptionKinds,
  trueOrFalse,
} from "../base/option-kinds.ts";
import { redactingLogger, Secrets } from "../base/secrets.ts";
import { withoutTrailing } from "../base/trailing.ts";
import { onceForAll, type WaitInfo } from "../base/wait-info.ts";
import { clockFrom } from "./clock.ts";
import { type Fetch, fetchTransport } from "./fetch-transport.ts";
import { headersFrom, type RequestHeaders, secretHeaders } from "./headers.ts";
import { isLoopback } from "./loopback.ts";
import { nodeTransport } from "./node-transport.ts";
import type { ResponseInfo } from "./response-info.ts";
import type { RetryOptions } from "./retry.ts";
import type { Transport } from "./transport.ts";

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
  /**
   * Headers that each request has, those for tokens too, in addition to the client's own, such as `accept-language` or
   * `user-agent`. Those that the client itself decides on, such as `authorization`, are a ConfigurationError.
   * @default none
   */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The clock: returns a Date, a time in ISO 8601, or milliseconds since 1970. @default Date.now */
  now?: (() => Date | string | number) | undefined;
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
  /** Called when requests begin to wait for more than 2 seconds, once for all that wait for the same. @default none */
  onWait?: ((wait: WaitInfo) => void) | undefined;
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

const timeoutKinds: OptionKinds<Timeouts> = { perTry: aboveZeroMilliseconds, perCall: aboveZeroMilliseconds };

const retryOptionKinds: OptionKinds<RetryOptions> = {
  limit: atLeastZero,
  firstDelay: atLeastZero,
  longestDelay: atLeastZero,
  longestWait: atLeastZero,
};

const LOGGER_METHODS = ["debug", "info", "warn", "error"];

/** What each of `PipelineOptions` takes, for a provider to check the options of its client. */
export const pipelineOptionKinds: OptionKinds<PipelineOptions> = {
  baseUrl: { takes: "a string, an http or https URL", fits: (value) => typeof value === "string" },
  allowHttp: trueOrFalse,
  fetch: aFunction,
  // Checked by itself, as its names and values are.
  headers: { takes: "an object of names and values", fits: () => true },
  now: aFunction,
  sleep: aFunction,
  random: aFunction,
  logger: {
    takes: `an object with the methods ${LOGGER_METHODS.join(", ")}, such as console`,
    fits: (value) => hasMethods(value, LOGGER_METHODS),
  },
  signal: anAbortSignal,
  onResponse: aFunction,
  onWait: aFunction,
  timeout: numberOrObject(aboveZeroMilliseconds, "perTry and perCall"),
  retries: numberOrObject(atLeastZero, Object.keys(retryOptionKinds).join(", ")),
  quota: trueOrFalse,
  maxResponseBytes: {
    takes: "a number of bytes of at least 1",
    fits: (value) => isFiniteNumber(value) && value >= 1,
  },
};

/** The options, validated and with every default filled in. */
export interface Settings {
  readonly baseUrl: string;
  readonly transport: Transport;
  /** The headers that each request has in addition to the client's own. */
  readonly headers: RequestHeaders;
  /** In milliseconds since 1970. @throws ConfigurationError if the clock returns anything else than a valid time */
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
  readonly onResponse: ((response: ResponseInfo) => void) | undefined;
  readonly onWait: ((wait: WaitInfo) => void) | undefined;
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
  checkOptionValues(options, pipelineOptionKinds);
  const baseUrl = checkedBaseUrl(options.baseUrl ?? service.baseUrl, options.allowHttp === true);
  const headers = headersFrom(options.headers);
  const timeout: Timeouts =
    typeof options.timeout === "number" ? { perCall: options.timeout } : (options.timeout ?? {});
  checkOptions(timeout, timeoutKinds, { what: "timeout", prefix: "timeout." });
  const retries: Partial<RetryOptions> =
    typeof options.retries === "number" ? { limit: options.retries } : (options.retries ?? {});
  checkOptions(retries, retryOptionKinds, { what: "retries", prefix: "retries." });
  const now = clockFrom(options.now ?? Date.now);
  const hidden = new Secrets([...secrets, ...secretHeaders(headers)]);
  return Object.freeze({
    baseUrl,
    transport: options.fetch === undefined ? nodeTransport(baseUrl) : fetchTransport(options.fetch, baseUrl),
    headers,
    now,
    sleep: options.sleep ?? sleepOnTimer,
    random: options.random ?? Math.random,
    logger: options.logger === undefined ? silentLogger : redactingLogger(options.logger, hidden),
    signal: options.signal,
    onResponse: options.onResponse,
    onWait: options.onWait && onceForAll(options.onWait, now),
    callTimeout: timerDelay(timeout.perCall ?? 120_000),
    tryTimeout: timerDelay(timeout.perTry ?? 30_000),
    retries: Object.freeze({
      limit: retries.limit ?? 2,
      firstDelay: retries.firstDelay ?? 500,
      longestDelay: retries.longestDelay ?? 8000,
      longestWait: retries.longestWait ?? 60_000,
    }),
    quota: options.quota ?? true,
    secrets: hidden,
    maxResponseBytes: responseLimit(options.maxResponseBytes ?? 64 * 1024 * 1024),
    tenant: createHash("sha256").update(`${baseUrl}\n${id}`).digest("hex").slice(0, 32),
  });
}

function checkedBaseUrl(text: string, allowHttp: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usable = url !== undefined && /^https?:$/.test(url.protocol);
  if (!usable)
    throw new ConfigurationError(`baseUrl is not an http or https URL: ${withoutCredentials(text)}`);
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

/** A timeout in milliseconds as a timer can keep it. */
export function timerDelay(timeout: number): number {
  return Math.min(timeout, MAX_TIMER);
}

/** At most the length of the longest string: a longer body could not be returned. */
function responseLimit(bytes: number): number {
  return Math.min(Math.floor(bytes), constants.MAX_STRING_LENGTH);
}

async function sleepOnTimer(time: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(time, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted(); // Node's own error would hide the reason.
    throw error;
  }
}
