/** A variable of a file, and the line on which it begins, from 1. */
export interface EnvEntry {
  name: string;
  value: string;
  line: number;
}

const NAME = /[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)[^\S\n]*=[^\S\n]*/y;

/** A value in quotes, which may have several lines, and what may follow it on its line. */
const QUOTED = /(?:"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|`([^`]*)`)[^\S\n]*(?:#[^\n]*)?(?=\n|$)/y;

const REST = /[^\n]*/y;

/** What a backslash before these means in double quotes; before any other character it is itself. */
const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/**
 * Reads a `.env`: one `NAME=value` per line, with `export` before it or not; values plain, or in single, double or back
 * quotes; comments from `#` on, in a plain value only after a blank. Node's own reader ends a value at `\"`. Lines that
 * set nothing are ignored.
 *
 * @returns in the order of the file; if a name is set twice, the last one counts
 */
export function readEnv(text: string): EnvEntry[] {
  const entries: EnvEntry[] = [];
  // In a value of several lines too, a line ends in one way.
  const lines = text.replaceAll(/\r\n?/g, "\n");
  let line = 1;
  for (let at = 0; at < lines.length; ) {
    const name = match(NAME, lines, at);
    const valueAt = at + (name?.[0].length ?? 0);
    const quoted = name === undefined ? undefined : match(QUOTED, lines, valueAt);
    const whole = quoted ?? match(REST, lines, valueAt);
    if (name?.[1] !== undefined)
      entries.push({ name: name[1], value: quoted ? unquoted(quoted) : plain(whole?.[0] ?? ""), line });
    const end = valueAt + (whole?.[0].length ?? 0) + 1;
    line += lines.slice(at, end).split("\n").length - 1;
    at = end;
  }
  return entries;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function unquoted([, double, single, back]: RegExpExecArray): string {
  if (double === undefined) return single ?? back ?? "";
  return double.replaceAll(/\\([\s\S])/g, (both, letter: string) => ESCAPED[letter] ?? both);
}

function plain(rest: string): string {
  return rest.replace(/(?:^|\s)#.*$/, "").trim();
}
