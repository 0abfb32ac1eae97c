/** How far to move on; parts add up. */
export interface TimeSpan {
  days?: number | undefined;
  hours?: number | undefined;
  minutes?: number | undefined;
  seconds?: number | undefined;
}

/** The sandbox's clock: it stands still if it was given a time, or runs with real time; both can be moved on. */
export class SandboxClock {
  #standing: boolean;
  #time: number;

  /** @param start an ISO 8601 time to stand at; undefined for real time. @throws TypeError if it is not a time */
  constructor(start: string | Date | undefined) {
    this.#standing = start !== undefined;
    this.#time = start === undefined ? 0 : new Date(start).getTime();
    if (Number.isNaN(this.#time)) throw new TypeError(`now is not a valid time: ${String(start)}`);
  }

  /** In milliseconds since 1970. */
  now(): number {
    return this.#standing ? this.#time : Date.now() + this.#time;
  }

  date(): Date {
    return new Date(this.now());
  }

  /** As the service writes times. */
  iso(): string {
    return this.date().toISOString();
  }

  /** What puts the clock back as it is: whether it stands, and its time or how far it is ahead, in milliseconds. */
  kept(): { standing: boolean; time: number } {
    return { standing: this.#standing, time: this.#time };
  }

  /** Becomes the clock that was kept. */
  restore({ standing, time }: { standing: boolean; time: number }): void {
    this.#standing = standing;
    this.#time = time;
  }

  /** Moves on, never back. @throws RangeError if the span is negative or not a number */
  advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }: TimeSpan): void {
    const span = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
    if (!Number.isFinite(span) || span < 0)
      throw new RangeError("Time moves forward, by a number of days, hours, minutes or seconds.");
    this.#time += span;
  }
}
