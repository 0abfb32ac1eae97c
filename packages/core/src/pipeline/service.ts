import type { ApiError, ErrorResponse, RateLimitError } from "../base/errors.ts";
import type { CountedFailure } from "../limits/failure-pause.ts";
import type { RateLimits } from "../limits/rate-limits.ts";
import type { WindowRule } from "../limits/rolling-window.ts";
import type { ServiceRequest } from "./operation.ts";
import type { RawResponse } from "./send.ts";

/** What a provider tells the pipeline of its service, beside its operations. */
export interface Service {
  /** As messages name it. */
  readonly name: string;
  /** Where it is, unless the options say otherwise. */
  readonly baseUrl: string;
  /** The general limits, by the bucket that an operation counts against. */
  readonly buckets: Readonly<Record<string, WindowRule>>;
  /** How many calls of one account for one kind of data there are, unless headers report another limit. */
  readonly dailyCalls: WindowRule;
  /** A response under the status that it stands for: some proxies send an error's body with a success. */
  withTrueStatus(response: RawResponse): RawResponse;
  /** What the headers say of limits. @param now when the response came, in milliseconds */
  readLimits(headers: Headers, now: number): RateLimits;
  /** The error that a response stands for that is not a success. */
  readError(response: RawErrorResponse): ApiError;
  /** Whether an error says that another token is needed. */
  isTokenRejected(error: Pick<ErrorResponse, "status" | "summary" | "detail">): boolean;
  /** The kind of failure of which a few in a row suspend an account; undefined for any other error. */
  countedFailure(error: unknown): CountedFailure | undefined;
  /** Whether it was the bank's own limit that was met, which can be lower than the service's and is nowhere reported. */
  isBankLimit(error: RateLimitError): boolean;
  /** Whether a body that came with a success tells only what is wrong, and is no data to be kept. */
  isErrorBody(body: string): boolean;
}

/** A response that is not a success, as it came. */
export interface RawErrorResponse {
  /** What was asked. */
  request: Pick<ServiceRequest, "operation" | "parameters" | "path">;
  status: number;
  text: string;
  rateLimits: RateLimits;
  /** The wait that its Retry-After header asks for, in milliseconds; null or absent if there is none. */
  retryAfter?: number | null;
  /** When it came, in milliseconds. */
  now: number;
  /** Takes secrets and IBANs out of what the error shows. */
  clean: (text: string) => string;
}

/** Supplies what authenticates a request. */
export interface Authentication {
  /** A token that the service should accept now. @param rejected the one that it has just rejected, if any */
  token(rejected?: string): Promise<string>;
  /** Takes note that the service rejected a token that had just been renewed: renewing again would not help. */
  renewedInVain(error: unknown): Promise<void>;
}
