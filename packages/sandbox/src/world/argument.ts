/*
 * Rules for the options of a sandbox, and for limits, which are an option as well as a control. They are checked one
 * value at a time, so that the error says what the value must be and what it was instead. What other controls are given
 * is checked against schemas (checked.ts).
 */
import { oneOfText } from "./checked.ts";

/** What an argument must be: a test, and the words for an error. */
export interface Rule {
  readonly fits: (value: unknown) => boolean;
  /** Completes "port must be …". */
  readonly words: string;
}

/** @throws TypeError that names the argument and says what it must be */
export function assertFits(name: string, value: unknown, { fits, words }: Rule): void {
  if (!fits(value)) throw new TypeError(`${name} must be ${words}, not ${shown(value)}.`);
}

export const anyWholeNumber: Rule = { fits: Number.isSafeInteger, words: "a whole number" };

export function wholeNumber(from: number, to: number): Rule {
  return {
    fits: (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= from && value <= to,
    words: `a whole number from ${from} to ${to}`,
  };
}

/** Above 0. */
export function positive(to: number): Rule {
  return {
    fits: (value) => typeof value === "number" && value > 0 && value <= to,
    words: `a number above 0 and at most ${to}`,
  };
}

/** A text that is not empty, of at most this many characters. */
export function text(longest: number): Rule {
  return {
    fits: (value) => typeof value === "string" && value !== "" && value.length <= longest,
    words: `a text of 1 to ${longest} characters`,
  };
}

export function oneOf(values: readonly unknown[]): Rule {
  return { fits: (value) => values.includes(value), words: oneOfText(values) };
}

export const flag: Rule = { fits: (value) => typeof value === "boolean", words: "true or false" };

export const record: Rule = { fits: isRecord, words: "an object" };

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as errors repeat it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (value === undefined) return "missing";
  return Array.isArray(value) ? "a list" : `of type ${typeof value}`;
}
