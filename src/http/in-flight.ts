import { unlessEnded } from "./deadline.ts";

interface Shared<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
  settled: boolean;
}

/**
 * Requests under way, so that the same question asked twice at once is sent once. Who leaves early leaves the others
 * their answer; when the last one leaves, the request is ended.
 */
export class InFlight<T> {
  readonly #shared = new Map<string, Shared<T>>();

  /** Joins the work under this key, or starts it. */
  async join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const shared = this.#shared.get(key) ?? this.#start(key, start);
    shared.waiting += 1;
    try {
      return await unlessEnded(shared.promise, signal);
    } finally {
      shared.waiting -= 1;
      if (shared.waiting === 0 && !shared.settled) {
        this.#forget(key, shared);
        shared.controller.abort(signal.reason);
      }
    }
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Shared<T> {
    const controller = new AbortController();
    const shared: Shared<T> = { promise: start(controller.signal), controller, waiting: 0, settled: false };
    this.#shared.set(key, shared);
    const done = () => {
      shared.settled = true;
      this.#forget(key, shared);
    };
    shared.promise.then(done, done);
    return shared;
  }

  #forget(key: string, shared: Shared<T>): void {
    if (this.#shared.get(key) === shared) this.#shared.delete(key);
  }
}
