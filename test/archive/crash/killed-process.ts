import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** When a process is killed: some time after it began something. */
export interface Killing {
  readonly after: "opens" | "works";
  /** In milliseconds. */
  readonly wait: number;
}

/** Runs the process, and kills it as the power would. Returns whether it was done before. */
export async function runKilled(
  [location, responses, work]: readonly [
    location: string,
    responses: string,
    work: "record" | "unite" | "rederive",
  ],
  killing: Killing | undefined,
): Promise<"done" | "killed"> {
  const child = fork(join(import.meta.dirname, "process.ts"), [location, responses, work], {
    execArgv: ["--conditions=bankdata-source"],
  });
  const exited = once(child, "exit");
  let isDone = false;
  child.on("message", (message) => {
    if (message === "done") isDone = true;
    if (message !== killing?.after) return;
    // The moment is real time, as that is what is tested here.
    void delay(killing.wait).then(() => child.kill("SIGKILL"));
  });
  const [code] = await exited;
  if (isDone) return "done";
  if (code !== null) throw new Error(`The process ended with ${code}.`);
  return "killed";
}
