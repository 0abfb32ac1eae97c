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

/**
 * A size has a code: how many bits it has, and the 8 that follow the first, so that a larger size has a larger code, or the same.
 * The words of an amount hold its code whole and without its last bits, and the last one nothing but the sign.
 */
const CODE_BITS = 8;
const LEVELS = [0, 4, 9, 14] as const;

/** The words by which an amount is found within a range. @param micros in millionths; null if it has none */
export function sizeWords(micros: bigint | null): string[] {
  if (micros === null) return [BEYOND];
  const code = codeOf(abs(micros));
  return LEVELS.map((dropped) => sizeWord(signOf(micros), code, dropped));
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

function signOf(micros: bigint): Sign {
  return micros < 0n ? "m" : "p";
}

/** The most words of one level that a range takes before the next one serves it. */
const MOST_WORDS = 20;

/** What is usual to pay, in millionths: a range with all of it leaves out so few that its words would cost more than they save. */
const USUAL = { from: 8_000_000n, to: 32_000_000n };

/** The words of the sizes from one to another, of the finest level on which they are few. */
function wordsBetween(sign: Sign, from: bigint, to: bigint): string[] {
  const [first, last] = [codeOf(from), codeOf(to)];
  const isFew = (dropped: number) => (last >> dropped) - (first >> dropped) < MOST_WORDS;
  const isWide = from <= USUAL.from && to >= USUAL.to;
  const level = (isWide ? undefined : LEVELS.find(isFew)) ?? LEVELS[3];
  const words: string[] = [];
  for (let code = first >> level; code <= last >> level; code += 1)
    words.push(sizeWord(sign, code << level, level));
  return words;
}

function codeOf(size: bigint): number {
  if (size === 0n) return 0;
  const bits = size.toString(2).length;
  const surplus = bits - 1 - CODE_BITS;
  const leading = surplus > 0 ? size >> BigInt(surplus) : size << BigInt(-surplus);
  return (bits << CODE_BITS) + Number(leading) - (1 << CODE_BITS);
}

function sizeWord(sign: Sign, code: number, dropped: number): string {
  return `${OF_SIZE}${dropped}${sign}${(code >> dropped).toString(36)}`;
}

function abs(number: bigint): bigint {
  return number < 0n ? -number : number;
}
