import {
  AccountPausedError,
  ApiError,
  ConnectionError,
  QuotaUnavailableError,
  RateLimitError,
  TimeoutError,
} from "../base/errors.ts";

/** How tries are repeated; every number filled in. */
export interface RetryOptions {
  /** Tries after the first. @default 2 */
  limit: number;
  /** Wait before the second try, in milliseconds; it doubles from there. @default 500 */
  firstDelay: number;
  /** The longest wait of that doubling, in milliseconds. @default 8000 */
  longestDelay: number;
  /** The longest wait that the service may ask for, in milliseconds: above it the call fails at once. @default 60000 */
  longestWait: number;
}

/** A try that failed, as the policy sees it. */
export interface FailedTry {
  method: string;
  /** From 1. */
  attempt: number;
  error: unknown;
  /** Whether a few failures like this one suspend the account. */
  isCounted: boolean;
  /** When the service says a call may be tried again, in milliseconds from now; null where it does not. */
  waitAsked: number | null;
  /** A number from 0 up to 1. */
  random: number;
}

/** How long to wait before the next try, in milliseconds; undefined where there shall be none. */
export function retryDelay(failed: FailedTry, options: RetryOptions): number | undefined {
  if (failed.attempt > options.limit || !mayBeRepeated(failed)) return undefined;
  const usual = backoff(failed.attempt, failed.random, options);
  if (failed.waitAsked === null) return usual;
  return failed.waitAsked <= options.longestWait ? Math.max(failed.waitAsked, usual) : undefined;
}

/** Half of the doubled wait is fixed and half is drawn, so that many clients do not come back in step. */
function backoff(attempt: number, random: number, options: RetryOptions): number {
  const whole = Math.min(options.firstDelay * 2 ** (attempt - 1), options.longestDelay);
  return Math.round(whole / 2 + (whole / 2) * random);
}

function mayBeRepeated({ method, error, isCounted }: FailedTry): boolean {
  if (error instanceof RateLimitError) return error.scope === "general";
  if (wasSurelyNotCarriedOut(error)) return true;
  if (method !== "GET") return false;
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  return error instanceof ApiError && !isCounted && PASSING_FAULTS.has(error.status);
}

/** The statuses of faults that may have passed a moment later. */
const PASSING_FAULTS: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** How a connection fails before anything was sent. */
const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** Nobody was reached, so nothing was done: a POST is as safe to repeat as a GET. */
export function wasSurelyNotCarriedOut(error: unknown): boolean {
  return error instanceof ConnectionError && error.code !== null && NEVER_CONNECTED.has(error.code);
}

/**
 * Whether an old answer may stand in: where the service failed, could not be reached, or a limit is spent; and where
 * an account is paused because the bank failed, not where it is because the consent has ended; and where the call
 * cannot be counted.
 */
export function allowsStaleResponse(error: unknown): boolean {
  if (error instanceof AccountPausedError) return error.lastFailure === "UnknownRequestError";
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  if (error instanceof QuotaUnavailableError) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}
