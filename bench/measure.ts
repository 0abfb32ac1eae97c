/** The result of one measure: ratio = ours / theirs, met if it is at most the goal. */
export interface Measure {
  name: string;
  unit: string;
  ours: number;
  against: string;
  theirs: number;
  ratio: number;
  goal: number | null;
}

/** The median of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/**
 * Times several ways of doing the same, in turn, so that other work on the machine affects all of them alike.
 *
 * @returns the median time of each, in milliseconds
 */
export async function timeInTurn<Name extends string>(
  ways: Readonly<Record<Name, () => unknown>>,
  rounds: number,
  warmUp: number,
): Promise<Record<Name, number>> {
  const entries = Object.entries<() => unknown>(ways);
  const times = new Map<string, number[]>(entries.map(([name]) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [name, way] of round % 2 === 0 ? entries : entries.toReversed()) {
      const start = performance.now();
      await way();
      if (round >= 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries([...times].map(([name, taken]) => [name, median(taken)])) as Record<Name, number>;
}

/** A measure from two times. */
export function compare(
  name: string,
  ours: number,
  against: string,
  theirs: number,
  goal: number | null,
  unit = "ms",
): Measure {
  return { name, unit, ours, against, theirs, ratio: ours / theirs, goal };
}
