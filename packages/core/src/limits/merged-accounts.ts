import { type AccountRecord, dataKinds } from "./account-calls.ts";
import type { RollingWindow } from "./rolling-window.ts";

/**
 * Brings together what two processes know of an account, who have a common past: no call is lost, none counts twice.
 *
 * @param completed calls that have ended as `own` has it, and which the other may still take to be under way
 */
export function mergedAccounts(
  shared: AccountRecord,
  own: AccountRecord,
  completed: ReadonlySet<string>,
): AccountRecord {
  const merged: AccountRecord = { ...shared };
  for (const kind of dataKinds) {
    const ours = own[kind];
    const theirs = shared[kind];
    if (ours !== undefined)
      merged[kind] = theirs === undefined ? ours : mergedWindows(theirs, ours, completed);
  }
  const failures =
    (own.failures?.failures ?? 0) > (shared.failures?.failures ?? 0) ? own.failures : undefined;
  return failures === undefined ? merged : { ...merged, failures };
}

function mergedWindows(
  shared: RollingWindow,
  own: RollingWindow,
  completed: ReadonlySet<string>,
): RollingWindow {
  const theirs = shared.inFlight.filter(({ id }) => !completed.has(id));
  const known = new Set(theirs.map(({ id }) => id));
  return {
    reportedLimit: shared.reportedLimit ?? own.reportedLimit,
    observedLimit: shared.observedLimit ?? own.observedLimit,
    counted: mergedTimes(shared.counted, own.counted),
    inferred: mergedTimes(shared.inferred, own.inferred),
    inFlight: [...theirs, ...own.inFlight.filter(({ id }) => !known.has(id))],
    blockedUntil: latest(shared.blockedUntil, own.blockedUntil),
    lastAt: latest(shared.lastAt, own.lastAt),
  };
}

/** The times of either, each as often as where it stands more often. */
function mergedTimes(shared: readonly number[], own: readonly number[]): number[] {
  const left = [...shared];
  const missing = own.filter((time) => {
    const at = left.indexOf(time);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  return [...shared, ...missing].sort((a, b) => a - b);
}

function latest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
