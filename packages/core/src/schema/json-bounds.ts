import { isRecord } from "../base/is-record.ts";

/** Deeper than anything that a bank sends, and shallow enough for every recursive function. */
const MAX_DEPTH = 1000;

/** A string of up to this many characters cannot make JSON.parse exhaust the memory, so it is not checked. */
const UNCHECKED_LENGTH = 4 * 1024 * 1024;

/** Bank data has fewer values than one for this many characters; `{},{},{}` takes 50 times its length in memory. */
const MIN_CHARACTERS_PER_VALUE = 8;

/** The text is JSON that no bank sends: nested too deeply, or with far too many values for its length. */
export class ExcessiveJsonError extends Error {
  override name = "ExcessiveJsonError";
}

/**
 * Checks a long text before it is parsed: 64 MB of brackets would take JSON.parse 3 GB. Texts of the usual length are
 * not checked.
 *
 * @throws ExcessiveJsonError if it is nested too deeply, or holds too many values for its length
 */
export function assertWithinBounds(text: string): void {
  if (text.length <= UNCHECKED_LENGTH) return;
  const maxValues = text.length / MIN_CHARACTERS_PER_VALUE;
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
      if (depth > MAX_DEPTH) throw tooDeep();
    } else if (character === CLOSE_BRACKET || character === CLOSE_BRACE) {
      depth -= 1;
    }
  }
  if (values > maxValues) throw new ExcessiveJsonError("holds more values than bank data of its size can");
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The position of the quote that ends the string that begins at `start`; the text's length if there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** While a parsed value is read: the lists in it that were found to hold no number. */
let numberFreeLists: unknown[] | undefined;

/** Notes that a list that is just being read holds no number, at any depth. */
export function noteNumberFree(list: readonly unknown[]): void {
  numberFreeLists?.push(list);
}

/** Reads a parsed value, and returns the result with the lists that reading found to hold no number. */
export function readNotingLists<T>(read: () => T): { result: T; numberFree: readonly unknown[] } {
  const outer = numberFreeLists;
  const numberFree: unknown[] = [];
  numberFreeLists = numberFree;
  try {
    return { result: read(), numberFree };
  } finally {
    numberFreeLists = outer;
  }
}

/**
 * Whether a parsed value contains a number anywhere.
 *
 * @param numberFree lists that are known to contain none, and need not be looked through
 * @throws ExcessiveJsonError if it is nested too deeply
 */
export function containsNumber(value: unknown, numberFree: readonly unknown[] = []): boolean {
  return scanForNumber(value, numberFree, 0);
}

/** Does not stop at the first number, because the depth of every branch has to be checked. */
function scanForNumber(value: unknown, numberFree: readonly unknown[], depth: number): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "number";
  if (depth >= MAX_DEPTH) throw tooDeep();
  let found = false;
  if (Array.isArray(value)) {
    if (numberFree.includes(value)) return false;
    for (const item of value)
      if (typeof item !== "string" && scanForNumber(item, numberFree, depth + 1)) found = true;
    return found;
  }
  if (!isRecord(value)) return false;
  for (const name in value) {
    const field = value[name];
    if (typeof field !== "string" && scanForNumber(field, numberFree, depth + 1)) found = true;
  }
  return found;
}

function tooDeep(): ExcessiveJsonError {
  return new ExcessiveJsonError(`is nested more than ${MAX_DEPTH} levels deep`);
}
