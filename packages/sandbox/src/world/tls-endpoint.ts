import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { KeyedCertificate } from "./certificates.ts";

/** A request without a host is rejected like any other that cannot be read: Node's own response to it has no body. */
export const WITHOUT_HOST_TOO = { requireHostHeader: false };

/** What a client says, by its alerts, if it does not trust a certificate. */
const DISTRUST = /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)$/;

/** Serves the sandbox over HTTPS, under the name of the service: through a tunnel, or on a port of its own. */
export class TlsEndpoint {
  readonly #name: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /**
   * @param name of the service
   * @param certificate for that name
   * @param onDistrust is called whenever a client does not trust the certificate
   */
  constructor(
    name: string,
    certificate: KeyedCertificate,
    listener: RequestListener,
    onDistrust: () => void,
  ) {
    this.#name = name;
    this.#server = createServer({ ...certificate, ...WITHOUT_HOST_TOO }, listener);
    // Until a connection is encrypted, the server cannot close it.
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("tlsClientError", (error: NodeJS.ErrnoException) => {
      if (DISTRUST.test(error.code ?? "")) onDistrust();
    });
  }

  /** To be prepared, and to listen on a port if there is to be one. */
  get server(): Server {
    return this.#server;
  }

  /**
   * Takes over a connection of which a client has asked for a tunnel (RFC 9110, section 9.3.6).
   *
   * @param target where it is to lead, `host:port`
   * @returns false if that is another place; nothing has happened then
   */
  acceptTunnel(target: string, socket: Duplex, head: Buffer): boolean {
    if (target.toLowerCase() !== `${this.#name}:443`) return false;
    // A server for HTTP lets clients close their half first. One that does so in the handshake would be waited for in vain.
    socket.allowHalfOpen = false;
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    this.#server.emit("connection", socket);
    return true;
  }

  /** Cuts all connections, and frees the port if there is one. */
  async close(): Promise<void> {
    const closed = this.#server.listening
      ? new Promise<void>((resolve) => this.#server.close(() => resolve()))
      : undefined;
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
