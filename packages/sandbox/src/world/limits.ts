/** A limit: at most this many calls in a rolling window. */
interface WindowLimit {
  calls: number;
  /** In seconds. */
  window: number;
}

/** What is left of a limit. */
export interface LimitLeft {
  limit: number;
  remaining: number;
  /** Seconds until the oldest call leaves the window, at least 1. */
  reset: number;
}

/** Counts calls in rolling windows, by keys that the service chooses. */
export class CallCounts {
  readonly #calls = new Map<string, number[]>();

  /** The times of the calls in the window, in milliseconds since 1970, oldest first. Older calls are dropped. */
  recent(key: string, { window }: WindowLimit, now: number): readonly number[] {
    return this.#recent(key, window, now);
  }

  /** Counts a call. */
  add(key: string, { window }: WindowLimit, now: number): void {
    this.#recent(key, window, now).push(now);
  }

  /** What is left of a limit now. */
  left(key: string, limit: WindowLimit, now: number): LimitLeft {
    const calls = this.#recent(key, limit.window, now);
    const oldest = calls[0] ?? now;
    return {
      limit: limit.calls,
      remaining: Math.max(0, limit.calls - calls.length),
      reset: Math.max(1, Math.ceil((oldest + limit.window * 1000 - now) / 1000)),
    };
  }

  /** All counted calls, for a snapshot. */
  get counted(): Record<string, number[]> {
    return Object.fromEntries(this.#calls);
  }

  set counted(calls: Readonly<Record<string, readonly number[]>>) {
    this.#calls.clear();
    for (const [key, times] of Object.entries(calls)) this.#calls.set(key, [...times]);
  }

  #recent(key: string, window: number, now: number): number[] {
    const known = this.#calls.get(key) ?? [];
    const begins = now - window * 1000;
    const recent = known.length > 0 && (known[0] ?? 0) > begins ? known : known.filter((at) => at > begins);
    this.#calls.set(key, recent);
    return recent;
  }
}
