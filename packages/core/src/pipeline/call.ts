import { TimeoutError } from "../base/errors.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";
import { type CallOptions, milliseconds, type ResponseInfo, type Settings } from "./options.ts";
import type { ResponseDetails } from "./response-info.ts";

/** One call of a client's method: what all its requests have in common. */
export interface Call {
  readonly options: CallOptions;
  /** Aborts when the call's time is up, or when the caller's or the client's own signal does. */
  readonly signal: AbortSignal;
  /** Like `signal`, but a second later if time is up: the cache may still have what did not arrive in time. */
  readonly graceSignal: AbortSignal;
  /** The time left, in milliseconds by the client's clock. */
  left(): number;
  /** Reports a response, or a cached one used in its place, to the call's observers. */
  report(request: ServiceRequest, facts: ResponseDetails): void;
}

/** A call whose time is running; disposing of it ends it and all its requests. */
export interface RunningCall extends Call, Disposable {
  /** Marks a request as in flight until disposed of, so that a timeout error can name it. */
  track(request: ServiceRequest): Disposable;
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
}

/** How long the cache is still waited for after a call's time is up, in milliseconds. */
const GRACE_PERIOD = 1000;

/** The abort reason for requests left over from a call that has ended. */
const ENDED = new DOMException("The call is over.", "AbortError");

/**
 * Starts a call and its one deadline, which all its requests, their retries and the waits between them share.
 *
 * @throws ConfigurationError if the timeout is not a positive number
 */
export function startCall(settings: Settings, { name, options, observers }: CallStart): RunningCall {
  const timeout = milliseconds(options.timeout ?? settings.callTimeout, "timeout");
  const inFlight = new Set<ServiceRequest>();
  const deadline = new PausableDeadline(timeout, settings.now, {
    outer: anySignal(options.signal, settings.signal),
    errorOf: () => {
      const subject =
        [...(name === undefined ? [] : [name]), ...oldestRequestName(inFlight, settings)].join(", at ") ||
        "The call";
      return new TimeoutError(`${subject} took longer than ${timeout} ms.`, timeout);
    },
  });
  return {
    options,
    signal: deadline.signal,
    graceSignal: deadline.graceSignal,
    left: () => deadline.left(),
    track(request) {
      inFlight.add(request);
      return { [Symbol.dispose]: () => void inFlight.delete(request) };
    },
    report: (request, facts) => {
      const info = infoOf(request, facts, settings);
      for (const observer of observers) observer?.(info);
    },
    pause: () => deadline.pause(),
    resume: () => deadline.resume(),
    [Symbol.dispose]: () => deadline.end(ENDED),
  };
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

/** A deadline that can be paused, and that also follows another signal while it runs. */
class PausableDeadline {
  readonly #controller = new AbortController();
  readonly #grace = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #errorOf: () => Error;
  /** By the real clock; for the timer. */
  readonly #real: Countdown;
  /** By the client's clock; for planning waits. */
  readonly #planned: Countdown;
  #timer: NodeJS.Timeout | undefined;

  /** @param timeout in milliseconds */
  constructor(
    timeout: number,
    now: () => number,
    { outer, errorOf }: { outer: AbortSignal | undefined; errorOf: () => Error },
  ) {
    this.#outer = outer;
    this.#errorOf = errorOf;
    this.#real = new Countdown(timeout, () => performance.now());
    this.#planned = new Countdown(timeout, now);
    this.#run();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts a second after `signal` if that one timed out. */
  get graceSignal(): AbortSignal {
    return this.#grace.signal;
  }

  /** The time left, in milliseconds. */
  left(): number {
    return this.#planned.left();
  }

  pause(): void {
    this.#stop();
    this.#real.pause();
    this.#planned.pause();
  }

  resume(): void {
    this.#real.resume();
    this.#planned.resume();
    this.#run();
  }

  end(reason: unknown): void {
    this.#stop();
    this.#controller.abort(reason);
    this.#grace.abort(reason);
  }

  #run(): void {
    if (this.#outer?.aborted) {
      this.#follow();
      return;
    }
    this.#outer?.addEventListener("abort", this.#follow, { once: true });
    this.#timer = setTimeout(
      () => {
        const error = this.#errorOf();
        this.#timer = setTimeout(() => this.#grace.abort(error), GRACE_PERIOD);
        this.#controller.abort(error);
      },
      Math.max(0, this.#real.left()),
    );
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#follow);
  }

  readonly #follow = (): void => this.end(this.#outer?.reason);
}

/** The rest of a time span, by a clock that can be paused. */
class Countdown {
  readonly #clock: () => number;
  #left: number;
  #since: number | undefined;

  constructor(length: number, clock: () => number) {
    this.#clock = clock;
    this.#left = length;
    this.#since = clock();
  }

  left(): number {
    return this.#left - (this.#since === undefined ? 0 : this.#clock() - this.#since);
  }

  pause(): void {
    this.#left = this.left();
    this.#since = undefined;
  }

  resume(): void {
    this.#since ??= this.#clock();
  }
}

function anySignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return AbortSignal.any([one, other]);
}
