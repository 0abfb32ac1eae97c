import type { Command } from "commander";
import { line } from "./printable.ts";
import { wrongUse } from "./wrong-use.ts";

/** The length of each unit, in milliseconds; without a unit, it is minutes. */
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, "": 60_000, h: 3_600_000 };

/** The longest duration, in milliseconds. */
const LONGEST = 24 * 3_600_000;

/**
 * Reads the value of an option that takes a duration: "45" and "45m" are minutes, "90s" seconds, "2h" hours.
 *
 * @returns a parser for commander, which returns milliseconds or throws the command's failure
 */
export function duration(command: Command, flag: string): (text: string) => number {
  return (text) => {
    const [, count, unit = ""] = /^(\d{1,6})([smh]?)$/.exec(text.trim().toLowerCase()) ?? [];
    const milliseconds = Number(count) * (UNITS[unit] ?? Number.NaN);
    if (milliseconds > 0 && milliseconds <= LONGEST) return milliseconds;
    throw wrongUse(
      command,
      line`${flag} must be a number of minutes, or a duration such as 90s, 45m or 2h, of at most 24h, not "${text}".`,
    );
  };
}
