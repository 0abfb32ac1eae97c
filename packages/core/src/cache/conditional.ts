import { type HeaderFields, HeaderMap } from "../base/header-fields.ts";
import type { StoredResponse } from "./stored-response.ts";

/** The headers that request a response only if it differs from the kept one; undefined if that has no validator. */
export function conditionalHeaders(
  kept: Pick<StoredResponse, "headers">,
): Record<string, string> | undefined {
  const { etag, "last-modified": lastModified } = kept.headers;
  const headers = {
    ...(etag === undefined ? {} : { "if-none-match": etag }),
    ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
  };
  return Object.keys(headers).length === 0 ? undefined : headers;
}

/** The headers of a kept response that a 304 has confirmed: those of the 304 replace the old ones (RFC 9111, 3.2). */
export function confirmedHeaders(
  kept: Pick<StoredResponse, "headers">,
  confirming: HeaderFields,
): HeaderFields {
  const headers = new HeaderMap(Object.entries(kept.headers));
  for (const [name, value] of confirming) {
    if (name !== "content-length" && name !== "content-encoding") headers.set(name, value);
  }
  return headers;
}
