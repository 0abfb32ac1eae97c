/** A store elsewhere that has not answered after so long has failed, in milliseconds. */
const TIMEOUT = 5000;

/** So long a store that did not answer is left alone, in milliseconds: not every call shall wait for it anew. */
const REST = 15_000;

/** Waits for a store elsewhere, but not for long, and not again and again. */
export class CircuitBreaker {
  readonly #now: () => number;
  #restUntil = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What the work gives. Rejects where it does, where it takes too long, and for a while after that. */
  async with<T>(work: () => T | Promise<T>): Promise<T> {
    const rest = this.#restUntil - this.#now();
    if (rest > 0 && rest <= REST) throw new Error("it did not answer a moment ago");
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#restUntil = this.#now() + REST;
        reject(new Error(`no answer within ${TIMEOUT} ms`));
      }, TIMEOUT);
    });
    try {
      return await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
