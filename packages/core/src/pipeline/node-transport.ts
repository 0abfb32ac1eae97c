import type { ClientRequest, IncomingMessage } from "node:http";
import { codeOf } from "../base/cleaned-cause.ts";
import { HeaderMap } from "../base/header-fields.ts";
import { BodyCollector, type BodyText, bodyRuleFor } from "./body-text.ts";
import {
  type ConnectionOptions,
  type Connections,
  closeIdle,
  connectionsTo,
  Opening,
} from "./connections.ts";
import { ACCEPTED_ENCODINGS, decodersFor, readBody } from "./content-encoding.ts";
import {
  type TimeLimit,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "./transport.ts";

/**
 * Sends requests with `node:http` and `node:https`, over connections that are kept open for a few seconds and shared by all
 * clients of the process.
 *
 * @throws ConfigurationError for a proxy that cannot be used
 */
export function nodeTransport(baseUrl: string, options?: ConnectionOptions): Transport {
  const connections = connectionsTo(new URL(baseUrl), options);
  return (request, signal, limit) =>
    new Promise((resolve, reject) => {
      new Exchange(request, signal, connections, { resolve, reject }).start(limit);
    });
}

interface Outcome {
  resolve(response: TransportResponse): void;
  reject(reason: unknown): void;
}

/** One request and its response. */
class Exchange {
  readonly #request: TransportRequest;
  readonly #signal: AbortSignal;
  readonly #connections: Connections;
  readonly #outcome: Outcome;
  #isSettled = false;
  readonly #opening: Opening;
  #outgoing: ClientRequest | undefined;
  #incoming: IncomingMessage | undefined;
  #headers: HeaderMap | undefined;
  #bytesBefore = 0;
  #stopReading: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: TransportRequest, signal: AbortSignal, connections: Connections, outcome: Outcome) {
    this.#request = request;
    this.#signal = signal;
    this.#connections = connections;
    this.#opening = new Opening(connections.connectTimeout);
    this.#outcome = outcome;
  }

  start(limit: TimeLimit | undefined): void {
    if (this.#signal.aborted) {
      this.#onAbort();
      return;
    }
    this.#signal.addEventListener("abort", this.#onAbort, { once: true });
    if (limit !== undefined)
      this.#timer = setTimeout(() => this.#giveUp(limit.errorOf(this.#headers)), limit.timeout);
    const { agent, reuse } = this.#connections;
    if (this.#request.method === "GET") {
      reuse.pass(() => this.#send());
      return;
    }
    // A write cannot be repeated if the server has just closed its connection, so that it gets a new one.
    closeIdle(agent);
    this.#send();
  }

  #send(): void {
    if (this.#isSettled) return;
    try {
      this.#transmit();
    } catch (error) {
      this.#fail(error);
    }
  }

  #transmit(): void {
    const { method, target, headers, body } = this.#request;
    const { request, agent, host, port, path } = this.#connections;
    const outgoing = request({
      agent,
      host,
      port,
      method,
      path: path + target,
      headers: headersToSend(headers, body),
      opening: this.#opening,
    });
    this.#outgoing = outgoing;
    outgoing.on("error", (error) => this.#onError(error));
    // Without an error, for example if the server wants to switch protocols.
    outgoing.on("close", () => this.#onError(new Error("The connection was closed without a response.")));
    outgoing.on("response", (incoming) => this.#onResponse(incoming));
    outgoing.on("socket", (socket) => {
      this.#opening.follow(socket);
      this.#bytesBefore = socket.bytesRead;
    });
    outgoing.end(body);
  }

  #onError(error: Error): void {
    // Once there is a response, its body says what becomes of it.
    if (this.#incoming === undefined) this.#fail(error);
  }

  /** Whether the server closed an idle connection just as it was used again. */
  #wasIdle(error: unknown): boolean {
    const outgoing = this.#outgoing;
    return (
      outgoing?.reusedSocket === true &&
      this.#incoming === undefined &&
      CLOSED_CODES.has(codeOf(error) ?? "") &&
      outgoing.socket?.bytesRead === this.#bytesBefore
    );
  }

  #onResponse(incoming: IncomingMessage): void {
    this.#incoming = incoming;
    if (this.#isSettled) {
      incoming.on("error", () => {}).destroy();
      return;
    }
    try {
      this.#read(incoming);
    } catch (error) {
      this.#fail(error);
    }
  }

  #read(incoming: IncomingMessage): void {
    const status = incoming.statusCode ?? 0;
    const headers = headersFrom(incoming.rawHeaders);
    this.#headers = headers;
    const { isBodiless, limit, mustBeComplete } = bodyRuleFor(status, this.#request.maxResponseBytes);
    const succeed = ({ text, truncated }: BodyText) => this.#succeed({ status, headers, text, truncated });
    if (isBodiless) {
      incoming.on("error", () => {});
      // The parser knows that the other statuses have no body, and what follows 205 is not waited for.
      if (status === 205) incoming.destroy();
      else incoming.resume();
      succeed(NO_BODY);
      return;
    }
    const body = new BodyCollector(limit);
    this.#stopReading = readBody(incoming, decodersFor(headers.get("content-encoding")), {
      onData: (chunk) => {
        if (body.add(chunk)) return;
        this.#stopReading?.();
        succeed(body.text(true));
      },
      onEnd: (error) => {
        if (error !== undefined) this.#stopReading?.();
        if (error === undefined) succeed(body.text(false));
        else if (mustBeComplete) this.#fail(error);
        else succeed(body.text(true));
      },
    });
  }

  #succeed(response: TransportResponse): void {
    if (!this.#settle()) return;
    this.#connections.reuse.noteEnd();
    this.#outcome.resolve(response);
  }

  #fail(error: unknown): void {
    if (!this.#settle()) return;
    const wasIdle = this.#wasIdle(error);
    this.#end();
    // The others have been idle for longer, and the next try must not meet the same fate.
    if (wasIdle) closeIdle(this.#connections.agent);
    const { isProxied } = this.#connections;
    const { isReady: sent } = this.#opening;
    this.#outcome.reject(new TransportError(error, { sent, wasIdle, isProxied, headers: this.#headers }));
  }

  readonly #onAbort = (): void => this.#giveUp(this.#signal.reason);

  #giveUp(reason: unknown): void {
    if (!this.#settle()) return;
    this.#end();
    this.#outcome.reject(reason);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#onAbort);
    return true;
  }

  /** Closes the connection: what may still arrive on it belongs to this request. */
  #end(): void {
    this.#stopReading?.();
    this.#outgoing?.destroy();
    // While a tunnel is being opened, the request does not know of the connection to the proxy.
    this.#opening.close();
  }
}

const NO_BODY: BodyText = { text: "", truncated: false };

/** The codes of a connection that was closed by the other side. */
const CLOSED_CODES = new Set(["ECONNRESET", "EPIPE"]);

function headersToSend(
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Record<string, string | number> {
  const encoded = { ...headers, "accept-encoding": ACCEPTED_ENCODINGS };
  return body === undefined ? encoded : { ...encoded, "content-length": Buffer.byteLength(body) };
}

/** The headers of a response, which may occur more than once. */
function headersFrom(rawHeaders: readonly string[]): HeaderMap {
  const headers = new HeaderMap();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  return headers;
}
