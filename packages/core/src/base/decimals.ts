/** Exact decimals, compared digit by digit: as numbers, two amounts of 18 digits would be equal. */

/** Whether a text is a decimal as this library writes it, such as `-12.50`. */
export function isDecimal(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}

/** Below zero if the first decimal is the smaller one, above if it is the larger one, zero if they are equal. */
export function compareDecimals(one: string, other: string): number {
  const decimals = Math.max(decimalsOf(one), decimalsOf(other));
  const [a, b] = [scaled(one, decimals), scaled(other, decimals)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A decimal in a smaller unit. Both are the same if it is a whole number of it. */
export interface InUnits {
  /** The largest whole number that is not above it. */
  readonly floor: bigint;
  /** The smallest whole number that is not below it. */
  readonly ceil: bigint;
}

/** How many of the unit of some decimals a decimal is: with 2, in cents. */
export function inUnits(decimal: string, decimals: number): InUnits {
  const [whole = "", fraction = ""] = decimal.split(".");
  const towardsZero = scaled(`${whole}.${fraction.slice(0, decimals)}`, decimals);
  if (/^0*$/.test(fraction.slice(decimals))) return { floor: towardsZero, ceil: towardsZero };
  return decimal.startsWith("-")
    ? { floor: towardsZero - 1n, ceil: towardsZero }
    : { floor: towardsZero, ceil: towardsZero + 1n };
}

function decimalsOf(decimal: string): number {
  return decimal.split(".")[1]?.length ?? 0;
}

function scaled(decimal: string, decimals: number): bigint {
  const [whole = "", fraction = ""] = decimal.replace("-", "").split(".");
  const size = BigInt(`${whole}${fraction.padEnd(decimals, "0")}` || "0");
  return decimal.startsWith("-") ? -size : size;
}
