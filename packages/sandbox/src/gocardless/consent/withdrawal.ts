import type { ServiceState } from "../state/state.ts";
import { WAITING } from "../statuses.ts";

/**
 * Removes a bank from the service. Consents under way fail with it; those given stay, as the service goes on reading
 * linked accounts.
 *
 * @throws Error if the bank is unknown
 */
export function withdrawBank(state: ServiceState, bankId: string): void {
  assertKnown(state, bankId);
  state.withdrawn.add(bankId);
  for (const requisition of state.requisitions.values()) {
    if (requisition.institution_id !== bankId || !WAITING.has(requisition.status)) continue;
    requisition.status = "ER";
    state.linking.delete(requisition.id);
  }
}

/** Offers a bank again. Consents that failed meanwhile stay so. @throws Error if the bank is unknown */
export function offerBank(state: ServiceState, bankId: string): void {
  assertKnown(state, bankId);
  state.withdrawn.delete(bankId);
}

function assertKnown(state: ServiceState, bankId: string): void {
  if (!state.world.banks.has(bankId))
    throw new Error(`There is no bank ${bankId}: GET /institutions/ lists the ids of the banks.`);
}
