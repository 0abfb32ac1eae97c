/** Identifies the files of one format, and names them in messages. */
export interface FileMark {
  /** The `application_id` in their header, so that another program's database is never written to. */
  readonly applicationId: number;
  /** Their `user_version`. A file with a higher one was made by a newer version of bankdata, and is left alone. */
  readonly layout: number;
  /** The name of such a file in messages: "cache file". */
  readonly noun: string;
  /** The name of its contents in messages: "responses". */
  readonly contents: string;
}

/** A header in which at most this many bits differ from ours is damaged, but ours: no other format's comes as close. */
export const MAX_FLIPPED_BITS = 4;

/** Whether an application id differs from the mark's in at most `flippedBits` bits. */
export function isMarked(id: number, { applicationId }: FileMark, flippedBits: number): boolean {
  return bitsSet(id ^ applicationId) <= flippedBits;
}

/** How many bits of a number are set. */
export function bitsSet(number: number): number {
  let count = 0;
  for (let left = number >>> 0; left !== 0; left >>>= 1) count += left & 1;
  return count;
}
