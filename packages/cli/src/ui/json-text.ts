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

/** Each UTF-16 unit by itself, as JSON has no other escape for characters beyond U+FFFF. */
function escaped(sign: string): string {
  return sign
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
