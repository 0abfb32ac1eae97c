import type { UnusableLink } from "../../world/consent.ts";
import type { RequisitionRecord } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";
import { WAITING } from "../statuses.ts";
import { accessEnd } from "./access.ts";
import { returnAddress } from "./return-address.ts";

/** What happened to a link that was used, by the status of its requisition. */
const USED: Readonly<Record<string, string>> = {
  LN: "accounts were connected with it",
  RJ: "it was cancelled or rejected",
  ER: "it ended with an error",
  SU: "it was suspended",
  EX: "it has expired",
};

const NEXT = "To connect, ask the application for a new one: it creates a new requisition.";

/** Why the end user cannot agree with a requisition's link, and where to go from there; undefined if they can. */
export function unusable(state: ServiceState, requisition: RequisitionRecord): UnusableLink | undefined {
  const { status, agreement: agreementId, institution_id: bank } = requisition;
  const used = (how: string) => ({
    reason: `This link was already used: ${how}. ${NEXT}`,
    back: returnAddress(requisition, "RequisitionLinkReused"),
  });
  if (state.linking.has(requisition.id)) return used("the bank is connecting the accounts");
  if (state.offeredBank(bank) === undefined)
    return { reason: `The service does not offer ${bank} any more, so it cannot be connected.`, back: null };
  if (!WAITING.has(status)) return used(USED[status] ?? `its status is ${status}`);
  const agreement = state.agreements.get(agreementId);
  if (agreement === undefined)
    return { reason: `The agreement of this link was deleted. ${NEXT}`, back: null };
  const end = accessEnd(agreement);
  if (end !== undefined && end <= state.world.clock.now())
    return { reason: `The agreement of this link has expired. ${NEXT}`, back: null };
  return undefined;
}
