import { dataKinds } from "../base/data-kinds.ts";
import type { AccountRecord } from "./account-calls.ts";
import type { RollingWindow } from "./rolling-window.ts";

/**
 * Merges what this process and the shared record know about an account since they diverged: no call is lost, and none
 * counts twice.
 *
 * @param completed ids of calls that `local` has completed, and which the shared record may still have in flight
 */
export function mergeAccounts(
  shared: AccountRecord,
  local: AccountRecord,
  completed: ReadonlySet<string>,
): AccountRecord {
  const merged: AccountRecord = { ...shared };
  for (const kind of dataKinds) {
    const localWindow = local[kind];
    const sharedWindow = shared[kind];
    if (localWindow !== undefined) {
      merged[kind] =
        sharedWindow === undefined ? localWindow : mergeWindows(sharedWindow, localWindow, completed);
    }
  }
  const failures =
    (local.failures?.failures ?? 0) > (shared.failures?.failures ?? 0) ? local.failures : undefined;
  return failures === undefined ? merged : { ...merged, failures };
}

function mergeWindows(
  shared: RollingWindow,
  local: RollingWindow,
  completed: ReadonlySet<string>,
): RollingWindow {
  const inFlight = shared.inFlight.filter(({ id }) => !completed.has(id));
  const known = new Set(inFlight.map(({ id }) => id));
  return {
    reportedLimit: shared.reportedLimit ?? local.reportedLimit,
    observedLimit: shared.observedLimit ?? local.observedLimit,
    counted: mergeTimes(shared.counted, local.counted),
    inferred: mergeTimes(shared.inferred, local.inferred),
    inFlight: [...inFlight, ...local.inFlight.filter(({ id }) => !known.has(id))],
    blockedUntil: latest(shared.blockedUntil, local.blockedUntil),
    lastAt: latest(shared.lastAt, local.lastAt),
  };
}

/** The union of two lists of times; a time occurs as often as in the list that has it more often. */
function mergeTimes(shared: readonly number[], local: readonly number[]): number[] {
  const unmatched = [...shared];
  const missing = local.filter((time) => {
    const at = unmatched.indexOf(time);
    if (at !== -1) unmatched.splice(at, 1);
    return at === -1;
  });
  return [...shared, ...missing].sort((a, b) => a - b);
}

function latest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
