/**
 * The names of the characters U+00A0 to U+00FF in HTML, in order (HTML Living Standard, named character references),
 * which are the ones that the programs of banks write.
 */
const LATIN_1_NAMES =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para " +
  "middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave " +
  "Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc " +
  "Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc " +
  "iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["euro", "€"],
  ["ndash", "–"],
  ["mdash", "—"],
  ["lsquo", "‘"],
  ["rsquo", "’"],
  ["ldquo", "“"],
  ["rdquo", "”"],
  ["bdquo", "„"],
  ["hellip", "…"],
  ["Scaron", "Š"],
  ["scaron", "š"],
  ["OElig", "Œ"],
  ["oelig", "œ"],
  ...LATIN_1_NAMES.split(" ").map((name, at): [string, string] => [name, String.fromCodePoint(0xa0 + at)]),
]);

/**
 * `&amp;`, `&#228;`, `&#xE4;`, `\u00e4`, `\U00E4`, `\U000000e4`: what some banks leave undecoded. Eight digits count only if
 * they can be a character: otherwise the last four belong to the text, as in `B\U00E4deabad`.
 */
const ESCAPED =
  /&(?:([A-Za-z][A-Za-z0-9]{1,7})|#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6}));|\\U(00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})|\\[uU]([0-9A-Fa-f]{4})/g;

/** What references to the characters U+0080 to U+009F mean in HTML: `&#146;` is an apostrophe. */
const WINDOWS_1252 = new TextDecoder("windows-1252");

/**
 * A text with its entities and escapes decoded, only once: a text that was escaped twice is meant to show one escape.
 */
function decoded(text: string): string {
  if (!text.includes("&") && !text.includes("\\")) return text;
  return text.replace(
    ESCAPED,
    (whole, name?: string, decimal?: string, hex?: string, long?: string, short?: string) => {
      if (name !== undefined) return ENTITIES.get(name) ?? whole;
      const digits = hex ?? long ?? short;
      const code = decimal === undefined ? Number.parseInt(digits ?? "", 16) : Number(decimal);
      if (whole.startsWith("&") && code >= 0x80 && code <= 0x9f)
        return WINDOWS_1252.decode(Uint8Array.of(code));
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/**
 * A text that is readable as it is, as most are: printable ASCII with single spaces, and nothing that may be an escape.
 */
const PLAIN = /^[!-%'-[\]-~]+(?: [!-%'-[\]-~]+)*$/;

/**
 * A bank's text as people read it: entities and escapes decoded, every run of spaces, line breaks and control
 * characters replaced by one space, none at the ends, and half a character (a lone surrogate) replaced by U+FFFD. Null
 * if nothing is left that can be seen, so that a blank text counts as absent.
 */
export function readableText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  if (PLAIN.test(text)) return text;
  const readable = decoded(text)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return visible(readable) === "" ? null : readable;
}

/** A text without invisible characters, such as marks that change the direction of writing. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cf}\s]/gu, "");
}

/** A placeholder for a name: only punctuation, or what programs write if they have none (ISO 20022: `NOTPROVIDED`). */
const NO_NAME = /^(?:[\p{P}\p{Z}\p{Cf}]+|not ?provided|n\/a)$/iu;

/** A name as people read it, like `readableText`; also null for a placeholder, such as `-` or `NOTPROVIDED`. */
export function readableName(name: string | null | undefined): string | null {
  const readable = readableText(name);
  return readable === null || NO_NAME.test(readable) ? null : readable;
}

/**
 * The complete form of a text that banks send twice, as one text and as a list of lines: the one that contains the other, as
 * some truncate either; the one text if both say the same, and both if neither contains the other. Null if both are
 * blank.
 */
export function wholeText(
  single: string | null | undefined,
  lines: readonly string[] | null | undefined,
): string | null {
  const alone = readableText(single);
  const joined = joinedLines(lines ?? []);
  if (alone === null || joined === null) return alone ?? joined;
  if (containsAll(alone, joined)) return alone;
  return containsAll(joined, alone) ? joined : `${alone} ${joined}`;
}

/**
 * The most informative of some texts, the first of which counts first: another one only if it contains that. Empty if
 * all are null.
 */
export function mostInformative(texts: readonly (string | null)[]): string {
  const [first = "", ...others] = texts.filter((text) => text !== null);
  return others.reduce(
    (best, text) => (text.length > best.length && containsAll(text, best) ? text : best),
    first,
  );
}

/** The lengths at which the formats of payments cut a text into lines: of MT940 and of SWIFT. */
const LINE_LENGTHS = [27, 35];

/**
 * Lines as one text. If all but the last fill lines of a usual length, up to a space at the end, words were cut there, so that
 * full lines continue without a space. A line that repeats an earlier one is left out.
 */
function joinedLines(lines: readonly string[]): string | null {
  const filled = lines.filter((line) => readableText(line) !== null);
  const length = LINE_LENGTHS.find((full) =>
    filled.slice(0, -1).every((line) => line.length === full || line.trimEnd().length === full - 1),
  );
  const isCut = filled.length > 1 && length !== undefined;
  const seen = new Set<string>();
  let text = "";
  for (const line of filled) {
    if (isCut) text += line.length === length ? line : `${line} `;
    else if (!seen.has(line)) text += `${line} `;
    seen.add(line);
  }
  return readableText(text);
}

/** Whether a text says all that another one does: that one is its beginning, or it has every word of that one. */
function containsAll(text: string, other: string): boolean {
  if (letters(text).startsWith(letters(other))) return true;
  const words = new Set(wordsIn(text));
  return wordsIn(other).every((word) => words.has(word));
}

/** A text as copies of it are compared: only letters, digits and emoji, as banks cut it and replace characters. */
function letters(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N}\p{ExtPict}]/gu, "").toLowerCase();
}

function wordsIn(text: string): string[] {
  return text.toLowerCase().split(" ");
}
