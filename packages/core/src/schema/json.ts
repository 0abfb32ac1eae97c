import { writeOutDecimal } from "../base/decimal.ts";
import { withoutTrailing } from "../base/trailing.ts";
import { assertWorthParsing, holdsNumber } from "./json-bounds.ts";

/** Members that hold money or a rate, in whatever object they stand: their digits must survive. */
const AMOUNT_OR_RATE = /(?:amount|rate)$/i;

/**
 * Parses JSON without altering money: a bare number in an amount or a rate becomes the decimal string that stood in
 * the text, written out (`1e2` → `"100"`, `-24.0` → `"-24.0"`), and any other number that a JavaScript number cannot
 * hold becomes the string of its digits. The usual response of a bank holds no number, and looking for one costs a
 * tenth of parsing; only when there is one is the text parsed again, in the slow way that shows how it was written.
 *
 * @throws SyntaxError when the text is not JSON; ExcessiveJsonError when it is nested too deep or holds too many values
 */
export function parseExactly(text: string): unknown {
  assertWorthParsing(text);
  const value: unknown = JSON.parse(text);
  if (!holdsNumber(value)) return value;
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
  return plain.includes(".") ? withoutTrailing(withoutTrailing(plain, "0"), ".") : plain;
}
