import { createServer, type Server } from "node:http";
import { isIPv6 } from "node:net";
import { getRequestListener } from "@hono/node-server";

type Fetch = Parameters<typeof getRequestListener>[0];

/** The sandbox's server. Requests that arrive before it has an application to serve wait for that. */
export class Listening {
  /** The address to listen on. */
  readonly host: string;
  readonly #server: Server;
  #serve: (fetch: Fetch) => void = () => undefined;
  #port = 0;

  /**
   * @param onError makes the response if a request cannot be read or handled
   * @param prepare is called with the server before it listens
   */
  constructor(host: string, onError: (error: unknown) => Response, prepare: (server: Server) => void) {
    this.host = host;
    const waiting = new Promise<Fetch>((resolve) => {
      this.#serve = resolve;
    });
    let fetch: Fetch = async (...request) => await (await waiting)(...request);
    void waiting.then((served) => {
      fetch = served;
    });
    this.#server = createServer(
      getRequestListener((...request) => fetch(...request), {
        overrideGlobalObjects: false,
        errorHandler: onError,
      }),
    );
    prepare(this.#server);
  }

  /** @throws Error if the port is taken, or cannot be used */
  async open(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        reject(failure(error, port, this.host));
      });
      this.#server.listen(port, this.host, resolve);
    });
    const address = this.#server.address();
    this.#port = typeof address === "object" && address !== null ? address.port : port;
  }

  /** `http://127.0.0.1:PORT` */
  get origin(): string {
    // A URL has an IPv6 address in brackets.
    return `http://${isIPv6(this.host) ? `[${this.host}]` : this.host}:${this.#port}`;
  }

  get isOpen(): boolean {
    return this.#server.listening;
  }

  /** Begins to respond to requests. */
  serve(fetch: Fetch): void {
    this.#serve(fetch);
  }

  /** Cuts all connections, and frees the port. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

function failure(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === "EADDRINUSE")
    return new Error(`Port ${port} is taken: choose another one, or 0 for any free port.`, { cause: error });
  if (error.code === "EACCES")
    return new Error(`Port ${port} needs permission: choose another one, or 0 for any free port.`, {
      cause: error,
    });
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND" || error.code === "EINVAL")
    return new Error(`host is not an address of this machine: ${host}`, { cause: error });
  return error;
}
