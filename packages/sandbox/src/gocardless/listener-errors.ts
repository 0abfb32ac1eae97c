import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { RequestError } from "@hono/node-server";
import type { Tunnel } from "../world/listening.ts";
import { flatError } from "./errors/error-response.ts";

/*
 * Requests that no route ever sees, because they are not HTTP or have no usable address. The sandbox responds to them in
 * the form of all its errors.
 */

/** The response to a request whose address or Host cannot be read. Any other error is a fault of the sandbox. */
export function responseToUnreadable(error: unknown): Response {
  const { status, body } =
    error instanceof RequestError
      ? flatError(400, "Bad Request", MALFORMED)
      : flatError(500, "Sandbox fault", error instanceof Error ? error.message : String(error));
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

const MALFORMED = "The request is not valid HTTP.";

/**
 * Responds to what Node cannot read as HTTP, and closes its connection.
 *
 * @param tunnel takes requests for a tunnel over, if the server is a proxy
 */
export function respondToMalformed(server: Server | TlsServer, tunnel?: Tunnel): void {
  /** The latest response of each connection: nothing may be written into the middle of one. */
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    latest.set(incoming.socket, outgoing);
  });
  // Node would close the connection without a response, or respond without a body.
  server.on("connect", ({ url = "" }, socket, head) => {
    // Node no longer listens for its errors: one that nobody hears would end the process.
    socket.on("error", () => socket.destroy());
    if (tunnel?.(url, socket, head) === true) return;
    // Nobody else closes such a connection, not even the server when it ends.
    socket.once("finish", () => socket.destroy());
    socket.end(
      tunnel === undefined
        ? rawResponse(405, "Method Not Allowed", 'Method "CONNECT" not allowed.')
        : rawResponse(
            403,
            "Foreign host",
            "The sandbox is a proxy for the service's own name only, at port 443.",
          ),
    );
  });
  server.on("checkExpectation", (incoming, outgoing) => server.emit("request", incoming, outgoing));
  const responded = new WeakSet<Duplex>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // What the client still sends after its mistake is reported again, and can only be ignored.
    if (responded.has(socket)) return;
    responded.add(socket);
    const response = latest.get(socket);
    const isBusy = response?.headersSent === true && !response.writableFinished;
    if (isBusy || !socket.writable) socket.destroy(error);
    else {
      socket.end(responseTo(error.code));
      // A connection that is closed while the client still sends is reset, and the response lost with it.
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    }
  });
}

/** How long the rest of a malformed request is read and ignored, in milliseconds of real time. */
const LINGER_MS = 500;

/** The raw response to what Node could not read, by the code of its error. */
function responseTo(code: string | undefined): string {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return rawResponse(
        431,
        "Request Header Fields Too Large",
        "The address and the headers are too large.",
      );
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return rawResponse(408, "Request Timeout", "The request took too long to arrive.");
    default:
      return rawResponse(400, "Bad Request", MALFORMED);
  }
}

function rawResponse(status: number, summary: string, detail: string): string {
  const body = JSON.stringify({ summary, detail, status_code: status });
  return `HTTP/1.1 ${status} ${summary}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}
