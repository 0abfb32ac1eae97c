/** In milliseconds. */
const LONGEST = 250;

/** How many times as long as writing takes a lock is kept. */
const TIMES_COST = 10;

/** Keeps a lock for a moment after it was needed, so that several counted calls are written at once. */
export class Hold {
  readonly #onEnd: () => void;
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #length = 0;

  /** @param onEnd is called when the lock has been kept for long enough */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** @param milliseconds how long writing took */
  setCost(milliseconds: number): void {
    this.#length = Math.min(LONGEST, TIMES_COST * milliseconds);
  }

  /** Begins to keep the lock, or goes on with it. @returns false if it has been kept for long enough */
  continues(): boolean {
    const now = performance.now();
    if (this.#since !== undefined) return now - this.#since <= this.#length;
    this.#since = now;
    this.#timer = setTimeout(this.#onEnd, this.#length).unref();
    return true;
  }

  end(): void {
    this.#since = undefined;
    clearTimeout(this.#timer);
  }
}
