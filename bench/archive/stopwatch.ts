/** What some work took. */
export interface Taken {
  /** Seconds of the processor. */
  readonly cpu: number;
  /** Seconds of the clock, which other work on the machine makes longer. */
  readonly wall: number;
  /** The most memory that the process has ever taken, in megabytes. */
  readonly peak: number;
}

/** Adds up what some work takes. */
export class Stopwatch {
  #cpu = 0;
  #wall = 0;

  async time<T>(work: () => Promise<T> | T): Promise<T> {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    try {
      return await work();
    } finally {
      const { user, system } = process.cpuUsage(cpu);
      this.#cpu += (user + system) / 1e6;
      this.#wall += (performance.now() - start) / 1e3;
    }
  }

  taken(): Taken {
    return { cpu: this.#cpu, wall: this.#wall, peak: process.resourceUsage().maxRSS / 1000 };
  }
}

/** The milliseconds of the processor that some work typically takes: the median of some turns, after as many for warming up. */
export async function typical(turns: number, work: () => Promise<void> | void): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 2 * turns; turn += 1) {
    const cpu = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(cpu);
    if (turn >= turns) times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1] ?? Number.NaN;
}
