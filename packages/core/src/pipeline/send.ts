import { BankDataError, ConnectionError, InvalidResponseError } from "../base/errors.ts";
import type { RateLimits } from "../limits/rate-limits.ts";
import { readBodyText } from "./body-text.ts";
import { startDeadline } from "./deadline.ts";
import type { ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";

/** What a request's headers carry. */
export interface SendOptions {
  token?: string | undefined;
  /** Conditional headers, to which the service may respond with 304 (Not Modified). */
  condition?: Readonly<Record<string, string>> | undefined;
}

/** A response, read to its end or up to the size limit. */
export interface RawResponse {
  status: number;
  headers: Headers;
  text: string;
  /** Whether `text` is only the beginning. */
  truncated: boolean;
  /** When it was completely received, in milliseconds since 1970. */
  receivedAt: number;
}

/** A response with the limits that its headers report. */
export interface HttpResult extends RawResponse {
  rateLimits: RateLimits;
}

/** More redirects than this are a loop. */
const MAX_REDIRECTS = 5;

/**
 * Sends a request once and reads the response to its end, within the timeout for one try. Redirects are followed for
 * GET only, and within the configured origin, so that the token is sent nowhere else.
 */
export async function sendOnce(
  request: ServiceRequest,
  sendOptions: SendOptions,
  settings: Settings,
  signal: AbortSignal,
): Promise<RawResponse> {
  const { tryTimeout } = settings;
  using deadline = startDeadline(
    tryTimeout,
    `No response to ${requestName(request, settings)} within ${tryTimeout} ms.`,
    signal,
  );
  let url = urlOf(request, settings.baseUrl);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await fetchOnce(
      url,
      settings,
      requestInit(request, sendOptions, deadline.signal),
      request,
    );
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || response.status === 304 || location === null)
      return response;
    url = redirectTarget({ status: response.status, location, from: url }, request, settings);
  }
  throw new InvalidResponseError(
    `${requestName(request, settings)} was redirected more than ${MAX_REDIRECTS} times.`,
    {
      status: 302,
      bodyStart: "",
    },
  );
}

/** How messages name a request. */
function requestName({ operation, path }: ServiceRequest, { secrets }: Settings): string {
  return `${operation.method} ${secrets.redact(path)}`;
}

/** The complete URL of a request. */
function urlOf(request: Pick<ServiceRequest, "path" | "query">, baseUrl: string): string {
  const query = new URLSearchParams(
    request.query.map(([name, value]): [string, string] => [name, value]),
  ).toString();
  return baseUrl + request.path + (query === "" ? "" : `?${query}`);
}

/** The options of `fetch` for a request. */
function requestInit(
  { operation, body }: ServiceRequest,
  { token, condition }: SendOptions,
  signal: AbortSignal,
): RequestInit & { signal: AbortSignal } {
  return {
    method: operation.method,
    headers: {
      ...condition,
      accept: "application/json",
      "user-agent": "bankdata",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal,
    redirect: "manual",
  };
}

async function fetchOnce(
  url: string,
  settings: Settings,
  init: RequestInit & { signal: AbortSignal },
  request: ServiceRequest,
): Promise<RawResponse> {
  const { signal } = init;
  try {
    const response = await settings.fetch(url, init);
    const { text, truncated } = await readBodyText(response, settings.maxResponseBytes);
    signal.throwIfAborted();
    return {
      status: response.status,
      headers: response.headers,
      text,
      truncated,
      receivedAt: settings.now(),
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof BankDataError) throw error;
    throw connectionError(error, request, settings);
  }
}

/** Keeps only the code or the redacted message of what the HTTP library threw, as its objects can hold the token. */
function connectionError(error: unknown, request: ServiceRequest, settings: Settings): ConnectionError {
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : null);
  const why = code ?? (error instanceof Error ? settings.secrets.redact(error.message) : "unknown reason");
  const origin = new URL(settings.baseUrl).origin;
  return new ConnectionError(
    `${requestName(request, settings)} got no response from ${origin} (${why}): check the network and the base URL, then try again.`,
    code,
  );
}

/** A code is one word in capitals; anything else could reveal the request. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return /^[A-Z][A-Z0-9_]{0,60}$/.test(error.code) ? error.code : null;
}

function redirectTarget(
  { status, location, from }: { status: number; location: string; from: string },
  request: ServiceRequest,
  settings: Settings,
): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const sameOrigin = target?.origin === new URL(settings.baseUrl).origin;
  if (target !== undefined && sameOrigin && request.operation.method === "GET") return target.href;
  const where = target === undefined ? "an invalid URL" : settings.secrets.redact(target.origin);
  throw new InvalidResponseError(
    `${requestName(request, settings)} was redirected to ${where}, which is not followed${sameOrigin ? " for a write" : ": the token is sent to the configured origin only"}. Check the base URL.`,
    { status, bodyStart: "" },
  );
}
