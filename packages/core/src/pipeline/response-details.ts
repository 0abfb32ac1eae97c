import type { HeaderFields } from "../base/header-fields.ts";
import type { StoredResponse } from "../cache/index.ts";
import type { ResponseInfo } from "./response-info.ts";
import type { HttpResult } from "./send.ts";

/** What is reported about a response, apart from the request. */
export type ResponseDetails = Omit<ResponseInfo, "operation" | "method" | "path" | "dataKind">;

/** The details of a cached response. */
export function detailsFromCache(response: StoredResponse, stale: boolean): ResponseDetails {
  return {
    status: response.status,
    fromCache: true,
    stale,
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
    createdAt: new Date(receivedAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    rateLimits,
    requestId: requestIdOf(headers, redact),
  };
}

/** The headers in which services, and proxies in front of them, identify a request. */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

/** Longer than any request id. */
const MAX_REQUEST_ID_LENGTH = 200;

/**
 * The id that the service, or a proxy, gave a request: printable, at most 200 characters; null if no header has one.
 *
 * @param redact removes secrets, because a server may echo anything there, even the token
 */
export function requestIdOf(
  headers: HeaderFields | undefined,
  redact: (text: string) => string,
): string | null {
  for (const name of REQUEST_ID_HEADERS) {
    const id = redact(headers?.get(name) ?? "").replaceAll(/[^\x21-\x7e\u2026]/g, "");
    if (id !== "") return id.slice(0, MAX_REQUEST_ID_LENGTH);
  }
  return null;
}
