import { createServer, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type Socket } from "node:net";
import type { SecureContextOptions } from "node:tls";

/** What a client asked of a proxy. */
interface ProxyRequest {
  method: string;
  /** `host:port` of a tunnel, or a whole URL. */
  target: string;
  /** The decoded credentials, `name:password`. */
  credentials: string | undefined;
}

/** A proxy on loopback, to which every host is 127.0.0.1. */
export interface Proxy extends AsyncDisposable {
  port: number;
  requests: ProxyRequest[];
  /** Resolves once no client is connected. */
  allClosed(): Promise<void>;
}

/**
 * Starts a proxy.
 *
 * @param answer what it does instead of serving: a status line, or nothing at all
 * @param tls with which it is one of `https:`
 */
export async function startProxy(answer?: string | "silence", tls?: SecureContextOptions): Promise<Proxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Socket>();
  let whenClosed: (() => void)[] = [];
  const note = ({
    method = "",
    url = "",
    headers,
  }: {
    method?: string | undefined;
    url?: string | undefined;
    headers: Record<string, unknown>;
  }) => {
    const [, encoded] = String(headers["proxy-authorization"] ?? "").split(" ");
    const credentials = encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString();
    requests.push({ method, target: url, credentials });
  };
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on("request", (incoming, response) => {
    note(incoming);
    const { pathname, search, port } = new URL(incoming.url ?? "");
    const { method, headers } = incoming;
    const forwarded = request(
      { host: "127.0.0.1", port, path: pathname + search, method, headers },
      (theirs) => {
        response.writeHead(theirs.statusCode ?? 502, theirs.rawHeaders);
        theirs.pipe(response);
      },
    );
    incoming.pipe(forwarded);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      if (sockets.size > 0) return;
      for (const resolve of whenClosed) resolve();
      whenClosed = [];
    });
  });
  server.on("connect", (incoming, client: Socket) => {
    note(incoming);
    client.on("error", () => {});
    if (answer === "silence") {
      // Reads on, to notice when the client leaves.
      client.on("end", () => client.end()).resume();
      return;
    }
    if (answer !== undefined) {
      client.end(`${answer}\r\n\r\n`);
      return;
    }
    const service = connect(Number((incoming.url ?? "").split(":").at(-1)), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(service).pipe(client);
    });
    service.on("error", () => client.destroy());
    client.on("close", () => service.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    port: address.port,
    requests,
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
