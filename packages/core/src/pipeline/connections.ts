import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import { isLoopback } from "./loopback.ts";
import { type ProxyEnvironment, proxiesFrom } from "./proxies.ts";

/** What follows a connection from its opening. */
export interface ConnectionUser {
  /** A new connection is being opened, to the service or to a proxy. */
  onOpening(connection: Duplex): void;
  /** The connection is ready: nothing was sent before. */
  onReady(): void;
}

/** The options of a request, which reach the agent's `createConnection`. */
export interface ConnectionRequest extends http.RequestOptions {
  readonly user: ConnectionUser;
}

/** Where requests go, and over which connections. */
export interface Connections {
  readonly request: (options: ConnectionRequest) => http.ClientRequest;
  readonly host: string;
  /** Undefined for the protocol's own. */
  readonly port: number | undefined;
  /** The path of the base URL, without a slash at its end. */
  readonly path: string;
  readonly agent: http.Agent;
  /** Whether there is a proxy, unless the service's host is exempt from it. */
  readonly isProxied: boolean;
}

/** What tests replace. */
export interface ConnectionOptions {
  /** The variables that name proxies. @default process.env */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Resolves host names. @default Node's */
  lookup?: LookupFunction | undefined;
}

/** How long an idle connection is kept, in milliseconds: less than servers keep it, so that few are closed in use. */
const IDLE_TIMEOUT = 4000;

/** How long a new connection may be silent before it is ready, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/** The agents of all clients, by protocol and proxies. */
const shared = new Map<string, http.Agent>();

/**
 * The connections to a service. Proxies are those that the environment names, except for loopback.
 *
 * @throws ConfigurationError for a proxy that cannot be used
 */
export function connectionsTo(base: URL, { env = process.env, lookup }: ConnectionOptions = {}): Connections {
  const secure = base.protocol === "https:";
  const proxyEnv = isLoopback(base) ? undefined : proxiesFrom(env, secure ? "https" : "http");
  return {
    request: secure ? https.request : http.request,
    host: base.hostname.replace(/^\[|\]$/g, ""),
    port: base.port === "" ? undefined : Number(base.port),
    path: base.pathname.replace(/\/$/, ""),
    agent: agentFor(secure, proxyEnv, lookup),
    isProxied: proxyEnv !== undefined,
  };
}

function agentFor(
  secure: boolean,
  proxyEnv: ProxyEnvironment | undefined,
  lookup: LookupFunction | undefined,
): http.Agent {
  const key = JSON.stringify([secure, proxyEnv]);
  const known = lookup === undefined ? shared.get(key) : undefined;
  if (known !== undefined) return known;
  const Agent = secure ? SecureAgent : PlainAgent;
  const agent = new Agent({ keepAlive: true, timeout: IDLE_TIMEOUT, proxyEnv, lookup });
  if (lookup === undefined) shared.set(key, agent);
  return agent;
}

/** Closes the connections that wait for their next request. */
export function closeIdle({ freeSockets }: http.Agent): void {
  for (const sockets of Object.values(freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

type Opened = (error: Error | null, connection: Duplex) => void;

class PlainAgent extends http.Agent {
  override createConnection(options: Partial<ConnectionRequest>, opened?: Opened) {
    const connection = super.createConnection({ ...options, timeout: CONNECT_TIMEOUT }, opened);
    return watched(connection, options.user, "connect");
  }
}

class SecureAgent extends https.Agent {
  override createConnection(options: Partial<ConnectionRequest>, opened?: Opened) {
    // Through a proxy, this gets the connection within the tunnel.
    const tunnelOpened: Opened = (error, connection) => {
      if (!error) options.user?.onReady();
      opened?.(error, connection);
    };
    const connection = super.createConnection({ ...options, timeout: CONNECT_TIMEOUT }, tunnelOpened);
    return watched(connection, options.user, "secureConnect");
  }
}

/** Tells the user of a connection what becomes of it, and gives up if it does not get ready. */
function watched(
  connection: Duplex | null | undefined,
  user: ConnectionUser | undefined,
  readyEvent: "connect" | "secureConnect",
): Duplex | null | undefined {
  if (!connection || !user) return connection;
  const onTimeout = () => connection.destroy(new ConnectTimeout());
  connection.once("timeout", onTimeout);
  connection.once(readyEvent, () => {
    connection.off("timeout", onTimeout);
    user.onReady();
  });
  user.onOpening(connection);
  return connection;
}

/** A connection did not get ready in time. */
class ConnectTimeout extends Error {
  readonly code = "ETIMEDOUT";

  constructor() {
    super(`No connection within ${CONNECT_TIMEOUT} ms.`);
  }
}
