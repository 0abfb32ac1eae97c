/** What tells the files of one format from all others, and what messages call them. */
export interface FileMark {
  /** The `application_id` in their header, so that a database of something else is never written to. */
  readonly applicationId: number;
  /** Their `user_version`. A file with a higher one was made by a newer version of bankdata, and is left alone. */
  readonly layout: number;
  /** What messages call such a file: "cache file". */
  readonly noun: string;
  /** What messages call the things that it holds: "responses". */
  readonly contents: string;
}

/**
 * A header of ours in which at most this many bits have flipped is damaged, but still ours: no other comes as close.
 */
export const MAX_FLIPPED_BITS = 4;

/** Whether an application id is the one of the mark, but for at most `flippedBits` bits. */
export function isMarked(id: number, { applicationId }: FileMark, flippedBits: number): boolean {
  return bitsSet(id ^ applicationId) <= flippedBits;
}

/** How many bits of a number are set. */
export function bitsSet(number: number): number {
  let count = 0;
  for (let left = number >>> 0; left !== 0; left >>>= 1) count += left & 1;
  return count;
}
