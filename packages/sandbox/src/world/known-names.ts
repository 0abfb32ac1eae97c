/**
 * Rejects options with a name that has no effect, which is most likely misspelt.
 *
 * @param names each name of the options, which the compiler holds complete
 * @param what names the options in the error
 */
export function assertKnownNames<Options extends object>(
  options: Options,
  names: Readonly<Record<keyof Options, unknown>>,
  what: string,
): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  throw new TypeError(
    `Unknown option "${unknown}" of ${what}. The options are ${Object.keys(names).join(", ")}.`,
  );
}
