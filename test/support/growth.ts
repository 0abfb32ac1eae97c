/**
 * How much more than its share a text takes: the time for the whole over the time for a quarter, by four; about 1 where
 * time grows as the length does, 4 where it grows as its square. The best of several runs, as the machine is shared.
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
