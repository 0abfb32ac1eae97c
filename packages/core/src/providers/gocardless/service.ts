import type { Service } from "../../pipeline/index.ts";
import { isErrorBody, underSpokenStatus } from "./body-status.ts";
import { countedFailure, errorFromResponse, isBankLimit, isTokenRejected } from "./errors.ts";
import { dailyCalls, generalLimits, readRateLimits } from "./limits.ts";

/** The GoCardless Bank Account Data API, as the pipeline sees it. */
export const goCardless: Service = Object.freeze({
  name: "GoCardless Bank Account Data API",
  baseUrl: "https://bankaccountdata.gocardless.com/api/v2",
  buckets: generalLimits,
  dailyCalls,
  withTrueStatus: underSpokenStatus,
  readLimits: readRateLimits,
  readError: errorFromResponse,
  isTokenRejected,
  countedFailure,
  isBankLimit,
  isErrorBody,
});
