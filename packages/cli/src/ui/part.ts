import type { styleText } from "node:util";
import type { Printable } from "./printable.ts";

/** Styles of text; each is plain if the output is not a terminal, or `NO_COLOR` is set. */
export type Style = Parameters<typeof styleText>[0];

/** A string with a style. */
export interface Styled {
  text: Printable;
  style: Style;
}

/** What a line is made of. */
export type Part = Printable | Styled;

/** What the parts of a line say. */
export function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === "string" ? part : part.text)).join("");
}
