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
