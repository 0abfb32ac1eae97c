import type { WordCondition } from "../database/index.ts";

/** Begins the words that tell the size of an amount, so that no text is taken for one. */
const OF_SIZE = "\uE003";

/** The amounts that have no size in the index of numbers. */
const BEYOND = `${OF_SIZE}beyond`;

/** A range of millionths, both included. */
export interface MicrosRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** How many bits after the first one tell the finer size. */
const FINE_BITS = 3n;
const FINE_MASK = 2n ** FINE_BITS - 1n;

/**
 * The words by which an amount is found within a range: the power of two that its size begins with, and which eighth of that.
 *
 * @param micros in millionths; null if it has none
 */
export function sizeWords(micros: bigint | null): string[] {
  if (micros === null) return [BEYOND];
  const sign = micros < 0n ? "m" : "p";
  const size = abs(micros);
  return [octaveWord(sign, octaveOf(size)), fineWord(sign, size)];
}

/** What the words of amounts within a range have in common; they are of more amounts, so each has to be looked at. */
export function sizeCondition(ranges: readonly MicrosRange[], withBeyond: boolean): WordCondition {
  const words = ranges.flatMap(({ from, to }) => [
    ...(from < 0n ? wordsBetween("m", to < 0n ? abs(to) : 1n, abs(from)) : []),
    ...(to >= 0n ? wordsBetween("p", from > 0n ? from : 0n, to) : []),
  ]);
  return { any: [...words, ...(withBeyond ? [BEYOND] : [])].map((word) => ({ word })) };
}

type Sign = "m" | "p";

/** The words of the sizes from one to another: eighths at both ends, whole powers between. */
function wordsBetween(sign: Sign, from: bigint, to: bigint): string[] {
  if (from > to) return [];
  const [first, last] = [octaveOf(from), octaveOf(to)];
  const words: string[] = [];
  for (let octave = first; octave <= last; octave += 1) {
    if (octave !== first && octave !== last) words.push(octaveWord(sign, octave));
    else
      words.push(
        ...finesBetween(
          sign,
          octave === first ? from : startOf(octave),
          octave === last ? to : endOf(octave),
        ),
      );
  }
  return words;
}

/** The eighths of one power of two. */
function finesBetween(sign: Sign, from: bigint, to: bigint): string[] {
  const octave = octaveOf(from);
  if (from === startOf(octave) && to === endOf(octave)) return [octaveWord(sign, octave)];
  const words = new Set<string>();
  const step = octave > Number(FINE_BITS) ? 2n ** (BigInt(octave) - FINE_BITS) : 1n;
  for (let size = from; size < to; size += step) words.add(fineWord(sign, size));
  return [...words.add(fineWord(sign, to))];
}

function octaveOf(size: bigint): number {
  return size === 0n ? -1 : size.toString(2).length - 1;
}

function startOf(octave: number): bigint {
  return octave < 0 ? 0n : 2n ** BigInt(octave);
}

function endOf(octave: number): bigint {
  return octave < 0 ? 0n : 2n ** BigInt(octave + 1) - 1n;
}

function octaveWord(sign: Sign, octave: number): string {
  return `${OF_SIZE}${sign}${octave < 0 ? "zero" : octave}`;
}

function fineWord(sign: Sign, size: bigint): string {
  const octave = octaveOf(size);
  if (octave < 0) return octaveWord(sign, octave);
  const surplus = BigInt(octave) - FINE_BITS;
  const fine = (surplus >= 0n ? size >> surplus : size << -surplus) & FINE_MASK;
  return `${OF_SIZE}${sign}${octave}x${fine}`;
}

function abs(number: bigint): bigint {
  return number < 0n ? -number : number;
}
