import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { RequestError } from "@hono/node-server";

/*
 * Requests that no route ever sees, because they are not HTTP or have no usable address. The sandbox responds to them in
 * the form of all its errors.
 */

/** The response to a request whose address or Host cannot be read. Any other error is a fault of the sandbox. */
export function responseToUnreadable(error: unknown): Response {
  const status = error instanceof RequestError ? 400 : 500;
  const body = error instanceof RequestError ? BAD_REQUEST : faultOf(error);
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

const BAD_REQUEST = bodyOf(400, "Bad Request", "The request is not valid HTTP.");

function faultOf(error: unknown) {
  return bodyOf(500, "Sandbox fault", error instanceof Error ? error.message : String(error));
}

function bodyOf(status: number, summary: string, detail: string) {
  return { summary, detail, status_code: status };
}

/** Responds to what Node cannot read as HTTP, and closes its connection. */
export function answerMalformed(server: Server): void {
  /** The latest response of each connection: nothing may be written into the middle of one. */
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    latest.set(incoming.socket, outgoing);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const response = latest.get(socket);
    const isBusy = response?.headersSent === true && !response.writableFinished;
    if (socket.writable && !isBusy) socket.write(rawResponse(error.code));
    socket.destroy(error);
  });
}

function rawResponse(code: string | undefined): string {
  const [status, reason, body] =
    code === "HPE_HEADER_OVERFLOW"
      ? [431, "Request Header Fields Too Large", TOO_LARGE]
      : code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? [408, "Request Timeout", TOO_SLOW]
        : [400, "Bad Request", BAD_REQUEST];
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`;
}

const TOO_LARGE = bodyOf(
  431,
  "Request Header Fields Too Large",
  "The address and the headers are too large.",
);
const TOO_SLOW = bodyOf(408, "Request Timeout", "The request took too long to arrive.");
