import { untilAborted } from "../base/until-aborted.ts";
import { UNREPORTED_WAIT, type WaitInfo } from "../base/wait-info.ts";
import {
  complete,
  emptyWindow,
  limitOf,
  type Outcome,
  type ReportedLimit,
  type RollingWindow,
  releaseTimes,
  reserve,
  type WindowRule,
  windowAt,
} from "./rolling-window.ts";

export interface ThrottleContext {
  now: () => number;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Called when the calls of a bucket begin to wait for longer than a moment: once for all, not once for each. */
  onWait?: ((wait: WaitInfo) => void) | undefined;
}

/** Permission for one call under a general limit. */
export interface Permit {
  /** Reports how the call ended, and what its response reported about the limit. */
  complete(outcome: Outcome, reported: ReportedLimit | null): void;
}

/** The permit would come too late. */
export interface TooLate {
  /** When it would be granted, in milliseconds since 1970. */
  turnAt: number;
  /** How many calls the bucket allows. */
  limit: number;
}

/** Keeps the general limits by waiting, first come, first served. Each bucket of operations has a window of its own. */
export class Throttle {
  readonly #buckets: ReadonlyMap<string, Bucket>;

  /** @param rules the limit of each bucket */
  constructor(rules: Readonly<Record<string, WindowRule>>, context: ThrottleContext) {
    this.#buckets = new Map(Object.entries(rules).map(([name, rule]) => [name, new Bucket(rule, context)]));
  }

  /**
   * Waits for a permit.
   *
   * @param name the bucket's name
   * @param maxWait the longest useful wait, in milliseconds
   * @throws the signal's reason, or what the injected sleep throws
   */
  async enter(name: string, maxWait: number, signal: AbortSignal): Promise<Permit | TooLate> {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new TypeError(`unknown rate-limit bucket "${name}"`);
    return await bucket.enter(maxWait, signal);
  }
}

class Bucket {
  readonly #rule: WindowRule;
  readonly #context: ThrottleContext;
  #window: RollingWindow = emptyWindow;
  #nextId = 0;
  #waiting = 0;
  /** Resolves when all calls that wait now have left. */
  #queue: Promise<void> = Promise.resolve();
  /** Wakes the first waiting call, because a call has ended; undefined while none waits for that. */
  #wake: AbortController | undefined;

  constructor(rule: WindowRule, context: ThrottleContext) {
    this.#rule = rule;
    this.#context = context;
  }

  async enter(maxWait: number, signal: AbortSignal): Promise<Permit | TooLate> {
    signal.throwIfAborted();
    const now = this.#context.now();
    const permit = this.#waiting === 0 ? this.#take(now) : undefined;
    if (permit !== undefined) return permit;
    const turnAt = this.#turnAt(now);
    if (turnAt - now >= maxWait) return { turnAt, limit: limitOf(this.#window, this.#rule) };
    return await this.#wait(signal);
  }

  async #wait(signal: AbortSignal): Promise<Permit> {
    const ahead = this.#queue;
    const left = Promise.withResolvers<void>();
    this.#queue = ahead.then(() => left.promise);
    this.#waiting += 1;
    try {
      await untilAborted(ahead, signal);
      for (;;) {
        const permit = this.#take(this.#context.now());
        if (permit !== undefined) return permit;
        await this.#waitForRoom(signal);
      }
    } finally {
      this.#waiting -= 1;
      left.resolve();
    }
  }

  /** Waits until the window should have room, or until a call ends, which may make room earlier or later. */
  async #waitForRoom(signal: AbortSignal): Promise<void> {
    this.#wake ??= new AbortController();
    const wake = this.#wake.signal;
    const either = AbortSignal.any([signal, wake]);
    const now = this.#context.now();
    const roomAt = this.#roomAt(now);
    if (roomAt !== undefined && roomAt - now > UNREPORTED_WAIT)
      this.#context.onWait?.({ reason: "rateLimit", until: new Date(roomAt) });
    try {
      await (roomAt === undefined
        ? untilAborted(new Promise<never>(() => {}), either)
        : this.#context.sleep(Math.max(1, roomAt - now), either));
    } catch (error) {
      if (signal.aborted || !wake.aborted) throw error;
    }
  }

  #take(now: number): Permit | undefined {
    // Kept, so that times from before the clock was set back do not stay in the future.
    this.#window = windowAt(this.#window, this.#rule, now);
    const id = String(this.#nextId);
    const reserved = reserve(this.#window, this.#rule, now, id);
    if (reserved === undefined) return undefined;
    this.#nextId += 1;
    this.#window = reserved;
    return {
      complete: (outcome, reported) => {
        const call = { id, now: this.#context.now(), outcome, reported };
        this.#window = complete(this.#window, this.#rule, call);
        this.#wake?.abort();
        this.#wake = undefined;
      },
    };
  }

  /** When the window has room, if no call in flight ends before; undefined if they take up all of it. */
  #roomAt(now: number): number | undefined {
    const { counted, inferred, inFlight, blockedUntil } = this.#window;
    const leaving = [...counted, ...inferred].map((at) => at + this.#rule.length).sort((a, b) => a - b);
    const excess = leaving.length + inFlight.length - limitOf(this.#window, this.#rule);
    const room = excess < 0 ? now : leaving[excess];
    return blockedUntil === null ? room : Math.max(room ?? now, blockedUntil);
  }

  /** When a call that joins now, behind all waiting calls, would get its permit. */
  #turnAt(now: number): number {
    const window = windowAt(this.#window, this.#rule, now);
    const limit = limitOf(window, this.#rule);
    const releases = releaseTimes(window, this.#rule);
    const available = [...new Array<number>(Math.max(0, limit - releases.length)).fill(now), ...releases];
    const rounds = Math.floor(this.#waiting / limit);
    const turn = (available[this.#waiting % limit] ?? now) + rounds * this.#rule.length;
    return Math.max(turn, window.blockedUntil ?? now);
  }
}
