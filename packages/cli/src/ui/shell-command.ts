import { joined, line, type Printable, printable } from "./printable.ts";

/** The longest value of a command, in UTF-16 units: as long as a path may be (Linux's PATH_MAX). */
const LONGEST_VALUE = 4096;

/** A word of these characters needs no quotes in any shell. `=` and `~` do: zsh expands them at the start of a word. */
const SAFE = /^[\w@%+:,./-]+$/;

/** A value as one word of a POSIX shell, which expands nothing in it. */
export function shellQuoted(value: string): Printable {
  const word = printable(value, LONGEST_VALUE);
  if (SAFE.test(word)) return word;
  return joined([line`'`, printable(word.replaceAll("'", "'\\''"), 4 * LONGEST_VALUE), line`'`]);
}

/**
 * A command to be copied into a shell: fixed words, and values that are quoted if a shell would change them.
 * A value that begins with `-` must not be taken for an option: it is attached to the option before it
 * (`--renew=-x`), or set apart by `--`.
 *
 * @example command`bankdata connect --renew ${reference}`
 */
export function command(words: TemplateStringsArray, ...values: readonly string[]): Printable {
  const parts = words.flatMap((fixed, at) => {
    const value = values[at];
    if (value === undefined) return [printable(fixed)];
    const word = shellQuoted(value);
    if (!/^'?-/.test(word)) return [printable(fixed), word];
    if (/ --[a-z-]+ $/.test(fixed)) return [printable(`${fixed.trimEnd()}=`), word];
    return [printable(fixed), line`-- `, word];
  });
  return joined(parts);
}
