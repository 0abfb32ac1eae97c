import type { HeaderFields } from "../base/header-fields.ts";

/** The headers in which services, and proxies in front of them, identify a request. */
export const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

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
