import { untilAborted } from "../base/until-aborted.ts";

/** How many turns of the microtask queue a local store takes at most. */
const SOON = 32;

/**
 * Whether a promise settles without waiting for anything outside this process: a store on this machine has its result
 * before any timer could fire, and setting one up takes longer than reading from it.
 */
export async function settlesSoon(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const note = () => {
    isSettled = true;
  };
  promise.then(note, note);
  for (let turn = 0; turn < SOON && !isSettled; turn += 1) await undefined;
  return isSettled;
}

/** Settles as `untilAborted` does, but asks for the signal only if the promise does not settle soon. */
export async function soonOrUntilAborted<T>(promise: Promise<T>, signal: () => AbortSignal): Promise<T> {
  return (await settlesSoon(promise)) ? await promise : await untilAborted(promise, signal());
}

/** How long to wait for the cache after a call has timed out, in milliseconds. */
const GRACE_PERIOD = 1000;

/** A deadline that can be paused, and that also follows another signal while it runs. */
export class PausableDeadline {
  readonly #outer: AbortSignal | undefined;
  readonly #errorOf: () => Error;
  /** By the real clock; for the timer. */
  readonly #real: Countdown;
  /** By the client's clock; for planning waits. */
  readonly #planned: Countdown;
  readonly #own = new LateSignal();
  readonly #grace = new LateSignal();
  #isWatched = false;
  #isPaused = false;
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
  }

  /** The timer starts when a signal is first asked for. */
  get signal(): AbortSignal {
    this.#watch();
    return this.#own.signal;
  }

  /** Aborts a second after `signal` if that one timed out. */
  get graceSignal(): AbortSignal {
    this.#watch();
    return this.#grace.signal;
  }

  /** Throws what `graceSignal` would, without a timer being started. */
  throwIfGraceIsOver(): void {
    if (!this.#isWatched && this.#outer?.aborted) throw this.#outer.reason;
    this.#grace.throwIfAborted();
  }

  /** The time left, in milliseconds. */
  left(): number {
    return this.#planned.left();
  }

  pause(): void {
    this.#isPaused = true;
    this.#stop();
    this.#real.pause();
    this.#planned.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#real.resume();
    this.#planned.resume();
    if (this.#isWatched) this.#run();
  }

  end(reason: unknown): void {
    this.#isWatched = true;
    this.#stop();
    this.#own.abort(reason);
    this.#grace.abort(reason);
  }

  /** As `end`, if nothing waits for the signals now: they are aborted for whoever asks for them later. */
  endQuietly(reason: unknown): void {
    this.#isWatched = true;
    this.#stop();
    this.#own.abortLater(reason);
    this.#grace.abortLater(reason);
  }

  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    if (!this.#isPaused) this.#run();
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
        this.#own.abort(error);
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

/** A signal that is made when it is first asked for, as making and aborting one is slow. */
class LateSignal {
  #controller: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.abortLater(reason);
    this.#controller?.abort(this.#aborted?.reason);
  }

  /** Aborts once the signal is asked for again. */
  abortLater(reason: unknown): void {
    this.#aborted ??= { reason };
  }

  throwIfAborted(): void {
    if (this.#aborted !== undefined) throw this.#aborted.reason;
  }
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
