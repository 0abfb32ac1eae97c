/** A response that is being requested, until it is disposed of. */
export interface RequestedResponse extends Disposable {
  /** Whether what it will say was invalidated after it was requested: it must not be stored then. */
  readonly isOutdated: boolean;
}

/** The responses that a cache is waiting for, so that none is stored that was invalidated before it arrived. */
export class RequestedResponses {
  readonly #requested = new Set<{ path: string; isOutdated: boolean }>();

  /** @param path below the base URL, without the query */
  add(path: string): RequestedResponse {
    const entry = { path, isOutdated: false, [Symbol.dispose]: () => void this.#requested.delete(entry) };
    this.#requested.add(entry);
    return entry;
  }

  /** Marks those whose path matches. */
  invalidate(matches: (path: string) => boolean): void {
    for (const entry of this.#requested) if (matches(entry.path)) entry.isOutdated = true;
  }
}
