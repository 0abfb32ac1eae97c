import type { ReturnedConsent } from "../pages/overview-source.ts";
import { currentAccountStatus, currentRequisition, finishLinks } from "./consent/requisition-flow.ts";
import { RETURN_ERRORS } from "./consent/return-address.ts";
import type { RequisitionRecord } from "./state/records.ts";
import type { ServiceState } from "./state/state.ts";
import { WAITING } from "./statuses.ts";

type Outcome = Pick<ReturnedConsent, "title" | "text" | "stage">;

/**
 * What became of the requisition whose reference is in the query `ref`, by its status at this time. The query's `error`
 * only adds why: anyone can write it.
 */
export function returnedRequisition(
  state: ServiceState,
  query: URLSearchParams,
): Omit<ReturnedConsent, "requests"> | undefined {
  finishLinks(state);
  const [wanted, error] = [query.get("ref"), query.get("error") ?? ""];
  const found = [...state.requisitions.values()].find((one) => one.reference === wanted);
  if (found === undefined) return undefined;
  const { id, institution_id: bank, reference, accounts } = found;
  const { title, text, stage } = outcomeOf(state, currentRequisition(state, found), error);
  const sentences = error === "RequisitionLinkReused" ? [text, "Its link can only be used once."] : [text];
  return { id, bank, reference, accounts, title, text: sentences.join(" ").trim(), stage };
}

function outcomeOf(state: ServiceState, requisition: RequisitionRecord, error: string): Outcome {
  const { id, status, institution_id } = requisition;
  const bank = state.world.banks.get(institution_id)?.name ?? institution_id;
  if (status === "LN") return linked(state, requisition, bank);
  if (state.linking.has(id)) {
    const text = "Advance the clock until its requisition is LN.";
    return { title: `${bank} is still connecting the accounts`, text, stage: "waiting" };
  }
  if (WAITING.has(status))
    return {
      title: `${bank} is not connected yet`,
      text: "The consent page waits for your decision.",
      stage: "waiting",
    };
  if (status === "RJ")
    return { title: rejection(bank, error), text: "No account was connected.", stage: "over" };
  if (status === "EX")
    return {
      title: `Access to ${bank} has expired`,
      text: "Connect it again to renew it.",
      stage: "over",
    };
  if (status === "SU")
    return {
      title: `${bank} is suspended`,
      text: "Its accounts failed too often. Connect it again.",
      stage: "over",
    };
  return { title: `Connecting ${bank} failed`, text: failure(state, institution_id, error), stage: "over" };
}

function linked(state: ServiceState, { accounts }: RequisitionRecord, bank: string): Outcome {
  const count = accounts.length;
  if (count === 0)
    return {
      title: `${bank} is connected without accounts`,
      text: "No account was selected: a client finds an empty list.",
      stage: "connected",
    };
  const isReady = accounts.every((id) => {
    const account = state.accounts.get(id);
    return account !== undefined && currentAccountStatus(state, account) === "READY";
  });
  return {
    title: `${bank} is connected with ${count === 1 ? "one account" : `${count} accounts`}`,
    text: isReady
      ? ""
      : "Some accounts are not READY: the list below has their statuses. While the bank is preparing them, advance the clock.",
    stage: "connected",
  };
}

function rejection(bank: string, error: string): string {
  if (error === "UserCancelledSession") return `You cancelled connecting ${bank}`;
  if (error === "UserSessionRejected") return `${bank} rejected the session`;
  return `The consent for ${bank} was cancelled or rejected`;
}

function failure(state: ServiceState, bank: string, error: string): string {
  if (state.offeredBank(bank) === undefined) return "The service does not offer the bank any more.";
  const known = Object.entries(RETURN_ERRORS).find(([name]) => name === error);
  return known?.[1] ?? "The service reported an error.";
}
