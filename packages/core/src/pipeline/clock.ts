import { ConfigurationError } from "../base/errors.ts";
import { describeKind, kindOf } from "../base/option-names.ts";

/** The furthest that a Date can be from 1970, in milliseconds. */
const FURTHEST = 8.64e15;

/** What begins a time in ISO 8601; other texts are read differently from place to place. */
const ISO_DATE = /^[+-]?\d{4,6}-\d\d-\d\d/;

/**
 * The clock in milliseconds since 1970, from one that returns a Date, a time in ISO 8601, or milliseconds.
 *
 * @returns a function that throws a ConfigurationError if the clock returns anything else
 */
export function clockFrom(clock: () => unknown): () => number {
  return () => {
    const given = clock();
    const time = typeof given === "number" ? given : timeOf(given);
    if (Math.abs(time) <= FURTHEST) return time;
    throw new ConfigurationError(
      `now must return a valid time (a Date, a text in ISO 8601, or milliseconds since 1970), not ${named(given)}.`,
    );
  };
}

function timeOf(given: unknown): number {
  if (typeof given === "string") return ISO_DATE.test(given) ? Date.parse(given) : Number.NaN;
  // A Date of another realm is not an instance of this one's class.
  return kindOf(given) === "a Date" ? Number(given) : Number.NaN;
}

function named(given: unknown): string {
  if (typeof given === "number") return String(given);
  if (typeof given === "string") return "this text";
  const kind = describeKind(given);
  return kind === "a Date" ? "an invalid Date" : kind;
}
