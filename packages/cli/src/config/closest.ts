/** The word that was most likely meant: the nearest that differs by at most two letters. */
export function closest(word: string, words: Iterable<string>): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const one of words) {
    if (Math.abs(one.length - word.length) > 2) continue; // More than two letters apart, and long words take long.
    const distance = distanceOf(word.toLowerCase(), one.toLowerCase());
    if (distance <= 2 && (best === undefined || distance < best.distance)) best = { word: one, distance };
  }
  return best?.word;
}

/** The Levenshtein distance: the number of letters to insert, remove or replace. */
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
