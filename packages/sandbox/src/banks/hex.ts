import { hashOf } from "./random.ts";

/** 32 hexadecimal digits that stand for their parts: the same parts always give the same digits. */
export function hexOf(...parts: readonly (string | number)[]): string {
  return [1, 2, 3, 4]
    .map((part) =>
      hashOf(...parts, part)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
}
