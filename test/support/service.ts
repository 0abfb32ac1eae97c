import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/** A request as the server received it. */
export interface Received {
  method: string;
  /** Below the base URL, with its query. */
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What to respond: a status and a body (JSON unless a string), or a function that writes the response itself. */
export type Reply =
  | { status?: number; body?: unknown; headers?: Record<string, string> }
  | ((request: Received, response: ServerResponse) => void);

/** A bare HTTP server on loopback whose responses a test decides. */
export interface Service extends AsyncDisposable {
  baseUrl: string;
  received: Received[];
  /** The requests for anything but tokens, as `METHOD path`. */
  asked(): string[];
}

const tokens = {
  access: "access-1",
  access_expires: 86_400,
  refresh: "refresh-1",
  refresh_expires: 2_592_000,
};

/** Starts a server; if `reply` returns undefined, the token endpoints respond with tokens, and all others with 404. */
export async function startService(
  reply: (request: Received, nth: number) => Reply | undefined,
): Promise<Service> {
  const received: Received[] = [];
  const server = createServer(async (incoming, response) => {
    const request: Received = {
      method: incoming.method ?? "",
      path: (incoming.url ?? "").replace(/^\/api\/v2/, ""),
      headers: incoming.headers,
      body: await text(incoming),
    };
    received.push(request);
    const nth = received.filter((one) => one.method === request.method && one.path === request.path).length;
    send(reply(request, nth) ?? defaultReply(request), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}/api/v2`,
    received,
    asked: () =>
      received.filter((one) => !one.path.startsWith("/token/")).map((one) => `${one.method} ${one.path}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function defaultReply(request: Received): Reply {
  if (request.path === "/token/new/") return { body: tokens };
  if (request.path === "/token/refresh/") return { body: { access: "access-2", access_expires: 86_400 } };
  return { status: 404, body: { summary: "Not found.", detail: "Not found.", status_code: 404 } };
}

function send(reply: Reply, request: Received, response: ServerResponse): void {
  if (typeof reply === "function") {
    reply(request, response);
    return;
  }
  const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? {});
  response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
  response.end(text);
}
