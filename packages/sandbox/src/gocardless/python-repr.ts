/*
 * The service's texts are made by a program in Python, which writes names, sets and times as Python does. Clients print these
 * texts, and some compare them.
 */

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** What Python calls unprintable: control characters, halves of surrogate pairs, and all separators but the space. */
const UNPRINTABLE = /[\\\p{C}]|(?! )\p{Z}/gu;

/** A string as Python writes it: in single quotes, unless it holds these and no double ones. */
function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll(UNPRINTABLE, (character) => ESCAPES[character] ?? code(character));
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
}

function code(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, "0")}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** A set of strings as Python writes it. Its order is arbitrary there; here it is that of the request. */
export function pythonSet(texts: Iterable<string>): string {
  return `{${[...new Set(texts)].map(pythonString).join(", ")}}`;
}

/** A time in ISO 8601 as Python writes it: `2025-10-31 07:58:23.836000+00:00`. It omits a fraction of zero. */
export function pythonTime(iso: string): string {
  const [seconds = "", fraction = ""] = new Date(iso)
    .toISOString()
    .replace("T", " ")
    .replace("Z", "")
    .split(".");
  return `${seconds}${/^0*$/.test(fraction) ? "" : `.${fraction.padEnd(6, "0")}`}+00:00`;
}
