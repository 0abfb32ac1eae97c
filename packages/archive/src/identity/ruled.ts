/**
 * Rows and transactions of which the user said that they are one, and what the user told apart from them.
 *
 * @typeParam Known a transaction
 * @typeParam Shown a row
 */
export class Ruled<Known, Shown> {
  readonly candidates = new Set<Known>();
  readonly sightings = new Set<Shown>();
  /** What they are part of by now. */
  #joined: Ruled<Known, Shown> | undefined;
  readonly #apart = new Set<Ruled<Known, Shown>>();

  get whole(): Ruled<Known, Shown> {
    let whole: Ruled<Known, Shown> = this;
    while (whole.#joined !== undefined) whole = whole.#joined;
    return whole;
  }

  isOneWith(other: Ruled<Known, Shown>): boolean {
    return this.whole === other.whole;
  }

  isApartFrom(other: Ruled<Known, Shown>): boolean {
    const whole = other.whole;
    for (const one of this.whole.#apart) if (one.whole === whole) return true;
    return false;
  }

  tellApartFrom(other: Ruled<Known, Shown>): void {
    this.whole.#apart.add(other.whole);
    other.whole.#apart.add(this.whole);
  }

  /** Makes one of both. */
  join(other: Ruled<Known, Shown>): void {
    const [whole, part] = [this.whole, other.whole];
    if (whole === part) return;
    for (const one of part.candidates) whole.candidates.add(one);
    for (const one of part.sightings) whole.sightings.add(one);
    for (const one of part.#apart) whole.#apart.add(one);
    part.#joined = whole;
  }
}

/** Whether the user told them apart. */
export function areApart<Known, Shown>(
  one: Ruled<Known, Shown> | undefined,
  other: Ruled<Known, Shown> | undefined,
): boolean {
  return one !== undefined && other !== undefined && one.isApartFrom(other);
}

/** Whether the user said that they are one, or two. */
export function isDecided<Known, Shown>(
  one: Ruled<Known, Shown> | undefined,
  other: Ruled<Known, Shown> | undefined,
): boolean {
  return one !== undefined && other !== undefined && (one.isOneWith(other) || one.isApartFrom(other));
}
