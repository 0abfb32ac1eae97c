import { writeOutDecimal } from "../base/decimal.ts";
import { withoutTrailing } from "../base/trailing.ts";
import { assertWithinBounds, containsNumber } from "./json-bounds.ts";

/** Fields that hold money or a rate, in any object: their digits must survive. */
const AMOUNT_OR_RATE = /(?:amount|rate)$/i;

/**
 * Parses JSON without altering money: a bare number in an amount or a rate becomes a decimal string with the digits of
 * the text, written out (`1e2` → `"100"`, `-24.0` → `"-24.0"`), and any other number that a JavaScript number cannot
 * hold exactly becomes the string of its digits. A bank's response rarely contains a bare number, and looking for one
 * costs a tenth of parsing; only if there is one is the text parsed again, the slow way that shows the source text.
 *
 * @throws SyntaxError if the text is not JSON; ExcessiveJsonError if it is nested too deeply or holds too many values
 */
export function parseExactly(text: string): unknown {
  assertWithinBounds(text);
  const value: unknown = JSON.parse(text);
  if (!containsNumber(value)) return value;
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

/** Fifteen digits always survive; beyond that, the number's shortest text is compared with the source. */
function isHeldExactly(value: number, source: string): boolean {
  if (source.length <= 15) return true;
  return withoutPadding(String(value)) === withoutPadding(source);
}

function withoutPadding(text: string): string {
  const plain = writeOutDecimal(text) ?? text;
  return plain.includes(".") ? withoutTrailing(withoutTrailing(plain, "0"), ".") : plain;
}
