import { closest } from "./closest.ts";
import { ConfigurationError } from "./errors.ts";
import { isRecord } from "./is-record.ts";

/** The names of the options of a type, each once: the compiler refuses a list with one too many or one missing. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Checks that options are an object of known names: an option that is not known would have no effect, unnoticed.
 *
 * @param what names the object in the error: `cacheOptions`, `the call options`
 * @param hint what to do about a name that is known elsewhere
 * @throws ConfigurationError naming the option, and what was meant
 */
export function checkOptionNames<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
  what: string,
  hint: (name: string) => string | undefined = () => undefined,
): void {
  if (!isRecord(options)) throw new ConfigurationError(`${what} must be an object, not ${kindOf(options)}.`);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const advice = hint(unknown) ?? spelling(unknown, Object.keys(names));
  throw new ConfigurationError(`Unknown option ${JSON.stringify(unknown)} in ${what}: ${advice}`);
}

function spelling(name: string, names: readonly string[]): string {
  const meant = closest(name, names);
  return meant === undefined ? `the options are ${names.join(", ")}.` : `did you mean ${meant}?`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
