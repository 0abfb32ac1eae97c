import { TimeoutError } from "../base/errors.ts";

/** A signal that follows another one and also aborts after a timeout; disposing of it stops the timer. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Starts a deadline.
 *
 * @param timeout milliseconds from now
 * @param message the message of the TimeoutError that becomes the signal's reason
 * @param outer another signal that also aborts this one, with its own reason
 */
export function startDeadline(timeout: number, message: string, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TimeoutError(message, timeout)), timeout);
  const follow = () => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  else outer?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", follow);
    },
  };
}

/** Settles as the promise does, or rejects with the signal's reason as soon as that aborts. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener("abort", onAbort);
        resolve(value);
      },
      (error) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      },
    );
  });
}

/** How long to wait for the cache after a call has timed out, in milliseconds. */
const GRACE_PERIOD = 1000;

/** A deadline that can be paused, and that also follows another signal while it runs. */
export class PausableDeadline {
  readonly #controller = new AbortController();
  /** Made when it is first asked for, as a client without a cache never does. */
  #grace: AbortController | undefined;
  readonly #outer: AbortSignal | undefined;
  readonly #errorOf: () => Error;
  /** By the real clock; for the timer. */
  readonly #real: Countdown;
  /** By the client's clock; for planning waits. */
  readonly #planned: Countdown;
  #timer: NodeJS.Timeout | undefined;
  #graceEnded: { reason: unknown } | undefined;

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
    if (this.#grace === undefined) {
      this.#grace = new AbortController();
      if (this.#graceEnded !== undefined) this.#grace.abort(this.#graceEnded.reason);
    }
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
    this.#endGrace(reason);
  }

  #endGrace(reason: unknown): void {
    this.#graceEnded ??= { reason };
    this.#grace?.abort(reason);
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
        this.#timer = setTimeout(() => this.#endGrace(error), GRACE_PERIOD);
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
