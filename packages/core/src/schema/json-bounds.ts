import { isRecord } from "../base/is-record.ts";

/** Deeper than anything a bank sends, and shallow enough for every function that calls itself for each level. */
const MOST_LEVELS = 1000;

/** Up to this length, in characters, a text cannot make JSON.parse take more memory than any program has. */
const HARMLESS_LENGTH = 4 * 1024 * 1024;

/** A long text with more values than one in so many characters holds no bank data: `{},{},{}` takes 50 times its length. */
const FEWEST_CHARACTERS_PER_VALUE = 8;

/** A text is JSON, and of a kind that no bank sends: nested too deep, or made of far too many values. */
export class ExcessiveJsonError extends Error {
  override name = "ExcessiveJsonError";
}

/**
 * Looks through a long text before it is parsed: 64 MB of brackets would take JSON.parse 3 GB. Texts of a usual length
 * are not looked at.
 *
 * @throws ExcessiveJsonError when it is nested too deep, or holds too many values for its length
 */
export function assertWorthParsing(text: string): void {
  if (text.length <= HARMLESS_LENGTH) return;
  const most = text.length / FEWEST_CHARACTERS_PER_VALUE;
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      at = endOfString(text, at);
    } else if (character === COMMA) {
      values += 1;
    } else if (character === OPEN_BRACKET || character === OPEN_BRACE) {
      values += 1;
      depth += 1;
      if (depth > MOST_LEVELS) throw tooDeep();
    } else if (character === CLOSE_BRACKET || character === CLOSE_BRACE) {
      depth -= 1;
    }
  }
  if (values > most) throw new ExcessiveJsonError("holds more values than bank data of its size can");
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The place of the quote that ends the string that begins at `start`; the end of the text when none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/**
 * Whether a number stands anywhere in a parsed value.
 *
 * @throws ExcessiveJsonError when it is nested too deep
 */
export function holdsNumber(value: unknown): boolean {
  return lookThrough(value, 0);
}

/** Goes on past the first number, as every level has to be looked at. */
function lookThrough(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "number";
  if (depth >= MOST_LEVELS) throw tooDeep();
  let found = false;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== "string" && lookThrough(item, depth + 1)) found = true;
    return found;
  }
  if (!isRecord(value)) return false;
  for (const name in value) {
    const member = value[name];
    if (typeof member !== "string" && lookThrough(member, depth + 1)) found = true;
  }
  return found;
}

function tooDeep(): ExcessiveJsonError {
  return new ExcessiveJsonError(`is nested more than ${MOST_LEVELS} levels deep`);
}
