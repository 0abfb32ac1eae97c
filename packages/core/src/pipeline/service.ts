import type { ApiError, ErrorResponse, RateLimitError } from "../base/errors.ts";
import type { HeaderFields } from "../base/header-fields.ts";
import type { CountedFailure } from "../limits/failure-pause.ts";
import type { RateLimits } from "../limits/rate-limits.ts";
import type { WindowRule } from "../limits/rolling-window.ts";
import type { ServiceRequest } from "./operation.ts";
import type { RawResponse } from "./send.ts";

/** What the pipeline needs to know about a provider's service, besides its operations. */
export interface Service {
  /** The default base URL. */
  readonly baseUrl: string;
  /** The general limits, by rate-limit bucket. */
  readonly buckets: Readonly<Record<string, WindowRule>>;
  /** The limit for one account and one kind of data, unless headers report another one. */
  readonly dailyCalls: WindowRule;
  /** Corrects the status of a response: some proxies send an error body with a success status. */
  withTrueStatus?(response: RawResponse): RawResponse;
  /** Reads the limits in a response's headers. @param now when the response arrived, in milliseconds since 1970 */
  readLimits(headers: HeaderFields, now: number): RateLimits;
  /** Turns an error response into an error. */
  readError(response: RawErrorResponse): ApiError;
  /** Whether an error means that another token is needed. */
  isTokenRejected(error: ErrorResponse): boolean;
  /** The type of an error that the service counts towards suspending the account; undefined for any other error. */
  countedFailure(error: unknown): CountedFailure | undefined;
  /** Whether an error means that the account's data cannot be read in the state that the account is in now. @default never */
  isAccessLost?(error: unknown): boolean;
  /** Whether the bank's own limit was exceeded, which can be lower than the service's and is never reported. */
  isBankLimit(error: RateLimitError): boolean;
  /** Whether a body that was sent with a success status only describes an error, and must not be cached. */
  isErrorBody?(body: string): boolean;
}

/** An error response, not interpreted yet. */
export interface RawErrorResponse {
  request: Pick<ServiceRequest, "operation" | "parameters" | "path">;
  status: number;
  text: string;
  rateLimits: RateLimits;
  /** The delay that its Retry-After header asks for, in milliseconds; null or absent if there is none. */
  retryAfter?: number | null;
  /** The id that its headers give the request; null or absent if they have none. */
  requestId?: string | null;
  /** When it arrived, in milliseconds since 1970. */
  now: number;
  /** Removes secrets and IBANs from what the error shows. */
  redact: (text: string) => string;
}

/** Supplies the tokens that authenticate requests. */
export interface Authentication {
  /** Returns a token that the service should accept. @param rejected the one that it has just rejected, if any */
  token(rejected?: string): Promise<string>;
  /** Called when the service rejects a token that was just renewed: renewing again would not help. */
  reportRenewedTokenRejected?(error: unknown): Promise<void>;
}
