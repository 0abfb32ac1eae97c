import type { ApiError } from "../base/errors.ts";
import type { RawErrorResponse } from "../providers/gocardless/errors.ts";
import type { RateLimits } from "../providers/gocardless/limits.ts";
import type { RawResponse } from "./send.ts";

/** What the pipeline has to know of a service beside its operations. */
export interface Service {
  /** A response under the status that it stands for: some proxies send an error's body with a success. */
  withTrueStatus(response: RawResponse): RawResponse;
  /** What the headers say of limits. @param now when the response came, in milliseconds */
  readLimits(headers: Headers, now: number): RateLimits;
  /** The error that a response stands for that is not a success. */
  readError(response: RawErrorResponse): ApiError;
  /** Whether an error says that another token is needed. */
  isTokenRejected(error: ApiError): boolean;
  /** Whether a body that came with a success tells only what is wrong, and is no data to be kept. */
  speaksOfError(body: string): boolean;
}

/** Gives what a request needs to be let in. */
export interface Authentication {
  /** A token that the service should take now. @param refused the one that it has just refused, if any */
  token(refused?: string): Promise<string>;
  /** Takes note that the service refused a token that had just been renewed: renewing again would not help. */
  renewedInVain(error: unknown): Promise<void>;
}
