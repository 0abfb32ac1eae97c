import { fstatSync } from "node:fs";

/** In milliseconds, between two looks at the parent process. */
const LOOK_EVERY = 500;

/**
 * Calls `gone` once the process that started this one has ended, even if it was killed. A program in between, such as npx or
 * a shell, outlives it; so `gone` is also called when stdin ends, if that is a pipe: the system closes it with the process
 * that holds its other end. A terminal and /dev/null are not read.
 */
export function whenParentEnds(gone: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent || !isRunning(parent)) gone();
  }, LOOK_EVERY).unref();
  if (!isPipe(0)) return;
  process.stdin.on("end", gone).on("error", gone).resume();
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
