/**
 * Whether a result column holds 64-bit integers that a JavaScript number may not hold. It goes by the name, as neither
 * database tells where the value of an expression, such as a sum, came from.
 */
export function holdsMicros(column: string): boolean {
  return column === "micros" || column.endsWith("_micros");
}

/** An integer as a number, unless only a bigint is exact. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
