import { isRecord } from "./as-is.ts";
import { writeOutDecimal } from "./decimal.ts";

/** Members that hold money or a rate, in whatever object they stand: their digits must survive. */
const AMOUNT_OR_RATE = /(?:amount|rate)$/i;

/**
 * Parses JSON without altering money: a bare number in an amount or a rate becomes the decimal string that stood in
 * the text, written out (`1e2` → `"100"`, `-24.0` → `"-24.0"`), and any other number that a JavaScript number cannot
 * hold becomes the string of its digits. Throws SyntaxError where the text is not JSON.
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!holdsNumber(value)) return value;
  return JSON.parse(text, (key: string, value: unknown, ...[context]: [{ source?: string }?]) =>
    typeof value === "number" && context?.source !== undefined
      ? exactNumber(key, value, context.source)
      : value,
  );
}

/**
 * Whether a number stands anywhere. The usual answer of a bank holds none, and this walk costs a tenth of parsing it;
 * only where one is found is the text parsed again, in the slow way that shows how a number was written.
 */
function holdsNumber(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "number";
  if (Array.isArray(value)) return value.some(holdsNumber);
  if (!isRecord(value)) return false;
  for (const name in value) {
    const member = value[name];
    if (typeof member !== "string" && holdsNumber(member)) return true;
  }
  return false;
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
