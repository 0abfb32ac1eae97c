/** A reference to a variable, `$NAME` or `${NAME}`; `$$` is a dollar sign. */
const VARIABLE = /\$(?:\$|\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;

/** The names of the variables in a string, as often as they occur. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, braced, bare]) => braced ?? bare ?? []);
}

/**
 * Replaces variables in a string.
 *
 * @param onUnset called with the name of a variable that has no value; throws
 */
export function substituted(
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
  onUnset: (name: string) => never,
): string {
  return text.replaceAll(VARIABLE, (whole, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare;
    if (whole === "$$" || name === undefined) return "$";
    return variables[name] ?? onUnset(name);
  });
}
