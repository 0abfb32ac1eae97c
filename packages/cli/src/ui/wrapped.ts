import type { Part } from "./part.ts";
import { joined, line, printable } from "./printable.ts";
import { textWidth } from "./table.ts";

/**
 * Wraps a line at its words, so that it fits into `width` columns; the lines after the first are indented by `indent`.
 * A command stays whole, so that it can be copied, and a longer word is left to the terminal.
 */
export function wrapped(parts: readonly Part[], width: number, indent: number): Part[][] {
  const margin = printable(" ".repeat(indent));
  const lines: Part[][] = [];
  let current: Part[] = [];
  let taken = 0;
  for (const word of parts.flatMap(wordsOf)) {
    const size = textWidth(typeof word === "string" ? word : word.text);
    const fits = taken + size <= width || taken <= indent || isSpace(word);
    if (!fits) {
      lines.push(current);
      [current, taken] = [[margin], indent];
    } else if (isSpace(word) && lines.length > 0 && taken === indent) continue;
    current.push(word);
    taken += size;
  }
  return [...lines, current].map(withoutLastSpace);
}

function isSpace(word: Part): boolean {
  return typeof word === "string" ? word === " " : word.text === " ";
}

function withoutLastSpace(words: readonly Part[]): Part[] {
  const last = words.findLastIndex((word) => !isSpace(word));
  return joinedAgain(words.slice(0, last + 1));
}

/** A command at the start of a text, up to the comma of a sentence around it; values may be quoted for a shell. */
const COMMAND = /^bankdata (?:\\'|'[^']*'|(?!, )[^'])*/;

/** The words of a part and the spaces between them, each with the part's style. */
function wordsOf(part: Part): Part[] {
  const text = typeof part === "string" ? part : part.text;
  const [command = ""] = COMMAND.exec(text) ?? [];
  const words = text.slice(command.length).split(/( )/);
  const pieces = [command, ...words].filter((piece) => piece !== "");
  return pieces.map((piece) =>
    typeof part === "string" ? line`${piece}` : { ...part, text: printable(piece) },
  );
}

/** Neighbours of one style as one part. */
function joinedAgain(words: readonly Part[]): Part[] {
  const parts: Part[] = [];
  for (const word of words) {
    const [a, b] = [textAndStyle(parts.at(-1)), textAndStyle(word)];
    if (a === undefined || b === undefined || a.style !== b.style) {
      parts.push(word);
      continue;
    }
    const text = joined([a.text, b.text]);
    parts[parts.length - 1] = typeof word === "string" ? text : { ...word, text };
  }
  return parts;
}

function textAndStyle(part: Part | undefined) {
  if (part === undefined) return undefined;
  return typeof part === "string" ? { text: part, style: undefined } : part;
}
