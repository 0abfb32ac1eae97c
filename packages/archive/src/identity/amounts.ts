/**
 * Exact amounts: decimals are compared as the strings that banks send, never as numbers, which would take two amounts of
 * 18 digits for equal.
 */

/** One form for each value, so that equal amounts are equal strings: `1.50` and `01.5` become `1.5`, `-0.00` becomes `0`. */
export function canonicalAmount(amount: string): string {
  const isNegative = amount.startsWith("-");
  const [whole = "", fraction = ""] = (isNegative ? amount.slice(1) : amount).split(".");
  const digits = withoutLeadingZeros(whole);
  const decimals = withoutTrailingZeros(fraction);
  const size = decimals === "" ? digits : `${digits}.${decimals}`;
  return isNegative && size !== "0" ? `-${size}` : size;
}

/** The same sum in the other direction. */
export function negated(canonical: string): string {
  if (canonical === "0") return canonical;
  return canonical.startsWith("-") ? canonical.slice(1) : `-${canonical}`;
}

/** The direction of the money: -1 out, 1 in, 0 for nothing. */
export function directionOf(canonical: string): -1 | 0 | 1 {
  if (canonical === "0") return 0;
  return canonical.startsWith("-") ? -1 : 1;
}

/**
 * How much larger the second amount is than the first, as a logarithm. Rounded, so it only tells how unusual a change is, never
 * whether two amounts are equal.
 */
export function growth(before: string, after: string): number {
  return Math.log(Math.abs(Number(after)) / Math.abs(Number(before)));
}

function withoutLeadingZeros(digits: string): string {
  let at = 0;
  while (at < digits.length - 1 && digits[at] === "0") at += 1;
  return digits.slice(at) || "0";
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
