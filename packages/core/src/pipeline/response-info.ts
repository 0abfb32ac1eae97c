import type { StoredResponse } from "../cache/index.ts";
import type { ResponseInfo } from "./options.ts";
import type { HttpResult } from "./send.ts";

/** What is told of an answer, without what was asked. */
export type ResponseFacts = Omit<ResponseInfo, "operation" | "method" | "path" | "dataKind">;

/** Of an answer that the cache held. */
export function factsFromCache(known: StoredResponse, stale: boolean): ResponseFacts {
  return {
    status: known.status,
    fromCache: true,
    stale,
    createdAt: new Date(known.createdAt),
    expiresAt: known.expiresAt === null ? null : new Date(known.expiresAt),
    rateLimits: null,
    requestId: null,
  };
}

/** Of an answer that the service gave now. */
export function factsFromService(
  {
    status,
    headers,
    receivedAt,
    rateLimits,
  }: Pick<HttpResult, "headers" | "receivedAt" | "rateLimits" | "status">,
  expiresAt: number | null,
  clean: (text: string) => string,
): ResponseFacts {
  return {
    status,
    fromCache: false,
    stale: false,
    createdAt: new Date(receivedAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    rateLimits,
    requestId: requestIdOf(headers, clean),
  };
}

/** Where services and the proxies before them name a request. */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

/** A longer one is no id. */
const LONGEST_REQUEST_ID = 200;

/** A server may echo anything there, the token too. */
function requestIdOf(headers: Headers, clean: (text: string) => string): string | null {
  for (const name of REQUEST_ID_HEADERS) {
    const id = headers.get(name);
    if (id !== null && id !== "") return clean(id).slice(0, LONGEST_REQUEST_ID);
  }
  return null;
}
