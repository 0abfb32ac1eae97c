import type { Command } from "commander";
import { line } from "./printable.ts";
import { wrongUse } from "./wrong-use.ts";

/** The whole numbers that an option takes. */
interface Range {
  from: number;
  to: number;
}

/** More digits were put in by mistake. */
const LARGEST = 999_999_999;

/** Ports of TCP; 0 stands for any free one. */
export const PORTS: Range = { from: 0, to: 65_535 };

/** Days of history, or of access: no bank offers more. */
export const DAYS: Range = { from: 1, to: 730 };

/**
 * Reads the value of an option that takes a whole number, within `from` (default 0) and `to` (default 999,999,999).
 *
 * @returns a parser for commander, which throws the command's failure
 */
export function wholeNumber(
  command: Command,
  flag: string,
  { from = 0, to = LARGEST }: Partial<Range> = {},
): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    if (number !== undefined && number >= from && number <= to) return number;
    const range = to === LARGEST ? `${from} or more` : `from ${from} to ${to}`;
    throw wrongUse(command, line`${flag} must be a whole number, ${range}, not "${text}".`);
  };
}
