import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { BankReturn } from "bankdata-core/bank";
import type { ReadReturn } from "bankdata-core/connect";
import { refusalInWords } from "../ui/refusal-words.ts";

const RETURN_PATH = "/return/";

/** Waits on loopback for a browser to come back from a bank. */
export interface ReturnListener extends AsyncDisposable {
  /** Where the bank is to send the browser; it contains a secret. */
  redirect: string;
  /**
   * Resolves with the query of the first address that contains the secret and that `read` accepts as a return; rejects
   * with the signal's reason.
   */
  waitFor(read: ReadReturn, signal: AbortSignal): Promise<URLSearchParams>;
}

/** A browser that comes back needs one connection: file descriptors must be left for requests to the service. */
const MAX_CONNECTIONS = 64;

/** A connection that sends no whole request in this time is closed, in milliseconds. */
const REQUEST_TIMEOUT = 5000;

/**
 * Listens on a free port of the loopback interface. Any program of this machine and any web page can send requests
 * there: only a return with the secret has an effect.
 */
export async function startReturnListener(): Promise<ReturnListener> {
  const secret = randomBytes(32).toString("base64url");
  let expected: { read: ReadReturn; resolve: (query: URLSearchParams) => void } | undefined;
  const timeouts = {
    headersTimeout: REQUEST_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionsCheckingInterval: 1000,
  };
  const server = createServer(timeouts, (request, response) => {
    const query = queryBearing(secret, request);
    const back = query === undefined ? undefined : expected?.read(query);
    if (query === undefined || back === undefined)
      return respond(response, 404, "Page not found", "Nothing was changed.");
    respondTo(back, response);
    expected?.resolve(query);
  });
  server.maxConnections = MAX_CONNECTIONS;
  // A connection that cannot be accepted (EMFILE) is lost; polling the service makes up for it.
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    redirect: `http://127.0.0.1:${port}${RETURN_PATH}${secret}`,
    waitFor: (read, signal) =>
      new Promise((resolve, reject) => {
        expected = { read, resolve };
        const stop = () => reject(signal.reason);
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { once: true });
      }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A response under way is sent to its end; a browser keeps its connection open for longer.
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 500).unref();
      await closed;
    },
  };
}

/** The query of a GET request for the address with the secret; undefined for every other request. */
function queryBearing(secret: string, request: IncomingMessage): URLSearchParams | undefined {
  if (request.method !== "GET") return undefined;
  // `new URL` would throw on request targets such as `//`.
  const [path = "", ...query] = (request.url ?? "").split("?");
  const given = Buffer.from(path);
  const wanted = Buffer.from(`${RETURN_PATH}${secret}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return new URLSearchParams(query.join("?"));
}

/** Shows the outcome to the person in the browser. */
function respondTo(back: BankReturn, response: ServerResponse): void {
  const [title, text] =
    back.outcome === "returned"
      ? ["Bank connected", "Your accounts are being connected."]
      : ["Nothing was connected", refusalInWords(back.error)];
  respond(response, 200, title, `${text} You can close this page and go back to the terminal.`);
}

function respond(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    connection: "close",
  });
  response.end(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><link rel="icon" href="data:,">
<style>:root{color-scheme:light dark}body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:34rem;margin:4rem auto;padding:0 1.25rem}h1{font-size:1.5rem;line-height:1.25}</style></head>
<body><main><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main></body></html>`);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
