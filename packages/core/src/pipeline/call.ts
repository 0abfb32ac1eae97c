import { TimeoutError } from "../base/errors.ts";
import type { CallOptions } from "./call-options.ts";
import { PausableDeadline } from "./deadline.ts";
import { headersFrom, type RequestHeaders, secretHeaders } from "./headers.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";
import { type Settings, timerDelay } from "./options.ts";
import type { ResponseDetails } from "./response-details.ts";
import type { ResponseInfo } from "./response-info.ts";

/** One call of a client's method: what all its requests have in common. */
export interface Call {
  readonly options: CallOptions;
  /** The headers that its requests have in addition to the client's own. */
  readonly headers: RequestHeaders;
  /** Aborts when the call's time is up, or when the caller's or the client's own signal does. */
  readonly signal: AbortSignal;
  /** Like `signal`, but a second later if time is up: the cache may still have what did not arrive in time. */
  readonly graceSignal: AbortSignal;
  /** Throws the reason of `graceSignal` if it is aborted; costs less than asking for that signal. */
  throwIfGraceIsOver(): void;
  /** The time left, in milliseconds by the client's clock. */
  left(): number;
  /** Reports a response, or a cached one used in its place, to the call's observers, if there are any. */
  report(request: ServiceRequest, facts: () => ResponseDetails): void;
}

/** A call whose time is running; disposing of it ends it and all its requests. */
export interface RunningCall extends Call, Disposable {
  /** Marks a request as in flight until disposed of, so that a timeout error can name it. */
  track(request: ServiceRequest): Disposable;
  /** Whether whoever makes the call learns of each response. */
  readonly tellsCaller: boolean;
  /** Stops the clock while the caller is busy. */
  pause(): void;
  /** Lets the clock run on. */
  resume(): void;
}

/** How a call is started. */
export interface CallStart {
  /** The name of the client's method, if it may make several requests. */
  name?: string | undefined;
  options: CallOptions;
  /** Called with each response that the call gets, in this order. */
  observers: readonly (((info: ResponseInfo) => void) | undefined)[];
  /** Whether whoever makes the call learns of each response, so that what they get need not be logged as well. */
  tellsCaller?: boolean | undefined;
}

/** The abort reason for requests left over from a call that has ended. */
const ENDED = new DOMException("The call is over.", "AbortError");

/**
 * Starts a call and its one deadline, which all its requests, their retries and the waits between them share.
 *
 * @param start whose options are checked
 * @throws ConfigurationError if a header cannot be sent
 */
export function startCall(settings: Settings, start: CallStart): RunningCall {
  return new TimedCall(settings, start, timerDelay(start.options.timeout ?? settings.callTimeout));
}

class TimedCall implements RunningCall {
  readonly options: CallOptions;
  readonly headers: RequestHeaders;
  readonly tellsCaller: boolean;
  readonly #settings: Settings;
  readonly #observers: ((info: ResponseInfo) => void)[];
  readonly #inFlight = new Set<ServiceRequest>();
  readonly #deadline: PausableDeadline;

  constructor(
    settings: Settings,
    { name, options, observers, tellsCaller = false }: CallStart,
    timeout: number,
  ) {
    this.options = options;
    this.headers = headersOf(options, settings);
    this.tellsCaller = tellsCaller;
    this.#settings = settings;
    this.#observers = observers.filter((observer) => observer !== undefined);
    this.#deadline = new PausableDeadline(timeout, settings.now, {
      outer: anySignal(options.signal, settings.signal),
      errorOf: () => {
        const method = name === undefined ? [] : [name];
        const subject = [...method, ...oldestRequestName(this.#inFlight, settings)].join(", at ");
        return new TimeoutError(`${subject || "The call"} took longer than ${timeout} ms.`, timeout);
      },
    });
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  get graceSignal(): AbortSignal {
    return this.#deadline.graceSignal;
  }

  throwIfGraceIsOver(): void {
    this.#deadline.throwIfGraceIsOver();
  }

  left(): number {
    return this.#deadline.left();
  }

  track(request: ServiceRequest): Disposable {
    this.#inFlight.add(request);
    return { [Symbol.dispose]: () => void this.#inFlight.delete(request) };
  }

  report(request: ServiceRequest, facts: () => ResponseDetails): void {
    if (this.#observers.length === 0) return;
    const info = infoOf(request, facts(), this.#settings);
    for (const observer of this.#observers) observer(info);
  }

  pause(): void {
    this.#deadline.pause();
  }

  resume(): void {
    this.#deadline.resume();
  }

  [Symbol.dispose](): void {
    if (this.#inFlight.size > 0) this.#deadline.end(ENDED);
    else this.#deadline.endQuietly(ENDED);
  }
}

/** The client's headers with those of a call, whose values are kept out of all texts from now on. */
function headersOf({ headers }: CallOptions, settings: Settings): RequestHeaders {
  if (headers === undefined) return settings.headers;
  const all = headersFrom(headers, settings.headers);
  settings.secrets.addHeaders(secretHeaders(all));
  return all;
}

/** The request that has been in flight the longest, as messages name it; empty if there is none. */
function oldestRequestName(inFlight: ReadonlySet<ServiceRequest>, { secrets }: Settings): string[] {
  const [first] = inFlight;
  return first === undefined ? [] : [`${first.operation.method} ${secrets.redact(first.path)}`];
}

function infoOf(request: ServiceRequest, facts: ResponseDetails, { secrets }: Settings): ResponseInfo {
  const { operation, path } = request;
  return {
    operation: operation.name,
    method: operation.method,
    path: secrets.redact(path),
    dataKind: accountDataOf(request)?.dataKind ?? null,
    ...facts,
  };
}

function anySignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return AbortSignal.any([one, other]);
}
