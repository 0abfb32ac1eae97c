/**
 * The headers of a response, by name in lower case: the part of `Headers` that is used. `Headers` itself takes a process
 * some 30 ms to load, and is made only for callers.
 */
export interface HeaderFields extends Iterable<[string, string]> {
  /** The value of a header, in any case; null if there is none. Several of one name are separated by commas. */
  get(name: string): string | null;
}

/** Headers in a map. */
export class HeaderMap implements HeaderFields {
  readonly #fields = new Map<string, string>();

  constructor(fields: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of fields) this.append(name, value);
  }

  get(name: string): string | null {
    return this.#fields.get(name.toLowerCase()) ?? null;
  }

  /** Adds a value to those of a header. */
  append(name: string, value: string): void {
    const key = name.toLowerCase();
    const known = this.#fields.get(key);
    this.#fields.set(key, known === undefined ? value : `${known}, ${value}`);
  }

  /** Replaces the values of a header. */
  set(name: string, value: string): void {
    this.#fields.set(name.toLowerCase(), value);
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#fields.entries();
  }
}

/** A header's name, by RFC 9110, of a length that every server reads. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

/** Whether a value is a header's name, in any case. */
export function isHeaderName(name: unknown): name is string {
  return typeof name === "string" && NAME.test(name);
}
