import { writeOutDecimal } from "./decimal.ts";

/**
 * A bare number as the value of a member. Inside a JSON string the quote before the colon would be escaped, so a
 * text can only be found too often, never too seldom. One pass of this costs a seventh of parsing, and the usual
 * answer of a bank holds no bare number at all.
 */
const BARE_NUMBER = /":\s*[-\d]/;

/** Members that hold money or a rate, in whatever object they stand: their digits must survive. */
const AMOUNT_OR_RATE = /(?:amount|rate)$/i;

/**
 * Parses JSON without altering money: a bare number in an amount or a rate becomes the decimal string that stood in
 * the text, written out (`1e2` → `"100"`, `-24.0` → `"-24.0"`), and any other number that a JavaScript number cannot
 * hold becomes the string of its digits. Throws SyntaxError where the text is not JSON.
 */
export function parseExactly(text: string): unknown {
  if (!BARE_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key: string, value: unknown, ...[context]: [{ source?: string }?]) =>
    typeof value === "number" && context?.source !== undefined
      ? exactNumber(key, value, context.source)
      : value,
  );
}

function exactNumber(key: string, value: number, source: string): number | string {
  if (AMOUNT_OR_RATE.test(key)) return writeOutDecimal(source) ?? source;
  return isHeldExactly(value, source) ? value : source;
}

/** Fifteen digits always survive; past that, the shortest text of the number is compared with what stood there. */
function isHeldExactly(value: number, source: string): boolean {
  if (source.length <= 15) return true;
  return withoutPadding(String(value)) === withoutPadding(source);
}

function withoutPadding(text: string): string {
  const plain = writeOutDecimal(text) ?? text;
  return plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain;
}
