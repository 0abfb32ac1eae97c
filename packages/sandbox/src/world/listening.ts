import { createServer, type Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { KeyedCertificate } from "./certificates.ts";
import { isEveryAddress, originOf } from "./origin.ts";
import { TlsEndpoint, WITHOUT_HOST_TOO } from "./tls-endpoint.ts";

type Fetch = Parameters<typeof getRequestListener>[0];

/** Takes over a connection of which a client has asked for a tunnel to this target; false if it leads nowhere. */
export type Tunnel = (target: string, socket: Duplex, head: Buffer) => boolean;

/** How the sandbox listens. */
export interface ListeningOptions {
  /** The address to listen on. */
  host: string;
  /** Makes the response if a request cannot be read or handled. */
  onError: (error: unknown) => Response;
  /** Is called with each server before it listens, and with the tunnel that it offers, if it is a proxy. */
  prepare: (server: Server | TlsServer, tunnel?: Tunnel) => void;
  /** For HTTPS. */
  tls?:
    | {
        /** The name of the service. */
        name: string;
        certificate: KeyedCertificate;
        /** Is called whenever a client does not trust the certificate. */
        onDistrust: () => void;
      }
    | undefined;
}

/** The sandbox's servers. Requests that arrive before they have an application to serve wait for that. */
export class Listening {
  /** The address to listen on. */
  readonly host: string;
  readonly #server: Server;
  readonly #tls: TlsEndpoint | undefined;
  #serve: (fetch: Fetch) => void = () => undefined;
  #port = 0;
  #tlsPort: number | undefined;

  constructor({ host, onError, prepare, tls }: ListeningOptions) {
    this.host = host;
    const waiting = new Promise<Fetch>((resolve) => {
      this.#serve = resolve;
    });
    let fetch: Fetch = async (...request) => await (await waiting)(...request);
    void waiting.then((served) => {
      fetch = served;
    });
    const listener = getRequestListener((...request) => fetch(...request), {
      overrideGlobalObjects: false,
      errorHandler: onError,
    });
    this.#server = createServer(WITHOUT_HOST_TOO, listener);
    const endpoint = tls && new TlsEndpoint(tls.name, tls.certificate, listener, tls.onDistrust);
    this.#tls = endpoint;
    prepare(this.#server, endpoint && ((...tunnel) => endpoint.acceptTunnel(...tunnel)));
    if (endpoint !== undefined) prepare(endpoint.server);
  }

  /**
   * Listens on a port for HTTP and, if one is given, on another one for HTTPS.
   *
   * @throws Error if a port is taken, or cannot be used
   */
  async open(port: number, tlsPort?: number): Promise<void> {
    this.#port = await listen(this.#server, port, this.host);
    if (this.#tls !== undefined && tlsPort !== undefined)
      this.#tlsPort = await listen(this.#tls.server, tlsPort, this.host);
  }

  /** `http://127.0.0.1:PORT`. If it listens on every address of this machine, this is the one of loopback. */
  get origin(): string {
    const { host } = this;
    if (!isEveryAddress(host)) return originOf(host, this.#port);
    return originOf(host === "::" ? "::1" : "127.0.0.1", this.#port);
  }

  get port(): number {
    return this.#port;
  }

  /** The port for HTTPS, if there is one. */
  get tlsPort(): number | undefined {
    return this.#tlsPort;
  }

  get isOpen(): boolean {
    return this.#server.listening;
  }

  /** Begins to respond to requests. */
  serve(fetch: Fetch): void {
    this.#serve(fetch);
  }

  /** Cuts all connections, and frees the ports. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await this.#tls?.close();
    await closed;
  }
}

/** The port on which the server listens then. */
async function listen(server: Server | TlsServer, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(failure(error, port, host)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
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
