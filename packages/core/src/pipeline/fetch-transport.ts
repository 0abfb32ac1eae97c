import { codeOf } from "../base/cleaned-cause.ts";
import { BankDataError, ConfigurationError } from "../base/errors.ts";
import { hasMethods } from "../base/option-kinds.ts";
import { describeKind } from "../base/option-names.ts";
import { readBodyText } from "./body-text.ts";
import { type Transport, TransportError } from "./transport.ts";

/** The part of `fetch` that is used, for one try of one request. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The codes of connections that failed before anything was sent. */
const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** Sends requests with a function such as `fetch`. */
export function fetchTransport(send: Fetch, baseUrl: string): Transport {
  return async ({ method, target, headers, body, maxResponseBytes }, outer, limit) => {
    const timer = limit && AbortSignal.timeout(limit.timeout);
    const signal = timer === undefined ? outer : AbortSignal.any([outer, timer]);
    let received: Response | undefined;
    try {
      const response = await send(baseUrl + target, {
        method,
        headers: { ...headers },
        body: body ?? null,
        signal,
        redirect: "manual",
      });
      if (!isResponse(response)) {
        throw new ConfigurationError(`fetch must return a Response, not ${describeKind(response)}.`);
      }
      received = response;
      const { text, truncated } = await readBodyText(response, maxResponseBytes);
      // The abort may be why an error's body is not complete.
      signal.throwIfAborted();
      return { status: response.status, headers: response.headers, text, truncated };
    } catch (error) {
      if (outer.aborted) throw outer.reason;
      if (timer?.aborted) throw limit?.errorOf(received?.headers);
      if (error instanceof BankDataError) throw error;
      const sent = !NEVER_CONNECTED.has(codeOf(error) ?? "");
      throw new TransportError(error, {
        sent,
        wasIdle: false,
        isProxied: false,
        headers: received?.headers,
      });
    }
  };
}

/** Whether a value has the members of a Response that are used; it need not be one of this realm, or of any library. */
function isResponse(value: unknown): boolean {
  if (!hasMethods(value, ["text"])) return false;
  return (
    typeof Reflect.get(value, "status") === "number" && hasMethods(Reflect.get(value, "headers"), ["get"])
  );
}
