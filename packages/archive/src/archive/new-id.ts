import { randomFillSync } from "node:crypto";

/** Crockford's base 32 in lower case, as in a ULID: without letters that look like digits. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;

/** How many random bytes are drawn at once: drawing them one by one costs more than all else here. */
const POOL_SIZE = 256 * RANDOM_LENGTH;

/**
 * Returns a function that makes ids of 26 characters, lower-case ULIDs: the moment, then 80 random bits. Ids that are made
 * one after the other are neighbours in an index, so that a large import does not scatter its writes.
 *
 * @param now in milliseconds since 1970
 */
export function idMaker(now: () => number): () => string {
  const pool = new Uint8Array(POOL_SIZE);
  let used = POOL_SIZE;
  return () => {
    if (used === POOL_SIZE) {
      randomFillSync(pool);
      used = 0;
    }
    let id = timeOf(Math.max(0, Math.floor(now())));
    for (const end = used + RANDOM_LENGTH; used < end; used += 1)
      id += ALPHABET.charAt((pool[used] ?? 0) & 31);
    return id;
  };
}

function timeOf(milliseconds: number): string {
  let text = "";
  let rest = milliseconds;
  for (let at = 0; at < TIME_LENGTH; at += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
