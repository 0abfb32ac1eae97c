/** How far to advance the clock; the parts add up. */
export interface TimeSpan {
  /** Of 24 hours each; may be a fraction, as every part may. @default 0 */
  days?: number | undefined;
  /** May be more than 24. @default 0 */
  hours?: number | undefined;
  /** May be more than 60. @default 0 */
  minutes?: number | undefined;
  /** May be more than 60. @default 0 */
  seconds?: number | undefined;
}

/** A clock as a snapshot keeps it. */
export interface KeptClock {
  /** Whether it stands still until it is advanced; if not, it follows real time. */
  standing: boolean;
  /** In milliseconds: its time since 1970 if it stands still, or else how far it is ahead of real time. */
  time: number;
}

/** The sandbox's clock. It stands still if it was given a time, or else follows real time; either can be advanced. */
export class SandboxClock {
  #standing: boolean;
  #time: number;

  /** @param start an ISO 8601 time to stand at; undefined for real time. @throws TypeError if it is not a valid time */
  constructor(start: string | Date | undefined) {
    this.#standing = start !== undefined;
    this.#time = start === undefined ? 0 : new Date(start).getTime();
    if (Number.isNaN(this.#time)) throw new TypeError(`now is not a valid time: ${String(start)}`);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#standing ? this.#time : Date.now() + this.#time;
  }

  date(): Date {
    return new Date(this.now());
  }

  /** ISO 8601, as the service writes times. */
  iso(): string {
    return this.date().toISOString();
  }

  /** What {@link restore} needs. */
  kept(): KeptClock {
    return { standing: this.#standing, time: this.#time };
  }

  /** Sets the clock to what {@link kept} returned. */
  restore({ standing, time }: KeptClock): void {
    this.#standing = standing;
    this.#time = time;
  }

  /** Moves forward only. Returns by how many milliseconds. @throws RangeError if the span is negative or not a number */
  advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }: TimeSpan): number {
    const span = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
    if (!Number.isFinite(span) || span < 0)
      throw new RangeError("Time only moves forward, by a number of days, hours, minutes or seconds.");
    this.#time += span;
    return span;
  }
}
