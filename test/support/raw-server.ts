import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A request as it arrived, byte for byte. */
export interface RawRequest {
  /** `GET /path HTTP/1.1`. */
  line: string;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: string;
  /** Which request of all this is, from 1. */
  nth: number;
  /** Which connection it came on, from 1. */
  connection: number;
}

/** A server below HTTP, whose responses are bytes. */
export interface RawServer extends AsyncDisposable {
  port: number;
  baseUrl: string;
  requests: RawRequest[];
  /** How many connections were opened. */
  readonly connections: number;
  /** How many of them are open. */
  readonly open: number;
  /** Resolves once no connection is open. */
  allClosed(): Promise<void>;
}

/** How a server listens. */
export interface RawServerOptions {
  host?: string;
  /** Listens with TLS. */
  tls?: TlsOptions;
}

/** Starts a server. @param respond writes the response to a complete request */
export async function startRawServer(
  respond: (socket: Socket, request: RawRequest) => void,
  { host = "127.0.0.1", tls }: RawServerOptions = {},
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const requests: RawRequest[] = [];
  let connections = 0;
  let whenClosed: (() => void)[] = [];
  const onConnection = (socket: Socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    let received = "";
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      if (sockets.size > 0) return;
      for (const resolve of whenClosed) resolve();
      whenClosed = [];
    });
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      for (let parsed = parse(received); parsed !== undefined; parsed = parse(received)) {
        received = received.slice(parsed.length);
        const request = { ...parsed.request, nth: requests.length + 1, connection };
        requests.push(request);
        respond(socket, request);
      }
    });
  };
  const server = tls === undefined ? createServer(onConnection) : createTlsServer(tls, onConnection);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const { port } = address;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    port,
    baseUrl: `${tls === undefined ? "http" : "https"}://${name}:${port}/api`,
    requests,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    allClosed: () =>
      sockets.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            whenClosed.push(resolve);
          }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parse(
  received: string,
): { request: Pick<RawRequest, "line" | "headers" | "body">; length: number } | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [line = "", ...fields] = received.slice(0, end).split("\r\n");
  const headers = new Map(
    fields.map((field): [string, string] => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }),
  );
  const length = end + 4 + Number(headers.get("content-length") ?? 0);
  if (received.length < length) return undefined;
  const body = Buffer.from(received.slice(end + 4, length), "latin1").toString();
  return { request: { line, headers, body }, length };
}

/** A response in bytes: `HTTP/1.1 200 OK`, these headers, and the body as it is. */
export function rawResponse(
  status: number | string,
  headers: readonly string[] = [],
  body: string | Uint8Array = "",
): Buffer {
  const line = typeof status === "string" ? status : `HTTP/1.1 ${status} Whatever`;
  return Buffer.concat([
    Buffer.from(`${[line, ...headers].join("\r\n")}\r\n\r\n`, "latin1"),
    typeof body === "string" ? Buffer.from(body) : body,
  ]);
}

/** A response with a Content-Length. */
export function sized(
  status: number | string,
  body: string | Uint8Array = "",
  headers: readonly string[] = [],
): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return rawResponse(status, [`Content-Length: ${bytes.length}`, ...headers], bytes);
}

/** A chunk of a chunked body; without content, the last one. */
export function httpChunk(content: Uint8Array | string = ""): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}
