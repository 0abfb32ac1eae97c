import {
  AccountPausedError,
  ApiError,
  type BankDataError,
  ConnectionError,
  QuotaUnavailableError,
  RateLimitError,
  TimeoutError,
} from "../base/errors.ts";

/** How failed requests are retried. */
export interface RetryOptions {
  /** The number of retries after the first try. @default 2 */
  limit: number;
  /** The delay before the first retry, in milliseconds; it doubles with each further one. @default 500 */
  firstDelay: number;
  /** The longest delay that doubling leads to, in milliseconds. @default 8000 */
  longestDelay: number;
  /** The longest delay that the service may ask for, in milliseconds: beyond it, the call fails at once. @default 60000 */
  longestWait: number;
}

/** What the retry policy considers about a failed attempt. */
export interface FailedAttempt {
  method: string;
  /** From 1. */
  attempt: number;
  error: unknown;
  /** Whether the service counts this failure towards suspending the account. */
  isCounted: boolean;
  /** The delay that the service asked for, in milliseconds; null if it asked for none. */
  requestedDelay: number | null;
  /** A number from 0 up to 1. */
  random: number;
}

/**
 * The server closed a connection that was idle just as it was used again. It has not read the request, in all likelihood;
 * nevertheless the call counts, and a write is not repeated.
 */
export class IdleConnectionError extends ConnectionError {}

/** The delay before the next attempt, in milliseconds; undefined if there should be none. */
export function retryDelay(failed: FailedAttempt, options: RetryOptions): number | undefined {
  if (failed.attempt > options.limit || !mayBeRepeated(failed)) return undefined;
  // The next connection is a new one; if that is lost too, something else is wrong.
  if (failed.error instanceof IdleConnectionError && failed.attempt === 1) return 0;
  const delay = backoff(failed.attempt, failed.random, options);
  if (failed.requestedDelay === null) return delay;
  return failed.requestedDelay <= options.longestWait ? Math.max(failed.requestedDelay, delay) : undefined;
}

/** Half of the doubled delay is fixed and half is random, so that many clients do not come back in step. */
function backoff(attempt: number, random: number, options: RetryOptions): number {
  const whole = Math.min(options.firstDelay * 2 ** (attempt - 1), options.longestDelay);
  return Math.round(whole / 2 + (whole / 2) * random);
}

function mayBeRepeated({ method, error, isCounted }: FailedAttempt): boolean {
  if (error instanceof RateLimitError) return error.scope === "general";
  if (wasNeverSent(error)) return true;
  if (method !== "GET") return false;
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  return error instanceof ApiError && !isCounted && TRANSIENT_STATUSES.has(error.status);
}

/** The statuses of transient errors. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Whether no server was reached. Nothing was carried out then, so a POST is as safe to repeat as a GET. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof ConnectionError && !error.sent;
}

/**
 * Whether a stale response may be used instead: if the service failed or could not be reached, if a limit is used up, if
 * the call cannot be counted, or if the account is paused because its bank failed, but not because the consent has ended.
 */
export function allowsStaleResponse(error: unknown): error is BankDataError {
  if (error instanceof AccountPausedError) return error.lastFailure === "UnknownRequestError";
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  if (error instanceof QuotaUnavailableError) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}

/** Whether a call that failed with this error may have sent its request. */
export function wasSent(error: BankDataError): boolean {
  if (error instanceof ApiError || error instanceof ConnectionError) return error.sent;
  return !(error instanceof AccountPausedError || error instanceof QuotaUnavailableError);
}
