import type { Service } from "../../pipeline/index.ts";
import { isErrorBody, withBodyStatus } from "./body-status.ts";
import { countedFailure, errorFromResponse, isAccessLost, isBankLimit, isTokenRejected } from "./errors.ts";
import { dailyCalls, generalLimits, readRateLimits } from "./limits.ts";

/** What the pipeline needs to know about the GoCardless Bank Account Data API. */
export const goCardless: Service = Object.freeze({
  baseUrl: "https://bankaccountdata.gocardless.com/api/v2",
  buckets: generalLimits,
  dailyCalls,
  withTrueStatus: withBodyStatus,
  readLimits: readRateLimits,
  readError: errorFromResponse,
  isTokenRejected,
  countedFailure,
  isAccessLost,
  isBankLimit,
  isErrorBody,
});
