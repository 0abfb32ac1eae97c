/** A hash from 0 to below 2^32: the same parts always produce the same number (FNV-1a, then mixed as in MurmurHash3). */
export function hashOf(...parts: readonly (string | number)[]): number {
  return finished(parts.reduce(continued, BEGIN));
}

/** Hashes of the same parts with each of some numbers after them. */
export function hashesOf(parts: readonly (string | number)[], numbers: readonly number[]): number[] {
  const begun = parts.reduce(continued, BEGIN);
  return numbers.map((number) => finished(continued(begun, number)));
}

const BEGIN = 0x811c9dc5;
const PRIME = 0x01000193;

function continued(begun: number, part: string | number): number {
  const text = String(part);
  let hash = begun;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return Math.imul(hash ^ SEPARATOR, PRIME);
}

const SEPARATOR = "|".charCodeAt(0);

function finished(begun: number): number {
  let hash = begun;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A repeatable sequence of random values from a seed (mulberry32). */
export class Random {
  #state: number;

  constructor(...seed: readonly (string | number)[]) {
    this.#state = hashOf(...seed);
  }

  /** A number from 0 to below 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** One of the items. @throws RangeError if there are none */
  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new RangeError("There is nothing to pick from.");
    return item;
  }

  /** True with this probability. */
  chance(percent: number): boolean {
    return this.fraction() * 100 < percent;
  }

  /** A string of this many digits. */
  digits(count: number): string {
    let text = "";
    while (text.length < count) text += String(this.int(0, 9));
    return text;
  }
}
