import { type BankReturn, type ReturnAddress, returnQuery } from "../../bank/index.ts";
import { ConsentRefusedError, type RefusalReason } from "../../base/errors.ts";
import { maskIbans } from "../../base/masking.ts";

/** The errors with which the service sends the end user back, and what they mean. */
const REASONS: ReadonlyMap<string, RefusalReason> = new Map([
  ["UserCancelledSession", "cancelled"],
  ["UserSessionRejected", "rejected"],
  ["SSNVerificationFailed", "unverified"],
  ["InstitutionTechnicalError", "bankFailed"],
  ["InstitutionTimeoutError", "bankTimeout"],
  ["GoCardlessTechnicalError", "providerFailed"],
  ["RequisitionLinkReused", "linkUsed"],
  ["ConsentLinkReused", "linkUsed"],
  ["CompanyRequisitionLimitReached", "limitReached"],
]);

/** The longest code and the longest explanation that are shown, in characters. */
const LONGEST_CODE = 100;
const LONGEST_DESCRIPTION = 1000;

/** The state of a connection in progress: its requisition, and the reference that the return address has. */
export function stateFor(requisition: string, reference: string): string {
  return new URLSearchParams({ requisition, reference }).toString();
}

/** The requisition of a state; undefined if the state is not one of ours. */
export function requisitionOf(state: string): string | undefined {
  return new URLSearchParams(state).get("requisition") ?? undefined;
}

/** How the end user returned; undefined if the address does not have the reference of the state. */
export function readReturn(state: string, address: ReturnAddress): BankReturn | undefined {
  const reference = new URLSearchParams(state).get("reference");
  const query = returnQuery(address);
  if (reference === null || query.get("ref") !== reference) return undefined;
  const error = query.get("error");
  if (error === null) return { outcome: "returned" };
  const code = shown(error, LONGEST_CODE);
  const description = shown(query.get("details") ?? "", LONGEST_DESCRIPTION);
  const message = `The bank was not connected: ${code}${description === "" ? "" : `, ${description}`}`;
  const reason = REASONS.get(error) ?? "unknown";
  return { outcome: "refused", error: new ConsentRefusedError(message, { reason, code, description }) };
}

/** A part of an address, which anyone can write: truncated, without control characters and IBANs. */
function shown(text: string, longest: number): string {
  return maskIbans(text.replaceAll(/\p{C}+/gu, "").trim())
    .slice(0, longest)
    .toWellFormed();
}
