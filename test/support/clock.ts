/** A clock that stands still until it is advanced; sleeping advances it. */
export class TestClock {
  #now: number;
  /** How long each sleep was, in milliseconds. */
  readonly slept: number[] = [];

  constructor(start = "2026-11-23T09:00:00Z") {
    this.#now = Date.parse(start);
  }

  readonly now = (): number => this.#now;

  readonly sleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    this.slept.push(milliseconds);
    this.#now += milliseconds;
  };

  /** Advances the clock. */
  advance({ days = 0, hours = 0, seconds = 0 }: { days?: number; hours?: number; seconds?: number }): void {
    this.#now += ((days * 24 + hours) * 3600 + seconds) * 1000;
  }
}
