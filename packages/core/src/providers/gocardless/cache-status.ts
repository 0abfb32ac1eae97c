import { ConfigurationError } from "../../base/errors.ts";
import { assertObject, describeKind } from "../../base/option-names.ts";
import {
  type CacheStatus,
  cacheRequestOf,
  isJson,
  type Method,
  pathFromOutside,
  type Query,
  type ResponseCache,
  type Settings,
} from "../../pipeline/index.ts";
import { relativeQuery } from "./account-transactions.ts";
import { queryFrom } from "./call-options.ts";
import { operations } from "./operations.ts";
import { requestAt } from "./requests.ts";

const METHODS: readonly Method[] = ["GET", "POST", "PUT", "DELETE"];

/** A request, as a caller describes it. */
export interface DescribedRequest {
  method: string;
  /** A path below the base URL, or the whole URL. */
  url: string;
  params: Readonly<Record<string, unknown>>;
  /** The body. */
  data?: unknown;
}

/**
 * What a cache holds for a request. A response for a date may be cached under a number of days.
 *
 * @param now milliseconds since 1970
 * @throws InvalidRequestError, at once, if the URL is not below the base URL, or not valid; ConfigurationError if an
 * argument is of another type
 */
export function cacheStatus(
  { method, url, params, data }: DescribedRequest,
  cache: ResponseCache | undefined,
  { baseUrl, headers, now }: Pick<Settings, "baseUrl" | "headers"> & { now: number },
): Promise<CacheStatus> {
  if (typeof method !== "string") {
    throw new ConfigurationError(
      `checkCacheStatus takes a string such as "GET" first, not ${describeKind(method)}.`,
    );
  }
  assertObject(params, "the query");
  if (!isJson(data)) throw new ConfigurationError("The body cannot be written as JSON.");
  const upper = method.toUpperCase();
  // Only GET is cached: for any other method the key is all there is.
  const known = METHODS.find((one) => one === upper) ?? "GET";
  const address = pathFromOutside(known, url, baseUrl);
  const query = [...address.query, ...queryFrom(params)];
  const request = requestAt(known, address.path, query);
  const statusOf = (callerQuery?: Query) =>
    cache?.status({
      ...cacheRequestOf({ ...request, callerQuery, headers }, now),
      method: upper,
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    });
  const relative =
    request.operation === operations.getAccountTransactions ? relativeQuery(query, now) : undefined;
  return firstFound(statusOf, relative);
}

/** The status under the caller's own query, or else under the relative one. */
async function firstFound(
  statusOf: (callerQuery?: Query) => Promise<CacheStatus> | undefined,
  relative: Query | undefined,
): Promise<CacheStatus> {
  const status = await statusOf();
  if (status === undefined) return { keyExists: false, isExpired: null, cacheKey: "" };
  if (status.keyExists || relative === undefined) return status;
  const relativeStatus = await statusOf(relative);
  return relativeStatus?.keyExists ? relativeStatus : status;
}
