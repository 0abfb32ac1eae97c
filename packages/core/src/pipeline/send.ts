import { BankDataError, ConnectionError, InvalidResponseError } from "../base/errors.ts";
import type { RateLimits } from "../limits/rate-limits.ts";
import { readBodyText } from "./body-text.ts";
import { startDeadline } from "./deadline.ts";
import type { ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";

/** What goes out with a request in its headers. */
export interface SentWith {
  token?: string | undefined;
  /** Headers by which the service may answer 304, that nothing has changed. */
  condition?: Readonly<Record<string, string>> | undefined;
}

/** An answer, read to its end or up to what is read at most. */
export interface RawResponse {
  status: number;
  headers: Headers;
  text: string;
  /** Whether `text` is only the beginning. */
  cut: boolean;
  /** When it was whole, in milliseconds. */
  receivedAt: number;
}

/** A response with what its headers said of limits. */
export interface HttpResult extends RawResponse {
  rateLimits: RateLimits;
}

/** A service that redirects more often than this redirects for ever. */
const MOST_REDIRECTS = 5;

/**
 * Sends one try and reads its answer to the end, within the time for a try. Redirects are followed by GET alone and
 * within the configured origin, so that the token goes nowhere else.
 */
export async function sendOnce(
  request: ServiceRequest,
  sentWith: SentWith,
  settings: Settings,
  signal: AbortSignal,
): Promise<RawResponse> {
  const { perTry } = settings.timeout;
  using deadline = startDeadline(
    perTry,
    `No answer to ${nameOf(request, settings)} within ${perTry} ms.`,
    signal,
  );
  let url = addressOf(request, settings.baseUrl);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await fetchOnce(url, settings, initOf(request, sentWith, deadline.signal), request);
    const location = answer.headers.get("location");
    if (answer.status < 300 || answer.status >= 400 || answer.status === 304 || location === null)
      return answer;
    url = redirectTarget(location, url, request, answer, settings);
  }
  throw new InvalidResponseError(
    `${nameOf(request, settings)} was redirected more than ${MOST_REDIRECTS} times.`,
    {
      status: 302,
      bodyStart: "",
    },
  );
}

/** A request as messages name it. */
function nameOf({ operation, path }: ServiceRequest, { secrets }: Settings): string {
  return `${operation.method} ${secrets.clean(path)}`;
}

/** The whole address of a request. */
function addressOf(request: Pick<ServiceRequest, "path" | "query">, baseUrl: string): string {
  const query = new URLSearchParams(
    request.query.map(([name, value]): [string, string] => [name, value]),
  ).toString();
  return baseUrl + request.path + (query === "" ? "" : `?${query}`);
}

/** What `fetch` is given for a request. */
function initOf(
  { operation, body }: ServiceRequest,
  { token, condition }: SentWith,
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
    const { text, cut } = await readBodyText(response, settings.maxResponseBytes);
    signal.throwIfAborted();
    return { status: response.status, headers: response.headers, text, cut, receivedAt: settings.now() };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof BankDataError) throw error;
    throw connectionError(error, request, settings);
  }
}

/** What the HTTP library threw stays outside: its objects can hold the request, and with it the token. */
function connectionError(error: unknown, request: ServiceRequest, settings: Settings): ConnectionError {
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : null);
  const why = code ?? (error instanceof Error ? settings.secrets.clean(error.message) : "unknown reason");
  const origin = new URL(settings.baseUrl).origin;
  return new ConnectionError(
    `${nameOf(request, settings)} got no answer from ${origin} (${why}): check the network and the base URL, then try again.`,
    code,
  );
}

/** A code is one word in capitals; whatever else stands there may show the request. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return /^[A-Z][A-Z0-9_]{0,60}$/.test(error.code) ? error.code : null;
}

function redirectTarget(
  location: string,
  from: string,
  request: ServiceRequest,
  answer: RawResponse,
  settings: Settings,
): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const sameOrigin = target?.origin === new URL(settings.baseUrl).origin;
  if (target !== undefined && sameOrigin && request.operation.method === "GET") return target.href;
  const where = target === undefined ? "nowhere" : settings.secrets.clean(target.origin);
  throw new InvalidResponseError(
    `${nameOf(request, settings)} was redirected to ${where}, which is not followed${sameOrigin ? " for a request that changes something" : ": the token is sent to the configured origin alone"}. Check the base URL.`,
    { status: answer.status, bodyStart: "" },
  );
}
