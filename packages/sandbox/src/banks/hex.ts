import { hashOf } from "./random.ts";

/** A hash of 32 hexadecimal digits: the same parts always produce the same digits. */
export function hexOf(...parts: readonly (string | number)[]): string {
  return [1, 2, 3, 4]
    .map((part) =>
      hashOf(...parts, part)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
}
