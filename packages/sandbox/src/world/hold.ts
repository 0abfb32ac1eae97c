/** How long a lock is kept at most, in milliseconds. */
const LONGEST = 250;

/** A lock is kept this many times as long as it takes to write the file, so that a small file is shared quickly. */
const TIMES_COST = 10;

/**
 * How long a sandbox goes on holding the lock after a GET, so that what many GET requests count is written once instead of
 * once each. The time runs from the first of them, so that others get their turn however many follow.
 */
export class Hold {
  readonly #onEnd: () => void;
  /** When it began; undefined while the lock is not kept. */
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** In milliseconds. */
  #length = 0;

  /** @param onEnd is called when the lock has been kept for long enough */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Sets how long the lock is kept. @param milliseconds how long it took to write the file */
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

  /** Ends it when the lock is released, without calling `onEnd`. */
  end(): void {
    this.#since = undefined;
    clearTimeout(this.#timer);
  }
}
