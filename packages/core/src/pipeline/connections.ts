import * as http from "node:http";
import * as https from "node:https";
import { type LookupFunction, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { isLoopback } from "./loopback.ts";
import { type ProxyEnvironment, proxiesFrom } from "./proxies.ts";

/** The options of a request, which reach the agent's `createConnection`. */
interface ConnectionRequest extends http.RequestOptions {
  readonly opening: Opening;
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
  readonly reuse: ReuseGate;
  /** How long a new connection may take until it is ready, in milliseconds. */
  readonly connectTimeout: number;
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

/** How long an idle connection is kept, in milliseconds: less than servers keep it, so that few are closed in use. */
const IDLE_TIMEOUT = 4000;

/** How long a new connection may take until it is ready, in milliseconds: as long as with `fetch`. */
const CONNECT_TIMEOUT = 10_000;

/** An agent, and when its connections may be used again. */
type Pool = Pick<Connections, "agent" | "reuse">;

/** The connections of all clients, by protocol and proxies. */
const shared = new Map<string, Pool>();

/**
 * The connections to a service. Proxies are those that the environment names, except for loopback.
 *
 * @throws ConfigurationError for a proxy that cannot be used
 */
export function connectionsTo(base: URL, options: ConnectionOptions = {}): Connections {
  const secure = base.protocol === "https:";
  const { env = process.env, connectTimeout = CONNECT_TIMEOUT } = options;
  const proxyEnv = isLoopback(base) ? undefined : proxiesFrom(env, secure ? "https" : "http");
  return {
    request: secure ? https.request : http.request,
    host: base.hostname.replace(/^\[|\]$/g, ""),
    port: base.port === "" ? undefined : Number(base.port),
    path: base.pathname.replace(/\/$/, ""),
    ...poolFor(secure, proxyEnv, options),
    connectTimeout,
    isProxied: proxyEnv !== undefined,
  };
}

function poolFor(
  secure: boolean,
  proxyEnv: ProxyEnvironment | undefined,
  { lookup, connectTimeout }: ConnectionOptions,
): Pool {
  const key = JSON.stringify([secure, proxyEnv]);
  const isShared = lookup === undefined && connectTimeout === undefined;
  const known = isShared ? shared.get(key) : undefined;
  if (known !== undefined) return known;
  const Agent = secure ? SecureAgent : PlainAgent;
  const agent = new Agent({ keepAlive: true, timeout: IDLE_TIMEOUT, proxyEnv, lookup });
  const pool = { agent, reuse: new ReuseGate() };
  if (isShared) shared.set(key, pool);
  return pool;
}

/**
 * Keeps a request from using a connection before it could show that the server has closed it: some servers do so after a
 * response without announcing it. Node learns of that when it next looks at the network, so that a request which follows
 * at once waits for two turns of the event loop, which takes microseconds.
 */
class ReuseGate {
  #recentEnds = 0;

  /** A response has ended, and its connection waits for the next request. */
  noteEnd(): void {
    this.#recentEnds += 1;
    afterTwoTurns(() => {
      this.#recentEnds -= 1;
    });
  }

  /** Calls back once a request may use any of the connections. */
  pass(proceed: () => void): void {
    if (this.#recentEnds === 0) proceed();
    else afterTwoTurns(proceed);
  }
}

function afterTwoTurns(work: () => void): void {
  setImmediate(() => setImmediate(work));
}

/** Closes the connections that wait for their next request, to whichever host. */
export function closeIdle({ freeSockets }: http.Agent): void {
  for (const sockets of Object.values(freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

type OpenedBack = (error: Error | null, connection: Duplex) => void;

class PlainAgent extends http.Agent {
  override createConnection(options: Partial<ConnectionRequest>, callback?: OpenedBack) {
    return opened(options, super.createConnection(withConnectTimeout(options), callback));
  }
}

class SecureAgent extends https.Agent {
  override createConnection(options: Partial<ConnectionRequest>, callback?: OpenedBack) {
    return opened(options, super.createConnection(withConnectTimeout(options), callback));
  }
}

/** Node measures the opening of a tunnel by its timeout, for which the time that a connection may be idle is too short. */
function withConnectTimeout(options: Partial<ConnectionRequest>): Partial<ConnectionRequest> {
  return options.opening === undefined ? options : { ...options, timeout: options.opening.timeout };
}

function opened<Connection extends Duplex | null | undefined>(
  { opening }: Partial<ConnectionRequest>,
  connection: Connection,
): Connection {
  if (connection) opening?.begin(connection);
  return connection;
}

/**
 * The opening of a connection for one request, which has to be ready in time. Node keeps it as long as the connection, so
 * that it does not know the request.
 */
export class Opening {
  /** In milliseconds. */
  readonly timeout: number;
  /** Whether there is a connection to the service, so that what is sent may arrive. */
  isReady = false;
  /** A connection to the service, or to the proxy that leads there. */
  #connection: Duplex | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeout: number) {
    this.timeout = timeout;
  }

  begin(connection: Duplex): void {
    this.#connection = connection;
    this.#timer = setTimeout(() => connection.destroy(new ConnectTimeout(this.timeout)), this.timeout);
    connection.once("close", () => clearTimeout(this.#timer));
  }

  /** The request has got a connection, which may not be ready yet. */
  follow(connection: Duplex): void {
    if (connection.destroyed) return;
    const event = pendingEvent(connection);
    if (event === undefined) this.#end();
    else connection.once(event, () => this.#end());
  }

  /** Closes a connection that is not ready yet. */
  close(): void {
    clearTimeout(this.#timer);
    this.#connection?.destroy();
  }

  #end(): void {
    this.isReady = true;
    this.#connection = undefined;
    clearTimeout(this.#timer);
  }
}

/** The event after which a connection is ready; undefined if it is. */
function pendingEvent(connection: Duplex): "connect" | "secureConnect" | undefined {
  if (!(connection instanceof Socket)) return undefined;
  if (!(connection instanceof TLSSocket)) return connection.connecting ? "connect" : undefined;
  // The protocol is "unknown" until the handshake is complete.
  const isHandshaking = connection.connecting || connection.getProtocol() === "unknown";
  return isHandshaking ? "secureConnect" : undefined;
}

/** A connection did not get ready in time. */
class ConnectTimeout extends Error {
  readonly code = "ETIMEDOUT";

  constructor(timeout: number) {
    super(`No connection within ${timeout} ms.`);
  }
}
