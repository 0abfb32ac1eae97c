import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { TransactionStatus } from "bankdata-core/bank";

/** The list in which a row stood; `unknown` for an unreadable one of which nobody knows. */
export type ListName = TransactionStatus | "unknown";

/** The lists in the order in which they are stored. Never changed, as their places are part of the format. */
const LISTS: readonly ListName[] = ["booked", "pending", "scheduled", "void", "unknown"];

/** The place of a list among the lists. */
export function placeOfList(list: ListName): number {
  return LISTS.indexOf(list);
}

/**
 * Which payload stood at which place of which list of a response: the keys of payloads, in order; 0 at a place that nothing
 * is known of. Lists without rows are left out.
 */
export type Listing = ReadonlyMap<ListName, readonly number[]>;

/** How a listing is written. */
const [COMPLETE, COMPLETE_DEFLATED, DIFFERENCE, DIFFERENCE_DEFLATED] = [1, 2, 3, 4];

/** From how many bytes on deflating pays. */
const WORTH_DEFLATING = 64;

/** Writes a listing out. */
export function encodeListing(listing: Listing): Uint8Array {
  const numbers = flat(listing);
  return written(deltas(numbers), COMPLETE, COMPLETE_DEFLATED);
}

/**
 * Writes only how a listing differs from another: by what is common at the beginning, and from there on by runs that are
 * copied from the other, which are most of it, as rows only move down when new ones come.
 */
export function encodeDifference(listing: Listing, base: Listing): Uint8Array {
  const [numbers, others] = [flat(listing), flat(base)];
  const places = new Map(others.map((number, at) => [number, at]));
  const operations: number[] = [];
  let last = 0;
  for (let at = 0; at < numbers.length; ) {
    const copied = copiedAt(numbers, at, others, places);
    if (copied.length >= 2) {
      operations.push(copied.length, copied.from);
      at += copied.length;
      continue;
    }
    // A length of 0 is followed by a number of the listing itself, as its distance from the one before that came so.
    const number = numbers[at] ?? 0;
    operations.push(0, zigzag(number - last));
    last = number;
    at += 1;
  }
  return written(operations, DIFFERENCE, DIFFERENCE_DEFLATED);
}

/** The longest run at a place that is also in the other listing. */
function copiedAt(
  numbers: readonly number[],
  at: number,
  others: readonly number[],
  places: ReadonlyMap<number, number>,
): { from: number; length: number } {
  const from = places.get(numbers[at] ?? 0);
  if (from === undefined) return { from: 0, length: 0 };
  let length = 1;
  while (at + length < numbers.length && numbers[at + length] === others[from + length]) length += 1;
  return { from, length };
}

/** Whether `decodeListing` needs the listing of which this is a difference. */
export function needsBase(data: Uint8Array): boolean {
  return data[0] === DIFFERENCE || data[0] === DIFFERENCE_DEFLATED;
}

/**
 * Reads a listing.
 *
 * @param base the listing of which this is a difference, if it is one
 * @throws Error if it is damaged, or of a later format
 */
export function decodeListing(data: Uint8Array, base?: Listing): Listing {
  const [format] = data;
  const rest = data.subarray(1);
  const isDeflated = format === COMPLETE_DEFLATED || format === DIFFERENCE_DEFLATED;
  const numbers = readNumbers(isDeflated ? inflateRawSync(rest) : rest);
  if (format === COMPLETE || format === COMPLETE_DEFLATED) return structured(sums(numbers));
  if (!needsBase(data) || base === undefined) throw new Error(`unknown format ${format} of a listing`);
  const others = flat(base);
  const result: number[] = [];
  let last = 0;
  for (let at = 0; at < numbers.length; at += 2) {
    const [length = 0, value = 0] = [numbers[at], numbers[at + 1]];
    if (length === 0) {
      last += unzigzag(value);
      result.push(last);
    } else for (let place = value; place < value + length; place += 1) result.push(others[place] ?? 0);
  }
  return structured(result);
}

/** Whether two listings are the same. */
export function areEqualListings(one: Listing, other: Listing): boolean {
  const [mine, theirs] = [flat(one), flat(other)];
  return mine.length === theirs.length && mine.every((number, at) => number === theirs[at]);
}

/** How many rows are listed. */
export function rowsIn(listing: Listing): number {
  let count = 0;
  for (const keys of listing.values()) count += keys.length;
  return count;
}

/** A listing as one row of numbers: of each list its place among the lists, its length, and its keys. */
function flat(listing: Listing): number[] {
  const numbers: number[] = [];
  for (const [place, name] of LISTS.entries()) {
    const keys = listing.get(name) ?? [];
    if (keys.length === 0) continue;
    numbers.push(place, keys.length);
    for (const key of keys) numbers.push(key);
  }
  return numbers;
}

function structured(numbers: readonly number[]): Listing {
  const listing = new Map<ListName, readonly number[]>();
  for (let at = 0; at < numbers.length; ) {
    const name = LISTS[numbers[at] ?? -1];
    const length = numbers[at + 1] ?? 0;
    if (name === undefined) throw new Error("a listing is damaged");
    listing.set(name, numbers.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return listing;
}

/** Each number as its distance from the one before, as neighbours came together and have keys that follow each other. */
function deltas(numbers: readonly number[]): number[] {
  return numbers.map((number, at) => zigzag(number - (numbers[at - 1] ?? 0)));
}

function sums(differences: readonly number[]): number[] {
  let sum = 0;
  return differences.map((difference) => {
    sum += unzigzag(difference);
    return sum;
  });
}

/** A number of either sign as one without: 0, -1, 1, -2, 2 … become 0, 1, 2, 3, 4 … */
function zigzag(number: number): number {
  return number < 0 ? -number * 2 - 1 : number * 2;
}

function unzigzag(number: number): number {
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
}

/** Numbers in groups of seven bits, the lowest first; the eighth bit says that another follows. */
function written(numbers: readonly number[], plain: number, deflated: number): Uint8Array {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  const data = Uint8Array.from(bytes);
  if (data.length < WORTH_DEFLATING) return Buffer.concat([Uint8Array.of(plain), data]);
  return Buffer.concat([Uint8Array.of(deflated), deflateRawSync(data)]);
}

function readNumbers(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [number, scale] = [0, 1];
  for (const byte of bytes) {
    number += (byte % 128) * scale;
    if (byte >= 128) scale *= 128;
    else {
      numbers.push(number);
      [number, scale] = [0, 1];
    }
  }
  return numbers;
}
