import { ConfigurationError } from "./errors.ts";
import { checkOptionNames, describeKind } from "./option-names.ts";

/** What an option takes. */
export interface OptionKind {
  /** In words, as the end of a sentence: "a number of bytes of at least 1". */
  readonly takes: string;
  /** Whether it takes this value. */
  fits(value: unknown): boolean;
}

/** What each option of a type takes: the compiler refuses a table with an option too many or one missing. */
export type OptionKinds<Options> = Readonly<Record<keyof Options, OptionKind>>;

/** How errors name a set of options. */
export interface OptionsName {
  /** The object: `cacheOptions`, `the call options`. */
  readonly what: string;
  /** What stands before the name of each option: `cacheOptions.`. @default nothing */
  readonly prefix?: string | undefined;
  /** What to do about a name that is known elsewhere. */
  readonly hint?: ((name: string) => string | undefined) | undefined;
}

/** The longest text that an error shows if it stands in the place of something else; a longer one may be a secret. */
const LONGEST_SHOWN = 8;

/**
 * Checks that options are an object of known names, each with a value that it takes, or undefined.
 *
 * @throws ConfigurationError naming the option, and what was meant
 */
export function checkOptions<Options extends object>(
  options: Options,
  kinds: OptionKinds<Options>,
  { what, prefix, hint }: OptionsName,
): void {
  checkOptionNames(options, kinds, what, hint);
  checkOptionValues(options, kinds, prefix);
}

/**
 * Checks the options that have a kind, and ignores all others.
 *
 * @throws ConfigurationError naming the option, and what it takes
 */
export function checkOptionValues(
  options: object,
  kinds: Readonly<Record<string, OptionKind>>,
  prefix = "",
): void {
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const name of Object.keys(given)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined && given[name] !== undefined) checkValue(given[name], kind, prefix + name);
  }
}

/** @throws ConfigurationError naming the option, and what it takes */
function checkValue(value: unknown, { takes, fits }: OptionKind, option: string): void {
  if (!fits(value)) throw new ConfigurationError(`${option} must be ${takes}, not ${shown(value)}.`);
}

/** What was given instead: numbers and the like, and short texts, such as "5s"; otherwise only what it is. */
function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string" && value.length <= LONGEST_SHOWN) return JSON.stringify(value);
  return describeKind(value);
}

/** A flag. */
export const trueOrFalse: OptionKind = {
  takes: "true or false",
  fits: (value) => typeof value === "boolean",
};

/** A function with any parameters. */
export const aFunction: OptionKind = { takes: "a function", fits: isFunction };

/** What ends a call early. */
export const anAbortSignal: OptionKind = {
  takes: "an AbortSignal, such as controller.signal",
  fits: (value) => hasMethods(value, ["addEventListener", "throwIfAborted"]) && "aborted" in value,
};

export const aboveZeroMilliseconds: OptionKind = {
  takes: "a number of milliseconds above 0",
  fits: (value) => isFiniteNumber(value) && value > 0,
};

export const atLeastZero: OptionKind = {
  takes: "a number of at least 0",
  fits: (value) => isFiniteNumber(value) && value >= 0,
};

/** How long something is kept. */
export const secondsOrForever: OptionKind = {
  takes: 'a number of seconds of at least 0, or "forever"',
  fits: (value) => value === "forever" || (typeof value === "number" && value >= 0),
};

/** A number, or an object with members that are checked by themselves. */
export function numberOrObject(number: OptionKind, members: string): OptionKind {
  return {
    takes: `${number.takes}, or an object with ${members}`,
    fits: (value) => number.fits(value) || (typeof value === "object" && value !== null),
  };
}

/** Whether a value is an object, of whatever class, with all of these methods. */
export function hasMethods(value: unknown, names: readonly string[]): value is object {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => isFunction(Reflect.get(value, name)));
}

export function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}
