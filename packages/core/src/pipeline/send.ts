import { cleanedCause, shownCode } from "../base/cleaned-cause.ts";
import { BankDataError, ConnectionError, TimeoutError } from "../base/errors.ts";
import type { HeaderFields } from "../base/header-fields.ts";
import type { RateLimits } from "../limits/rate-limits.ts";
import type { RequestHeaders } from "./headers.ts";
import type { ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";
import type { Query } from "./path.ts";
import { requestIdOf } from "./request-id.ts";
import { IdleConnectionError } from "./retry.ts";
import { TransportError, type TransportRequest, type TransportResponse } from "./transport.ts";

/** What a request's headers carry. */
export interface SendOptions {
  token?: string | undefined;
  /** Those of the caller, which are none of the client's own. */
  headers: RequestHeaders;
  /** Conditional headers, to which the service may respond with 304 (Not Modified). */
  condition?: Readonly<Record<string, string>> | undefined;
}

/** A response, and when it was completely received, in milliseconds since 1970. */
export interface RawResponse extends TransportResponse {
  readonly receivedAt: number;
}

/** A response with the limits that its headers report. */
export interface HttpResult extends RawResponse {
  readonly rateLimits: RateLimits;
}

/**
 * Sends a request once and reads the response to its end, within the timeout for one try.
 *
 * @throws ConnectionError, TimeoutError, or the signal's reason
 */
export async function sendOnce(
  request: ServiceRequest,
  sendOptions: SendOptions,
  settings: Settings,
  signal: AbortSignal,
): Promise<RawResponse> {
  const timeout = settings.tryTimeout;
  const errorOf = (headers: HeaderFields | undefined) => {
    const requestId = requestIdOf(headers, settings.secrets.redact);
    const message = `No response to ${requestName(request, settings)} within ${timeout} ms.`;
    return new TimeoutError(message, timeout, { requestId });
  };
  try {
    const sent = transportRequest(request, sendOptions, settings);
    const { status, headers, text, truncated } = await settings.transport(sent, signal, { timeout, errorOf });
    signal.throwIfAborted();
    return { status, headers, text, truncated, receivedAt: settings.now() };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof BankDataError) throw error;
    throw connectionError(error, request, settings);
  }
}

/** How messages name a request. */
function requestName({ operation, path }: ServiceRequest, { secrets }: Settings): string {
  return `${operation.method} ${secrets.redact(path)}`;
}

function transportRequest(
  { operation, path, query, body }: ServiceRequest,
  { token, headers, condition }: SendOptions,
  { maxResponseBytes }: Settings,
): TransportRequest {
  return {
    method: operation.method,
    target: query.length === 0 ? path : `${path}?${queryText(query)}`,
    headers: {
      "user-agent": "bankdata",
      ...headers,
      ...condition,
      accept: "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    maxResponseBytes,
  };
}

function queryText(query: Query): string {
  return new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
}

/** Keeps what may be shown of what the HTTP library threw, as its objects can hold the token. */
function connectionError(error: unknown, request: ServiceRequest, settings: Settings): ConnectionError {
  const { redact } = settings.secrets;
  const cause = cleanedCause(error instanceof TransportError ? error.cause : error, redact);
  const loss = error instanceof TransportError ? error.loss : undefined;
  const code = error instanceof TransportError ? shownCode(error.code, redact) : null;
  const why = code ?? cause?.message ?? "unknown reason";
  const origin = new URL(settings.baseUrl).origin;
  const toCheck = loss?.isProxied
    ? "the network, the proxy and the base URL"
    : "the network and the base URL";
  const message = `${requestName(request, settings)} got no response from ${origin} (${why}): check ${toCheck}, then try again.`;
  const requestId = requestIdOf(loss?.headers, redact);
  return loss?.wasIdle
    ? new IdleConnectionError(message, code, { requestId, cause })
    : new ConnectionError(message, code, { sent: loss?.sent ?? true, requestId, cause });
}
