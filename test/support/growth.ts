/** Enough rounds for both times to be measured undisturbed once, even if other processes use the machine. */
const MOST_ROUNDS = 25;

/** A growth that is surely linear, so that no further round is needed. */
const LINEAR = 1.5;

/**
 * How the time of some work grows with the length of a text: the time for the whole over that for a quarter, divided by
 * four. About 1 if it grows linearly, 4 if quadratically. Each time is the shortest of several rounds, as whatever else
 * runs can only make it longer.
 */
export function growth(work: (text: string) => unknown, text: string): number {
  const quarter = text.slice(0, text.length / 4);
  let [whole, part] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    part = Math.min(
      part,
      timeOf(() => work(quarter)),
    );
    whole = Math.min(
      whole,
      timeOf(() => work(text)),
    );
    if (round >= 2 && ratio(whole, part) < LINEAR) break;
  }
  return ratio(whole, part);
}

function ratio(whole: number, part: number): number {
  return whole / Math.max(part, 0.05) / 4;
}

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
