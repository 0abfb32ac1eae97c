import { fstatSync } from "node:fs";
import { Socket } from "node:net";

/** In milliseconds, between two looks at the parent process. */
const LOOK_EVERY = 500;

/**
 * Calls `gone` once the process that started this one has ended, even if it was killed. A program in between, such as npx or
 * a shell, outlives it; so `gone` is also called when stdin ends, if that is a pipe: the system closes it with the process
 * that holds its other end. A terminal and /dev/null are not read.
 *
 * @param parent the process id of the parent, from before anything that takes time
 */
export function whenParentEnds(parent: number, gone: () => void): void {
  setInterval(() => {
    if (process.ppid !== parent || !isRunning(parent)) gone();
  }, LOOK_EVERY).unref();
  if (!isPipe(0)) return;
  process.stdin.on("end", gone).on("error", gone).resume();
  // A pipe that stays open must not keep the process after a signal to end.
  if (process.stdin instanceof Socket) process.stdin.unref();
}

/** Windows never gives a process another parent. A missing permission means that the process exists. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function isPipe(file: number): boolean {
  try {
    const stats = fstatSync(file);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    return false; // It was closed.
  }
}
