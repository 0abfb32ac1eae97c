import { closest } from "./closest.ts";
import { ConfigurationError } from "./errors.ts";
import { maskIbans } from "./masking.ts";

/** The names of the options of a type, each once: the compiler refuses a list with one too many or one missing. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/** How much of an unknown name is shown, in UTF-16 units. */
const LONGEST_NAME = 60;

/**
 * Checks that options are an object of known names: an unknown option would have no effect, unnoticed.
 *
 * @param what names the object in the error: `cacheOptions`, `the call options`
 * @param hint what to do about a name that is known elsewhere
 * @throws ConfigurationError naming the option, and what was meant
 */
export function checkOptionNames<Options extends object>(
  options: Options,
  names: Readonly<Record<keyof Options, unknown>>,
  what: string,
  hint: (name: string) => string | undefined = () => undefined,
): void {
  assertObject(options, what);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const advice = hint(unknown) ?? spelling(unknown, Object.keys(names));
  const end = advice.endsWith("?") ? "" : ".";
  const shown = JSON.stringify(maskIbans(unknown).slice(0, LONGEST_NAME));
  throw new ConfigurationError(`Unknown option ${shown} in ${what}: ${advice}${end}`);
}

/** @throws ConfigurationError unless the value is an object that may have options */
export function assertObject(value: unknown, what: string): void {
  const kind = kindOf(value);
  if (kind !== "Object") throw new ConfigurationError(`${what} must be an object, not ${kind}.`);
}

function spelling(name: string, names: readonly string[]): string {
  const meant = closest(name, names);
  return meant === undefined ? `the options are ${names.join(", ")}` : `did you mean ${meant}?`;
}

/** What a value is, in words; `Object` for one that may have options. A Date, a Map or a signal has none. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  const name = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return name === "Object" ? name : `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

/** What a value is, in words, for an error that must not show the value itself. */
export function describeKind(value: unknown): string {
  const kind = kindOf(value);
  return kind === "Object" ? "an object" : kind;
}
