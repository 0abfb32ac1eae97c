import { readBodyText } from "./body-text.ts";
import type { Transport } from "./transport.ts";

/** The part of `fetch` that is used, for one try of one request. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Sends requests with a function such as `fetch`. */
export function fetchTransport(send: Fetch, baseUrl: string): Transport {
  return async ({ method, target, headers, body, maxResponseBytes }, signal) => {
    const response = await send(baseUrl + target, {
      method,
      headers: { ...headers },
      body: body ?? null,
      signal,
      redirect: "manual",
    });
    const { text, truncated } = await readBodyText(response, maxResponseBytes);
    return { status: response.status, headers: response.headers, text, truncated };
  };
}
