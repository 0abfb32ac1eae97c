import { z } from "zod";
import { checked, type SchemasOf } from "./checked.ts";

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

export const spanSchema = z.strictObject({
  days: z.number().optional(),
  hours: z.number().optional(),
  minutes: z.number().optional(),
  seconds: z.number().optional(),
} satisfies SchemasOf<TimeSpan>);

/** A span in milliseconds. @throws RangeError if it is negative or infinite */
export function milliseconds({ days = 0, hours = 0, minutes = 0, seconds = 0 }: TimeSpan): number {
  const span = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  if (Number.isFinite(span) && span >= 0) return span;
  throw new RangeError(
    "A span of time must be a number of days, hours, minutes or seconds, and not negative.",
  );
}

/** Whether a sandbox can be at a time, in milliseconds since 1970. */
export function isPossibleTime(at: number): boolean {
  return at >= FIRST_TIME && at < LAST_TIME;
}

const FIRST_TIME = Date.parse("1970-01-01T00:00:00Z");

/** The histories of the banks grow with each day, so the clock has an end. */
const LAST_TIME = Date.parse("2200-01-01T00:00:00Z");

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

  /** @param start a valid time to stand at; undefined for real time */
  constructor(start: string | Date | undefined) {
    this.#standing = start !== undefined;
    this.#time = start === undefined ? 0 : new Date(start).getTime();
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

  /**
   * Moves forward only. Returns by how many milliseconds.
   *
   * @throws TypeError that names an invalid member; RangeError if the span is negative, or ends after the year 2199
   */
  advance(span: TimeSpan): number {
    const by = milliseconds(checked(spanSchema, span, "the span of time"));
    if (this.now() + by >= LAST_TIME)
      throw new RangeError("The clock cannot be advanced beyond the year 2199.");
    this.#time += by;
    return by;
  }
}
