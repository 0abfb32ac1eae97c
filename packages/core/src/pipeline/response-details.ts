import type { BankDataError } from "../base/errors.ts";
import type { StoredResponse } from "../cache/index.ts";
import { requestIdOf } from "./request-id.ts";
import type { ResponseInfo } from "./response-info.ts";
import type { HttpResult } from "./send.ts";

/** What is reported about a response, apart from the request. */
export type ResponseDetails = Omit<ResponseInfo, "operation" | "method" | "path" | "dataKind">;

/**
 * The details of a cached response.
 *
 * @param staleReason why it is used although it has expired, if a new one was requested in vain
 */
export function detailsFromCache(
  response: StoredResponse,
  stale: boolean,
  staleReason: BankDataError | null = null,
): ResponseDetails {
  return {
    status: response.status,
    fromCache: true,
    stale,
    staleReason,
    createdAt: new Date(response.createdAt),
    expiresAt: response.expiresAt === null ? null : new Date(response.expiresAt),
    rateLimits: null,
    requestId: null,
  };
}

/** The details of a response that the service sent now. */
export function detailsFromService(
  {
    status,
    headers,
    receivedAt,
    rateLimits,
  }: Pick<HttpResult, "headers" | "receivedAt" | "rateLimits" | "status">,
  expiresAt: number | null,
  redact: (text: string) => string,
): ResponseDetails {
  return {
    status,
    fromCache: false,
    stale: false,
    staleReason: null,
    createdAt: new Date(receivedAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    rateLimits,
    requestId: requestIdOf(headers, redact),
  };
}
