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

/** The same as `jsonText` of a list, in pieces, which are printed one after the other. */
export class JsonList {
  readonly #space: string;
  readonly #indent: number;
  #piece = "[";
  #isEmpty = true;

  /** @param indent how many spaces each level is indented by */
  constructor(indent: number) {
    this.#indent = indent;
    this.#space = " ".repeat(indent);
  }

  /** The next piece with an item; empty as long as it is short. */
  with(item: unknown): string {
    // A line break in a string is escaped in JSON, so these are the breaks between members.
    const text = jsonText(item, this.#indent).replaceAll("\n", `\n${this.#space}`);
    this.#piece += `${this.#isEmpty ? "" : ","}\n${this.#space}${text}`;
    this.#isEmpty = false;
    if (this.#piece.length < PIECE) return "";
    const piece = this.#piece;
    this.#piece = "";
    return piece;
  }

  /** The last piece. */
  end(): string {
    return this.#isEmpty ? "[]" : `${this.#piece}\n]`;
  }
}

/** The pieces of a list. @param indent how many spaces each level is indented by */
export function* jsonListPieces(items: readonly unknown[], indent: number): Generator<string> {
  const list = new JsonList(indent);
  for (const item of items) yield list.with(item);
  yield list.end();
}

/** Each UTF-16 unit by itself, as JSON has no other escape for characters beyond U+FFFF. */
function escaped(sign: string): string {
  return sign
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
