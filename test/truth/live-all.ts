import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LifePlan, LifeResult } from "./plan.ts";

const PROCESSES = 2;

/** Lives all lives, two at a time. Results are in the order of the plans. */
export async function liveAll(
  plans: readonly LifePlan[],
  onResult: (result: LifeResult, done: number, total: number) => void,
): Promise<LifeResult[]> {
  const results: LifeResult[] = [];
  const waiting = [...plans.entries()];
  let done = 0;
  const work = async () => {
    const child = fork(join(import.meta.dirname, "process.ts"), {
      execArgv: ["--conditions=bankdata-source"],
    });
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [at, plan] = next;
        const result = await lived(child, plan);
        results[at] = result;
        done += 1;
        onResult(result, done, plans.length);
      }
    } finally {
      if (child.connected) child.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(PROCESSES, plans.length) }, work));
  return results;
}

/** @throws Error if the process ends without a result */
async function lived(child: ChildProcess, plan: LifePlan): Promise<LifeResult> {
  const ended = new AbortController();
  const onExit = (code: number | null) => ended.abort(new Error(`A process ended with ${code}.`));
  child.once("exit", onExit);
  try {
    child.send(plan);
    const [result] = await once(child, "message", { signal: ended.signal });
    return result;
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off("exit", onExit);
  }
}
