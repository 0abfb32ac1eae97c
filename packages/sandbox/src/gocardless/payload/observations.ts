import { dateAt } from "../../banks/day.ts";
import type { Observation, SandboxAccount } from "../../banks/index.ts";
import type { GivenResponse } from "../state/records.ts";
import type { Payload, Viewpoint } from "./quirks.ts";
import { bookedEntries, pendingEntries } from "./transactions.ts";

/** Every form in which the responses so far have shown the movements of an account, by movement id, oldest first. */
export function observations(
  account: SandboxAccount,
  responses: readonly GivenResponse[],
): Map<string, Observation[]> {
  const observed = new Map<string, Observation[]>();
  const last = new Map<string, string>();
  const note = (id: string, on: string, status: Observation["status"], payload: Payload) => {
    const form = `${status} ${JSON.stringify(payload)}`;
    if (last.get(id) === form) return;
    last.set(id, form);
    observed.set(id, [...(observed.get(id) ?? []), { on, status, payload }]);
  };
  for (const { at, call, range } of responses) {
    const view: Viewpoint = { at: new Date(at), call };
    const on = dateAt(view.at);
    for (const entries of bookedEntries(account, view, range)) {
      for (const { movement, payload } of entries) note(movement.id, on, "booked", payload);
    }
    if (account.quirks.includes("missingPending")) continue;
    for (const { movement, payload } of pendingEntries(account, view, range)) {
      note(movement.id, on, "pending", payload);
    }
  }
  return observed;
}
