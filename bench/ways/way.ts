/**
 * One way of doing something, in a process of its own: `way.ts MODULE SETUP`. The module's default export prepares the
 * way, from the setup as JSON, and returns the function to be timed. Each message asks for one turn.
 */
export interface Turn {
  /** How often the function runs in this turn. */
  calls: number;
}

/** What a turn took. */
export interface TurnResult {
  /** Milliseconds a call, on average. */
  time: number;
  /** The most memory that the process has ever taken, in megabytes. */
  peak: number;
}

/** Prepares a way. */
export type Prepare<Setup> = (setup: Setup) => Promise<() => unknown> | (() => unknown);

if (import.meta.main) {
  const [module = "", setup = "{}"] = process.argv.slice(2);
  const { default: prepare }: { default: Prepare<unknown> } = await import(module);
  const run = await prepare(JSON.parse(setup));
  process.on("message", async ({ calls }: Turn) => {
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) await run();
    const time = (performance.now() - start) / calls;
    const result: TurnResult = { time, peak: process.resourceUsage().maxRSS / 1000 };
    process.send?.(result);
  });
  // A connection or a timer must not keep the process alive.
  process.on("disconnect", () => process.exit());
  process.send?.("ready");
}
