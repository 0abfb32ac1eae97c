import { DAY } from "../base/dates.ts";
import { ConfigurationError } from "../base/errors.ts";

export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** Parses a time such as `07:00`. @throws ConfigurationError if it is not a time of day */
export function timeOfDay(text: string): TimeOfDay {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour === undefined || minute === undefined) {
    throw new ConfigurationError(`${JSON.stringify(text)} is not a valid time of day: write it as 07:00.`);
  }
  return { hour: Number(hour), minute: Number(minute) };
}

/** Converts between instants and local times in one IANA time zone, such as `Europe/Berlin`. */
export class Zone {
  readonly #format: Intl.DateTimeFormat;

  /** @throws ConfigurationError if there is no such time zone */
  constructor(name: string) {
    try {
      this.#format = new Intl.DateTimeFormat("en-GB", {
        timeZone: name,
        calendar: "iso8601",
        numberingSystem: "latn",
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
    } catch {
      throw new ConfigurationError(
        `${JSON.stringify(name)} is not a known time zone: use a name such as Europe/Berlin.`,
      );
    }
  }

  /** The last instant at or before `now` at which clocks in the zone showed this time. */
  lastAt(time: TimeOfDay, now: number): number {
    return this.#nearest(time, now, [1, 0, -1, -2], (at) => at <= now);
  }

  /** The first instant after `now` at which clocks in the zone show this time. */
  nextAt(time: TimeOfDay, now: number): number {
    return this.#nearest(time, now, [-1, 0, 1, 2], (at) => at > now);
  }

  #nearest(
    time: TimeOfDay,
    now: number,
    dayOffsets: readonly number[],
    fits: (instant: number) => boolean,
  ): number {
    const local = new Date(this.#localTime(now));
    for (const offset of dayOffsets) {
      const wall = Date.UTC(
        local.getUTCFullYear(),
        local.getUTCMonth(),
        local.getUTCDate() + offset,
        time.hour,
        time.minute,
      );
      const instant = this.#instantOf(wall);
      if (fits(instant)) return instant;
    }
    throw new RangeError("the clock is outside the range of a Date");
  }

  /**
   * The instant at which clocks show a local time (given as if it were UTC). The first one if clocks go back and show it
   * twice; if they skip it, the instant as long after the change as the local time is after the start of the gap.
   */
  #instantOf(wall: number): number {
    const before = wall - this.#offset(wall - DAY);
    const after = wall - this.#offset(wall + DAY);
    const shown = [before, after].filter((instant) => this.#localTime(instant) === wall);
    return shown.length > 0 ? Math.min(...shown) : before;
  }

  #offset(instant: number): number {
    return this.#localTime(instant) - instant;
  }

  /** What clocks show at an instant, as if it were UTC. */
  #localTime(instant: number): number {
    const part = Object.fromEntries(
      this.#format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1000) + 1000) % 1000);
  }
}
