/**
 * How the time of some work grows with the length of a text: the time for the whole text, divided by that for a
 * quarter, divided by four. About 1 if it grows linearly, 4 if quadratically. Each time is the best of several runs, as
 * other processes may be using the machine.
 */
export function growth(work: (text: string) => unknown, text: string): number {
  const quarter = text.slice(0, text.length / 4);
  const best = (part: string) => Math.min(...Array.from({ length: 5 }, () => timeOf(() => work(part))));
  return best(text) / Math.max(best(quarter), 0.05) / 4;
}

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
