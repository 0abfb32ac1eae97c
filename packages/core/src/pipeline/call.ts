import { TimeoutError } from "../base/errors.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";
import { type CallOptions, milliseconds, type ResponseInfo, type Settings } from "./options.ts";
import type { ResponseFacts } from "./response-info.ts";

/** One call of a client's method, however many requests it makes: what they have in common. */
export interface Call {
  readonly options: CallOptions;
  /** Ends with the call's time, or when the caller or the client's owner wants it to. */
  readonly signal: AbortSignal;
  /** The same, but a second after the call's time: for the cache, which may still have what could not be had in time. */
  readonly lateSignal: AbortSignal;
  /** How much of its time is left, in milliseconds by the client's clock. */
  left(): number;
  /** Says of a response, or of what stood in for one, where it came from. */
  tell(request: ServiceRequest, facts: ResponseFacts): void;
}

/** A call whose time is running; disposing of it ends it, and whatever it has left behind. */
export interface RunningCall extends Call, Disposable {
  /** Takes note of a request for the error if time is up while it is under way, which it is until disposed of. */
  begin(request: ServiceRequest): Disposable;
  /** Stops its time while the caller is busy. */
  pause(): void;
  /** Lets its time run on. */
  resume(): void;
}

/** How a call is started. */
export interface CallStart {
  /** The client's method, if it may make several requests. */
  name?: string | undefined;
  options: CallOptions;
  /** Told of each response that the call gets, in this order. */
  observers: readonly (((info: ResponseInfo) => void) | undefined)[];
}

/** For how long after a call's time the cache is still waited for, in milliseconds. */
const LATE = 1000;

/** What ends the requests of a call that is over; nobody waits for them any more. */
const ENDED = new DOMException("The call is over.", "AbortError");

/**
 * Starts a call, and its one deadline: all its requests, their tries and the waits between them share its time.
 *
 * @throws ConfigurationError if the timeout is not a positive number
 */
export function startCall(settings: Settings, { name, options, observers }: CallStart): RunningCall {
  const timeout = milliseconds(options.timeout ?? settings.timeout.perCall, "timeout");
  const underWay = new Set<ServiceRequest>();
  const deadline = new HeldDeadline(timeout, settings.now, {
    outer: eitherSignal(options.signal, settings.signal),
    errorOf: () => {
      const what =
        [...(name === undefined ? [] : [name]), ...nameOfFirst(underWay, settings)].join(", at ") ||
        "The call";
      return new TimeoutError(`${what} took longer than ${timeout} ms.`, timeout);
    },
  });
  return {
    options,
    signal: deadline.signal,
    lateSignal: deadline.lateSignal,
    left: () => deadline.left(),
    begin(request) {
      underWay.add(request);
      return { [Symbol.dispose]: () => void underWay.delete(request) };
    },
    tell: (request, facts) => {
      const info = infoOf(request, facts, settings);
      for (const observer of observers) observer?.(info);
    },
    pause: () => deadline.pause(),
    resume: () => deadline.resume(),
    [Symbol.dispose]: () => deadline.end(ENDED),
  };
}

/** The request that has been under way for longest, as messages name it; nothing if there is none. */
function nameOfFirst(underWay: ReadonlySet<ServiceRequest>, { secrets }: Settings): string[] {
  const [first] = underWay;
  return first === undefined ? [] : [`${first.operation.method} ${secrets.clean(first.path)}`];
}

function infoOf(request: ServiceRequest, facts: ResponseFacts, { secrets }: Settings): ResponseInfo {
  const { operation, path } = request;
  return {
    operation: operation.name,
    method: operation.method,
    path: secrets.clean(path),
    dataKind: accountDataOf(request)?.dataKind ?? null,
    ...facts,
  };
}

/** A deadline that can be held, and that follows another signal while it runs. */
class HeldDeadline {
  readonly #controller = new AbortController();
  readonly #late = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #errorOf: () => Error;
  /** By the real clock, for the timer. */
  readonly #real: Countdown;
  /** By the client's clock, by which waits are planned. */
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

  /** Ends a second later, if it is time that has ended the other one. */
  get lateSignal(): AbortSignal {
    return this.#late.signal;
  }

  /** In milliseconds. */
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
    this.#late.abort(reason);
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
        this.#timer = setTimeout(() => this.#late.abort(error), LATE);
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

/** What is left of a time, by a clock that can be held. */
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

function eitherSignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return AbortSignal.any([one, other]);
}
