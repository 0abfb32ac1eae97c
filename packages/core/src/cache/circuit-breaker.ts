/** How long a remote store may take to respond, in milliseconds. */
const TIMEOUT = 5000;

/** How long a store that did not respond is not used, in milliseconds, so that not every call waits for it again. */
const COOLDOWN = 15_000;

/** Limits how long calls wait for a remote store, and skips a store that did not respond a moment ago. */
export class CircuitBreaker {
  readonly #now: () => number;
  #openUntil = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns what the work returns. Rejects if it rejects, if it takes too long, and for a while after that. */
  async with<T>(work: () => T | Promise<T>): Promise<T> {
    const remaining = this.#openUntil - this.#now();
    if (remaining > 0 && remaining <= COOLDOWN) throw new Error("it did not respond a moment ago");
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#openUntil = this.#now() + COOLDOWN;
        reject(new Error(`no response within ${TIMEOUT} ms`));
      }, TIMEOUT);
    });
    try {
      return await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
