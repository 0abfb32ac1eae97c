import { isRedirect } from "../redirects.ts";
import type { RequisitionRecord } from "../state/records.ts";

/** The errors that the service adds to the redirect if a session failed, each with its `details`. */
export const RETURN_ERRORS = {
  UserCancelledSession: "User cancelled the session.",
  UserSessionRejected: "The bank rejected the session.",
  UnknownError: "An unknown error occurred.",
  SSNVerificationFailed: "The SSN could not be verified.",
  InstitutionTechnicalError: "The institution had a technical error.",
  GoCardlessTechnicalError: "GoCardless had a technical error.",
  InstitutionTimeoutError: "The institution did not answer in time.",
  RequisitionLinkReused: "The link of the requisition was used before.",
  ConsentLinkReused: "The link of the consent was used before.",
  CompanyRequisitionLimitReached: "The company has reached its limit of requisitions.",
} as const;

/**
 * The name of an error that the service adds to the redirect as `error`, with an explanation as `details`.
 *
 * @useDeclaredType
 */
export type ReturnError = keyof typeof RETURN_ERRORS;

/** The redirect with the reference, and with the error if nothing was linked; null if the requisition has no redirect. */
export function returnAddress(requisition: RequisitionRecord, error: ReturnError | undefined): string | null {
  // A state file of before may hold an address that is refused today.
  if (requisition.redirect === null || !isRedirect(requisition.redirect)) return null;
  const address = new URL(requisition.redirect);
  address.searchParams.set("ref", requisition.reference);
  return error === undefined ? address.href : withError(address.href, error);
}

/** An address with an error, as the service adds it. */
export function withError(address: string, error: ReturnError): string {
  const url = new URL(address);
  url.searchParams.set("error", error);
  url.searchParams.set("details", RETURN_ERRORS[error]);
  return url.href;
}
