/** How far to advance the clock; the parts add up. */
export interface TimeSpan {
  days?: number | undefined;
  hours?: number | undefined;
  minutes?: number | undefined;
  seconds?: number | undefined;
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

  /** What {@link restore} needs: whether the clock stands still, and its time, or how far ahead it runs, in milliseconds. */
  kept(): { standing: boolean; time: number } {
    return { standing: this.#standing, time: this.#time };
  }

  /** Sets the clock to what {@link kept} returned. */
  restore({ standing, time }: { standing: boolean; time: number }): void {
    this.#standing = standing;
    this.#time = time;
  }

  /** Moves forward only. @throws RangeError if the span is negative or not a number */
  advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }: TimeSpan): void {
    const span = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
    if (!Number.isFinite(span) || span < 0)
      throw new RangeError("Time only moves forward, by a number of days, hours, minutes or seconds.");
    this.#time += span;
  }
}
