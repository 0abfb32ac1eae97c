import type { StoredAnswer } from "../cache/index.ts";
import type { Exchanged } from "./exchange.ts";
import type { AnswerInfo } from "./settings.ts";

/** What is told of an answer, without what was asked. */
export type AnswerFacts = Omit<AnswerInfo, "method" | "path">;

/** Of an answer that the cache held. */
export function factsFromCache(known: StoredAnswer, stale: boolean): AnswerFacts {
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
export function factsFromService({ answer, rateLimits }: Exchanged, expiresAt: number | null): AnswerFacts {
  return {
    status: answer.status,
    fromCache: false,
    stale: false,
    createdAt: new Date(answer.receivedAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    rateLimits,
    requestId: requestIdOf(answer.headers),
  };
}

/** Where services and the proxies before them name a request. */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

function requestIdOf(headers: Headers): string | null {
  for (const name of REQUEST_ID_HEADERS) {
    const id = headers.get(name);
    if (id !== null && id !== "") return id;
  }
  return null;
}
