import type { Candidate, Sighting } from "./comparison.ts";

/** Rows and transactions of which the user said that they are one, and what the user told apart from them. */
export class Ruled {
  readonly candidates = new Set<Candidate>();
  readonly sightings = new Set<Sighting>();
  /** What they are part of by now. */
  #joined: Ruled | undefined;
  readonly #apart = new Set<Ruled>();

  get whole(): Ruled {
    let whole: Ruled = this;
    while (whole.#joined !== undefined) whole = whole.#joined;
    return whole;
  }

  isOneWith(other: Ruled): boolean {
    return this.whole === other.whole;
  }

  isApartFrom(other: Ruled): boolean {
    const whole = other.whole;
    for (const one of this.whole.#apart) if (one.whole === whole) return true;
    return false;
  }

  tellApartFrom(other: Ruled): void {
    this.whole.#apart.add(other.whole);
    other.whole.#apart.add(this.whole);
  }

  /** Makes one of both. */
  join(other: Ruled): void {
    const [whole, part] = [this.whole, other.whole];
    if (whole === part) return;
    for (const one of part.candidates) whole.candidates.add(one);
    for (const one of part.sightings) whole.sightings.add(one);
    for (const one of part.#apart) whole.#apart.add(one);
    part.#joined = whole;
  }
}

/** Whether the user told them apart. */
export function areApart(one: Ruled | undefined, other: Ruled | undefined): boolean {
  return one !== undefined && other !== undefined && one.isApartFrom(other);
}

/** Whether the user said that they are one, or two. */
export function isDecided(one: Ruled | undefined, other: Ruled | undefined): boolean {
  return one !== undefined && other !== undefined && (one.isOneWith(other) || one.isApartFrom(other));
}
