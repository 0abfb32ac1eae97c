/** No name is longer, so that nothing is near a longer word. */
const LONGEST = 100;

/** "Did you mean …?" with the name that was most likely meant; undefined if none is near. */
export function didYouMean(given: unknown, names: readonly string[]): string | undefined {
  const meant = typeof given === "string" && given.length <= LONGEST ? nearest(given, names) : undefined;
  return meant === undefined ? undefined : `Did you mean "${meant}"?`;
}

/**
 * The only name that begins with the word, else the nearest of those in which at most two letters, and at most a third of
 * them, were put in, left out or changed.
 */
function nearest(word: string, names: readonly string[]): string | undefined {
  const plain = word.toLowerCase();
  const begun = names.filter((name) => plain !== "" && name.toLowerCase().startsWith(plain));
  if (begun.length === 1) return begun[0];
  const most = Math.min(2, Math.ceil(plain.length / 3));
  return names
    .map((name) => ({ name, distance: distanceOf(plain, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= most)
    .toSorted((one, other) => one.distance - other.distance)[0]?.name;
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
