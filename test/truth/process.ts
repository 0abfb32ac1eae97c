/** A process that lives lives: it gets a plan in each message, and sends back what was found. */
import { live } from "./life.ts";
import { type LifePlan, type LifeResult, NO_COUNTS } from "./plan.ts";

process.on("message", (plan: LifePlan) => {
  const start = performance.now();
  live(plan)
    .then(
      (findings) => ({ ...findings, error: undefined }),
      (error: unknown) => ({
        counts: NO_COUNTS,
        faults: [],
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    )
    .then((found) => {
      const result: LifeResult = { plan, ...found, took: performance.now() - start };
      process.send?.(result);
    });
});
