/** Characters that JSON may contain unescaped, but that are not printable. */
const UNSAFE = /[\u007f-\u009f\p{DI}\p{Zl}\p{Zp}\p{NChar}\ufff9-\ufffb]/gu;

/**
 * JSON that is safe to print on a terminal: controls, bidi controls and invisible characters are
 * written as `\uXXXX`. It parses to the same value.
 *
 * @param indent how many spaces each level is indented by; undefined puts everything on one line
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(UNSAFE, escaped);
}

/** The longest piece that a list is printed in, in UTF-16 units, unless one item is longer. */
const PIECE = 65_536;

/** The same as `jsonText` of a list, in pieces. @param indent how many spaces each level is indented by */
export function* jsonListPieces(items: readonly unknown[], indent: number): Generator<string> {
  if (items.length === 0) return yield "[]";
  const space = " ".repeat(indent);
  let piece = "[";
  for (const [at, item] of items.entries()) {
    // A line break in a string is escaped in JSON, so these are the breaks between members.
    const text = jsonText(item, indent).replaceAll("\n", `\n${space}`);
    piece += `${at === 0 ? "" : ","}\n${space}${text}`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}\n]`;
}

/** Each UTF-16 unit by itself, as JSON has no other escape for characters beyond U+FFFF. */
function escaped(sign: string): string {
  return sign
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
