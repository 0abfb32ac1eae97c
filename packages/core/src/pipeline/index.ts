/**
 * One request's way, for any provider: cache, single flight, admission, attempts, authentication, sending, reading. A
 * provider brings a `Service` and its operations, and imports everything it needs of the pipeline, the cache and the
 * limits from here.
 */

export {
  type CacheOptions,
  type CacheStatus,
  type CacheView,
  canonicalQuery,
  type ResponseCache,
  stripCachingHeaders,
} from "../cache/index.ts";
export type { AccountQuota } from "../limits/account-calls.ts";
export type { CountedFailure } from "../limits/failure-pause.ts";
export type { RateLimit, RateLimits } from "../limits/rate-limits.ts";
export type { WindowRule } from "../limits/rolling-window.ts";
export { type Assembly, type AuthenticationParts, assemble, cacheFor } from "./assemble.ts";
export type { Attempts } from "./attempts.ts";
export { cacheRequestOf } from "./cached-responses.ts";
export { type Call, type RunningCall, startCall } from "./call.ts";
export {
  type CallOptions,
  callOptionHint,
  checkCallOptions,
  type WriteOptions,
} from "./call-options.ts";
export { checkedRequest, isJson, localError, withoutSecrets } from "./local-errors.ts";
export {
  accountDataOf,
  type CacheKeyContext,
  type Operation,
  type PathParameters,
  type RequestTarget,
  type ServiceRequest,
} from "./operation.ts";
export {
  type PipelineOptions,
  pipelineOptionKinds,
  type Settings,
  settingsFrom,
} from "./options.ts";
export {
  fillTemplate,
  type Method,
  matchTemplate,
  pathFromOutside,
  pathOf,
  type Query,
  type SafePath,
} from "./path.ts";
export type { Pipeline } from "./pipeline.ts";
export { bodyReader, invalidResponse, schemaError } from "./read-body.ts";
export type { ResponseInfo } from "./response-info.ts";
export type { RawResponse } from "./send.ts";
export type { Authentication, RawErrorResponse, Service } from "./service.ts";
