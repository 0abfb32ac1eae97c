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

interface Waiter {
  grant(permit: Permit): void;
  fail(reason: unknown): void;
}

/**
 * Keeps the general limits by waiting: each bucket of operations has its own window. Accounts take turns, so that one
 * account's hundred pages do not hold up another's single call.
 */
export class Throttle {
  readonly #rules: Readonly<Record<string, WindowRule>>;
  readonly #context: ThrottleContext;
  readonly #buckets = new Map<string, Bucket>();

  /** @param rules the limit of each bucket */
  constructor(rules: Readonly<Record<string, WindowRule>>, context: ThrottleContext) {
    this.#rules = rules;
    this.#context = context;
  }

  /**
   * Waits for a permit.
   *
   * @param name the bucket's name
   * @param queueKey whose turn it takes: an account's id, or any other key
   * @param maxWait the longest useful wait, in milliseconds
   */
  async enter(
    name: string,
    queueKey: string,
    maxWait: number,
    signal: AbortSignal,
  ): Promise<Permit | TooLate> {
    return await this.#bucket(name).enter(queueKey, maxWait, signal);
  }

  #bucket(name: string): Bucket {
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const rule = this.#rules[name];
    if (rule === undefined) throw new TypeError(`unknown rate-limit bucket "${name}"`);
    const bucket = new Bucket(rule, this.#context);
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

function rejectedOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

class Bucket {
  readonly #rule: WindowRule;
  readonly #context: ThrottleContext;
  #window: RollingWindow = emptyWindow;
  #nextId = 0;
  /** By queue key, in the order of their turns. */
  readonly #waiting = new Map<string, Set<Waiter>>();
  #pause: AbortController | undefined;

  constructor(rule: WindowRule, context: ThrottleContext) {
    this.#rule = rule;
    this.#context = context;
  }

  async enter(queueKey: string, maxWait: number, signal: AbortSignal): Promise<Permit | TooLate> {
    signal.throwIfAborted();
    const now = this.#context.now();
    if (this.#waiting.size === 0) {
      const permit = this.#take(now);
      if (permit !== undefined) return permit;
    }
    const turnAt = this.#turnAt(now);
    if (turnAt - now >= maxWait) return { turnAt, limit: limitOf(this.#window, this.#rule) };
    return await this.#wait(queueKey, signal);
  }

  async #wait(queueKey: string, signal: AbortSignal): Promise<Permit> {
    const { promise, resolve, reject } = Promise.withResolvers<Permit>();
    const waiter: Waiter = { grant: resolve, fail: reject };
    const leave = () => {
      this.#removeWaiter(queueKey, waiter);
      reject(signal.reason);
    };
    this.#waiting.set(queueKey, (this.#waiting.get(queueKey) ?? new Set()).add(waiter));
    signal.addEventListener("abort", leave, { once: true });
    void this.#serve();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Grants permits to waiters until none is left; runs at most once at a time. */
  async #serve(): Promise<void> {
    if (this.#pause !== undefined) return;
    while (this.#waiting.size > 0) {
      const permit = this.#take(this.#context.now());
      if (permit !== undefined) {
        this.#nextInTurn()?.grant(permit);
        continue;
      }
      this.#pause = new AbortController();
      try {
        await this.#waitForRoom(this.#pause.signal);
      } catch (error) {
        if (!this.#pause.signal.aborted) this.#failAll(error);
      }
    }
    this.#pause = undefined;
  }

  #nextInTurn(): Waiter | undefined {
    const [turn] = this.#waiting;
    if (turn === undefined) return undefined;
    const [queueKey, waiters] = turn;
    const [waiter] = waiters;
    this.#waiting.delete(queueKey);
    if (waiter !== undefined) waiters.delete(waiter);
    if (waiters.size > 0) this.#waiting.set(queueKey, waiters);
    return waiter;
  }

  #removeWaiter(queueKey: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(queueKey);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiting.delete(queueKey);
    if (this.#waiting.size === 0) this.#pause?.abort();
  }

  #failAll(reason: unknown): void {
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.fail(reason);
    this.#waiting.clear();
  }

  #take(now: number): Permit | undefined {
    const id = String(this.#nextId);
    const reserved = reserve(this.#window, this.#rule, now, id);
    if (reserved === undefined) return undefined;
    this.#nextId += 1;
    this.#window = reserved;
    return {
      complete: (outcome, reported) => {
        const call = { id, now: this.#context.now(), outcome, reported };
        this.#window = complete(this.#window, this.#rule, call);
        this.#pause?.abort();
      },
    };
  }

  /** Waits until a call leaves the window; if calls in flight take up all of it, until one of them ends. */
  async #waitForRoom(ended: AbortSignal): Promise<void> {
    const now = this.#context.now();
    const window = windowAt(this.#window, this.#rule, now);
    const done = [...window.counted, ...window.inferred].sort((a, b) => a - b);
    const excess = done.length + window.inFlight.length - limitOf(window, this.#rule);
    const nextToLeave = done[Math.max(0, excess)];
    const until = Math.max(window.blockedUntil ?? 0, excess < 0 ? 0 : (nextToLeave ?? 0) + this.#rule.length);
    const isKnown = window.blockedUntil !== null || excess < 0 || nextToLeave !== undefined;
    await (isKnown ? this.#context.sleep(Math.max(1, until - now), ended) : rejectedOnAbort(ended));
  }

  /** When a call that joins now, behind all waiters, would get its permit. */
  #turnAt(now: number): number {
    const window = windowAt(this.#window, this.#rule, now);
    const limit = limitOf(window, this.#rule);
    const ahead = [...this.#waiting.values()].reduce((sum, waiters) => sum + waiters.size, 0);
    const releases = releaseTimes(window, this.#rule);
    const available = [...new Array<number>(Math.max(0, limit - releases.length)).fill(now), ...releases];
    const rounds = Math.floor(ahead / limit);
    const turn = (available[ahead % limit] ?? now) + rounds * this.#rule.length;
    return Math.max(turn, window.blockedUntil ?? now);
  }
}
