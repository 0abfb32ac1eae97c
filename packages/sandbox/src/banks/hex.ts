import { hashesOf } from "./random.ts";

/** A hash of 32 hexadecimal digits: the same parts always produce the same digits. */
export function hexOf(...parts: readonly (string | number)[]): string {
  let digits = "";
  for (const hash of hashesOf(parts, [1, 2, 3, 4])) {
    for (let shift = 24; shift >= 0; shift -= 8) digits += BYTES[(hash >>> shift) & 0xff];
  }
  return digits;
}

/** The digits of each byte: `toString(16)` of a number above 2^30 is ten times slower. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
