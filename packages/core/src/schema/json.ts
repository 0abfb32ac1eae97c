import { writeOutDecimal } from "../base/decimal.ts";
import { withoutTrailing } from "../base/trailing.ts";
import { assertWithinBounds, containsNumber, readNotingLists } from "./json-bounds.ts";

/**
 * Members that hold money or a rate, in any object: their digits must survive. The last word of the name counts, as in
 * `exchangeRate`, `exchange_rate` and `EXCHANGE_RATE`; `corporate` is another word.
 */
const AMOUNT_OR_RATE = /(?:Amount|Rate|(?<!\p{L})(?:amount|rate)|(?<!\p{Lu})(?:AMOUNT|RATE))$/u;

/** Members that identify something, in any object: a number is read as the text that was sent, as `1.0` is not `1`. */
const ID = /(?:Id|ID|Reference|(?<!\p{L})(?:id|reference))$/u;

/**
 * Parses JSON without altering money: a bare number in an amount or a rate becomes a decimal string with the digits of
 * the text, written out (`1e2` → `"100"`, `-24.0` → `"-24.0"`), and any other number that a JavaScript number cannot
 * hold exactly becomes a string, as it is written (`1e400` → `"1e400"`); so does one in an id that is written in an unusual
 * way (`1.0` → `"1.0"`).
 *
 * @throws SyntaxError if the text is not JSON; ExcessiveJsonError if it is nested too deeply or holds too many values
 */
export function parseExactly(text: string): unknown {
  return readExactly(text, (value) => value);
}

/**
 * Parses JSON as `parseExactly` does, and reads the value. A bank's response rarely contains a bare number, so that it is
 * parsed the fast way and read first: in lists that reading finds to be free of numbers, none has to be looked for, which
 * would cost a tenth of parsing. Only if there is one, the text is parsed again, the slow way that shows the source text,
 * and read again.
 *
 * @param read may be run twice, and must leave the value unchanged
 * @throws what `read` throws; otherwise as `parseExactly`
 */
export function readExactly<T>(text: string, read: (value: unknown) => T): T {
  assertWithinBounds(text);
  const value: unknown = JSON.parse(text);
  const { result, numberFree } = readNotingLists(() => read(value));
  return containsNumber(value, numberFree) ? read(parseWithSources(text)) : result;
}

function parseWithSources(text: string): unknown {
  return JSON.parse(text, (key: string, value: unknown, ...[context]: [{ source?: string }?]) =>
    typeof value === "number" && context?.source !== undefined
      ? exactNumber(key, value, context.source)
      : value,
  );
}

function exactNumber(key: string, value: number, source: string): number | string {
  if (AMOUNT_OR_RATE.test(key)) return writeOutDecimal(source) ?? source;
  if (ID.test(key) && String(value) !== source) return source;
  return isHeldExactly(value, source) ? value : source;
}

/** Whether the shortest text of a number, which is what JSON.stringify writes, has the value of the source text. */
function isHeldExactly(value: number, source: string): boolean {
  // Up to 15 digits always survive, unless an exponent makes the number too large or too small.
  if (source.length <= 15 && !/e/i.test(source)) return true;
  return Number.isFinite(value) && normalForm(String(value)) === normalForm(source);
}

/** A JSON number as its digits, without zeros around them, and an exponent: one text for each value. */
function normalForm(number: string): string {
  const [, minus = "", whole = "", fraction = "", exponent = "0"] = JSON_NUMBER.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = withoutTrailing(digits, "0");
  if (significant === "") return "0";
  return `${minus}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

const JSON_NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
