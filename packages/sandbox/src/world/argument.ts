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

export function wholeNumber(from: number, to: number): Rule {
  const words = to === Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`;
  return {
    fits: (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= from && value <= to,
    words: `a whole number ${words}`,
  };
}

export function number(from: number, to: number): Rule {
  return {
    fits: (value) => typeof value === "number" && value >= from && value <= to,
    words: `a number from ${from} to ${to}`,
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
  return {
    fits: (value) => values.includes(value),
    words: values.map((value) => JSON.stringify(value)).join(" or "),
  };
}

export const flag: Rule = { fits: (value) => typeof value === "boolean", words: "true or false" };

export const record: Rule = { fits: isRecord, words: "an object" };

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as errors repeat it. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : `of type ${typeof value}`;
}
