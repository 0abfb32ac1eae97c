import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import { isLoopback } from "./loopback.ts";
import { type ProxyEnvironment, proxiesFrom } from "./proxies.ts";

/** Is told what becomes of a new connection. */
export interface ConnectionUser {
  /** A new connection is being opened, to the service or to a proxy. */
  onOpening(connection: Duplex): void;
  /** The connection is ready: nothing was sent before. */
  onReady(): void;
}

/** The options of a request, which reach the agent's `createConnection`. */
interface ConnectionRequest extends http.RequestOptions {
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
  /** How long a new connection may take until it is ready, in milliseconds. @default 10000 */
  connectTimeout?: number | undefined;
}

/** The options of an agent that reach its `createConnection` with those of the request. */
interface Opened extends Partial<ConnectionRequest> {
  readonly connectTimeout?: number | undefined;
}

/** How long an idle connection is kept, in milliseconds: less than servers keep it, so that few are closed in use. */
const IDLE_TIMEOUT = 4000;

/** How long a new connection may take until it is ready, in milliseconds: as long as with `fetch`. */
const CONNECT_TIMEOUT = 10_000;

/** The agents of all clients, by protocol and proxies. */
const shared = new Map<string, http.Agent>();

/**
 * The connections to a service. Proxies are those that the environment names, except for loopback.
 *
 * @throws ConfigurationError for a proxy that cannot be used
 */
export function connectionsTo(base: URL, options: ConnectionOptions = {}): Connections {
  const secure = base.protocol === "https:";
  const { env = process.env, ...others } = options;
  const proxyEnv = isLoopback(base) ? undefined : proxiesFrom(env, secure ? "https" : "http");
  return {
    request: secure ? https.request : http.request,
    host: base.hostname.replace(/^\[|\]$/g, ""),
    port: base.port === "" ? undefined : Number(base.port),
    path: base.pathname.replace(/\/$/, ""),
    agent: agentFor(secure, proxyEnv, others),
    isProxied: proxyEnv !== undefined,
  };
}

function agentFor(
  secure: boolean,
  proxyEnv: ProxyEnvironment | undefined,
  { lookup, connectTimeout }: ConnectionOptions,
): http.Agent {
  const key = JSON.stringify([secure, proxyEnv]);
  const isShared = lookup === undefined && connectTimeout === undefined;
  const known = isShared ? shared.get(key) : undefined;
  if (known !== undefined) return known;
  const Agent = secure ? SecureAgent : PlainAgent;
  const options = { keepAlive: true, timeout: IDLE_TIMEOUT, proxyEnv, lookup, connectTimeout };
  const agent = new Agent(options);
  if (isShared) shared.set(key, agent);
  return agent;
}

/** Closes the connections that wait for their next request. */
export function closeIdle({ freeSockets }: http.Agent): void {
  for (const sockets of Object.values(freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

type OpenedBack = (error: Error | null, connection: Duplex) => void;

class PlainAgent extends http.Agent {
  override createConnection(options: Opened, callback?: OpenedBack) {
    const opening = new Opening(options);
    return opening.watch(super.createConnection(opening.options, callback), "connect");
  }
}

class SecureAgent extends https.Agent {
  override createConnection(options: Opened, callback?: OpenedBack) {
    const opening = new Opening(options);
    // Called only for a proxy, with the connection within the tunnel.
    const tunnelled: OpenedBack = (error, connection) => {
      if (!error) opening.onReady();
      callback?.(error, connection);
    };
    return opening.watch(super.createConnection(opening.options, tunnelled), "secureConnect");
  }
}

/** A connection until it is ready: tells its user what becomes of it, and gives up in time. */
class Opening {
  readonly options: Opened;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Opened) {
    // Node measures the opening of a tunnel by this, for which the time that a connection may be idle is too short.
    this.options = { ...options, timeout: options.connectTimeout ?? CONNECT_TIMEOUT };
  }

  watch<Connection extends Duplex | null | undefined>(
    connection: Connection,
    readyEvent: "connect" | "secureConnect",
  ): Connection {
    if (!connection) return connection;
    const timeout = this.options.connectTimeout ?? CONNECT_TIMEOUT;
    this.#timer = setTimeout(() => connection.destroy(new ConnectTimeout(timeout)), timeout);
    connection.once(readyEvent, this.onReady);
    connection.once("close", () => clearTimeout(this.#timer));
    this.options.user?.onOpening(connection);
    return connection;
  }

  readonly onReady = (): void => {
    clearTimeout(this.#timer);
    this.options.user?.onReady();
  };
}

/** A connection did not get ready in time. */
class ConnectTimeout extends Error {
  readonly code = "ETIMEDOUT";

  constructor(timeout: number) {
    super(`No connection within ${timeout} ms.`);
  }
}
