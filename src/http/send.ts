import { ConnectionError, GoCardlessError, UnreadableAnswerError } from "../errors.ts";
import { readBodyText } from "./body-text.ts";
import { startDeadline } from "./deadline.ts";
import type { SafePath } from "./path.ts";
import type { Settings } from "./settings.ts";

/** A request, before it has a token. */
export interface OutgoingRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: SafePath;
  query: readonly (readonly [string, string])[];
  /** Sent as JSON. */
  body?: unknown;
  /** A further page of an answer that was begun: it counts, and is not held back, as a part is worth nothing. */
  continues?: boolean | undefined;
  /** Headers by which the service may answer 304, that nothing has changed. */
  condition?: Readonly<Record<string, string>> | undefined;
}

/** An answer, read to its end or up to what is read at most. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Whether `text` is only the beginning. */
  cut: boolean;
  /** When it was whole, in milliseconds. */
  receivedAt: number;
}

/** A service that redirects more often than this redirects for ever. */
const MOST_REDIRECTS = 5;

/**
 * Sends one try and reads its answer to the end, within the time for a try. Redirects are followed by GET alone and
 * within the configured origin, so that the token goes nowhere else.
 */
export async function sendOnce(
  request: OutgoingRequest,
  token: string | undefined,
  settings: Settings,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const { perTry } = settings.timeout;
  using deadline = startDeadline(
    perTry,
    `No answer to ${nameOf(request, settings)} within ${perTry} ms.`,
    signal,
  );
  let url = addressOf(request, settings.baseUrl);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await exchange(url, request, token, settings, deadline.signal);
    const location = answer.headers.get("location");
    if (answer.status < 300 || answer.status >= 400 || answer.status === 304 || location === null)
      return answer;
    url = redirectTarget(location, url, request, answer, settings);
  }
  throw new UnreadableAnswerError(
    `${nameOf(request, settings)} was redirected more than ${MOST_REDIRECTS} times.`,
    {
      status: 302,
      bodyStart: "",
    },
  );
}

/** A request as messages name it. */
function nameOf({ method, path }: OutgoingRequest, { secrets }: Settings): string {
  return `${method} ${secrets.clean(path)}`;
}

/** The whole address of a request. */
function addressOf(request: Pick<OutgoingRequest, "path" | "query">, baseUrl: string): string {
  const query = new URLSearchParams(
    request.query.map(([name, value]): [string, string] => [name, value]),
  ).toString();
  return baseUrl + request.path + (query === "" ? "" : `?${query}`);
}

async function exchange(
  url: string,
  request: OutgoingRequest,
  token: string | undefined,
  settings: Settings,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const headers = {
    ...request.condition,
    accept: "application/json",
    "user-agent": "bankdata",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
  };
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  try {
    const response = await settings.fetch(url, {
      method: request.method,
      headers,
      body,
      signal,
      redirect: "manual",
    });
    const { text, cut } = await readBodyText(response, settings.maxResponseBytes);
    signal.throwIfAborted();
    return { status: response.status, headers: response.headers, text, cut, receivedAt: settings.now() };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof GoCardlessError) throw error;
    throw connectionError(error, request, settings);
  }
}

/** What the HTTP library threw stays outside: its objects can hold the request, and with it the token. */
function connectionError(error: unknown, request: OutgoingRequest, settings: Settings): ConnectionError {
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
  request: OutgoingRequest,
  answer: RawAnswer,
  settings: Settings,
): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const sameOrigin = target?.origin === new URL(settings.baseUrl).origin;
  if (target !== undefined && sameOrigin && request.method === "GET") return target.href;
  const where = target === undefined ? "nowhere" : settings.secrets.clean(target.origin);
  throw new UnreadableAnswerError(
    `${nameOf(request, settings)} was redirected to ${where}, which is not followed${sameOrigin ? " for a request that changes something" : ": the token is sent to the configured origin alone"}. Check the base URL.`,
    { status: answer.status, bodyStart: "" },
  );
}
