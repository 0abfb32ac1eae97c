import { generalLimits, type RateLimitBucket } from "./rate-limit-buckets.ts";
import {
  emptyWindow,
  freeTimes,
  limitOf,
  type Outcome,
  type RollingWindow,
  reserve,
  settle,
  type Told,
  type WindowRule,
  windowAt,
} from "./rolling-window.ts";

/** What pacing works with. */
export interface PaceContext {
  now: () => number;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** A place under a general limit. */
export interface Pass {
  /** Takes note of how the call ended, and of what its answer said of the limit. */
  settle(outcome: Outcome, told: Told | null): void;
}

/** A turn would come too late. */
export interface TooLate {
  /** When it would come, in milliseconds since 1970. */
  turnAt: number;
}

interface Waiter {
  grant(pass: Pass): void;
  fail(reason: unknown): void;
}

/**
 * Keeps the general limits by waiting: each bucket of operations has its own window. Who waits is served in turn by
 * account, not by who came first, so that one account's hundred pages do not hold up another's one call.
 */
export class Pace {
  readonly #context: PaceContext;
  readonly #lanes = new Map<RateLimitBucket, Lane>();

  constructor(context: PaceContext) {
    this.#context = context;
  }

  /**
   * Waits for a place.
   *
   * @param party who asks: an account's id, or anything else that takes turns
   * @param patience milliseconds after which a turn would be of no use
   */
  async enter(
    bucket: RateLimitBucket,
    party: string,
    patience: number,
    signal: AbortSignal,
  ): Promise<Pass | TooLate> {
    let lane = this.#lanes.get(bucket);
    if (lane === undefined) {
      lane = new Lane(generalLimits[bucket], this.#context);
      this.#lanes.set(bucket, lane);
    }
    return await lane.enter(party, patience, signal);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

class Lane {
  readonly #rule: WindowRule;
  readonly #context: PaceContext;
  #window: RollingWindow = emptyWindow;
  #nextId = 0;
  /** By party, in the order of their turns. */
  readonly #waiting = new Map<string, Set<Waiter>>();
  #pause: AbortController | undefined;

  constructor(rule: WindowRule, context: PaceContext) {
    this.#rule = rule;
    this.#context = context;
  }

  async enter(party: string, patience: number, signal: AbortSignal): Promise<Pass | TooLate> {
    signal.throwIfAborted();
    const now = this.#context.now();
    if (this.#waiting.size === 0) {
      const pass = this.#take(now);
      if (pass !== undefined) return pass;
    }
    const turnAt = this.#turnAt(now);
    if (turnAt - now >= patience) return { turnAt };
    return await this.#wait(party, signal);
  }

  async #wait(party: string, signal: AbortSignal): Promise<Pass> {
    const { promise, resolve, reject } = Promise.withResolvers<Pass>();
    const waiter: Waiter = { grant: resolve, fail: reject };
    const leave = () => {
      this.#leave(party, waiter);
      reject(signal.reason);
    };
    this.#waiting.set(party, (this.#waiting.get(party) ?? new Set()).add(waiter));
    signal.addEventListener("abort", leave, { once: true });
    void this.#serve();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Serves those who wait, until none is left; runs once at a time. */
  async #serve(): Promise<void> {
    if (this.#pause !== undefined) return;
    while (this.#waiting.size > 0) {
      const pass = this.#take(this.#context.now());
      if (pass !== undefined) {
        this.#nextInTurn()?.grant(pass);
        continue;
      }
      this.#pause = new AbortController();
      try {
        await this.#untilFree(this.#pause.signal);
      } catch (error) {
        if (!this.#pause.signal.aborted) this.#failAll(error);
      }
    }
    this.#pause = undefined;
  }

  #nextInTurn(): Waiter | undefined {
    const [turn] = this.#waiting;
    if (turn === undefined) return undefined;
    const [party, waiters] = turn;
    const [waiter] = waiters;
    this.#waiting.delete(party);
    if (waiter !== undefined) waiters.delete(waiter);
    if (waiters.size > 0) this.#waiting.set(party, waiters);
    return waiter;
  }

  #leave(party: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(party);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiting.delete(party);
    if (this.#waiting.size === 0) this.#pause?.abort();
  }

  #failAll(reason: unknown): void {
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.fail(reason);
    this.#waiting.clear();
  }

  #take(now: number): Pass | undefined {
    const id = String(this.#nextId);
    const taken = reserve(this.#window, this.#rule, now, id);
    if (taken === undefined) return undefined;
    this.#nextId += 1;
    this.#window = taken;
    return {
      settle: (outcome, told) => {
        const call = { id, now: this.#context.now(), outcome, told };
        this.#window = settle(this.#window, this.#rule, call);
        this.#pause?.abort();
      },
    };
  }

  /** Waits until a call leaves the window; where all places are held by calls under way, until one of them ends. */
  async #untilFree(ended: AbortSignal): Promise<void> {
    const now = this.#context.now();
    const window = windowAt(this.#window, this.#rule, now);
    const done = [...window.own, ...window.guessed].sort((a, b) => a - b);
    const over = done.length + window.underWay.length - limitOf(window, this.#rule);
    const rolls = done[Math.max(0, over)];
    const until = Math.max(window.closedUntil ?? 0, over < 0 ? 0 : (rolls ?? 0) + this.#rule.length);
    const isKnown = window.closedUntil !== null || over < 0 || rolls !== undefined;
    await (isKnown ? this.#context.sleep(Math.max(1, until - now), ended) : aborted(ended));
  }

  /** When the turn of one who comes now would be, behind all who wait. */
  #turnAt(now: number): number {
    const window = windowAt(this.#window, this.#rule, now);
    const limit = limitOf(window, this.#rule);
    const ahead = [...this.#waiting.values()].reduce((sum, waiters) => sum + waiters.size, 0);
    const taken = freeTimes(window, this.#rule);
    const free = [...new Array<number>(Math.max(0, limit - taken.length)).fill(now), ...taken];
    const rounds = Math.floor(ahead / limit);
    const turn = (free[ahead % limit] ?? now) + rounds * this.#rule.length;
    return Math.max(turn, window.closedUntil ?? now);
  }
}
