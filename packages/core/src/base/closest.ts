/**
 * The word that was most likely meant: the nearest of those in which at most two letters, and at most a third of them, were
 * put in, left out or changed. Capitals, `_` and `-` do not count, so that `expire_after` is `expireAfter`.
 */
export function closest(word: string, words: Iterable<string>): string | undefined {
  const plain = lettersOf(word);
  const most = Math.min(2, Math.ceil(plain.length / 3));
  let best: { word: string; distance: number } | undefined;
  for (const one of words) {
    const other = lettersOf(one);
    if (Math.abs(other.length - plain.length) > most) continue; // Too far already, and a word may be very long.
    const distance = distanceOf(plain, other);
    if (distance <= most && (best === undefined || distance < best.distance)) best = { word: one, distance };
  }
  return best?.word;
}

function lettersOf(word: string): string {
  return word.toLowerCase().replaceAll(/[_-]/g, "");
}

/** How many letters must be put in, left out or changed to make one word of the other (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [place, second] of [...other].entries()) {
      const changed = (row[place] ?? 0) + (letter === second ? 0 : 1);
      next.push(Math.min(changed, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
