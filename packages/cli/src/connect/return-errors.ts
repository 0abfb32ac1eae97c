import { line, type Printable } from "../ui/printable.ts";
import { textsByName } from "./texts-by-name.ts";

/** What the errors in a return from a bank mean, and what to do next. */
const MEANINGS = textsByName({
  UserCancelledSession: "You cancelled before you agreed. Nothing was connected.",
  UserSessionRejected: "The bank rejected the session. Try again; if it keeps happening, ask the bank.",
  UnknownError: "Unknown error. Try again.",
  SSNVerificationFailed: "The social security number could not be verified. Check it and try again.",
  InstitutionTechnicalError: "The bank has a technical fault. Try again later.",
  GoCardlessTechnicalError: "The service has a technical fault. Try again later.",
  InstitutionTimeoutError: "The bank did not respond in time. Try again.",
  RequisitionLinkReused: "This link has already been used. Start again for a new one.",
  ConsentLinkReused: "This consent's link has already been used. Start again for a new one.",
  CompanyRequisitionLimitReached:
    "Your plan allows no more connections. Remove one that you no longer need (bankdata disconnect).",
});

/** An error of a return in plain words; an unknown one is shown as it came. */
export function returnErrorInWords(error: string, details: string): Printable {
  return MEANINGS.get(error) ?? line`The bank's pages ended with ${bare(error)}: ${bare(details)}`;
}

/** Without control and invisible characters. Nothing replaces them, as an error's name is one word. */
function bare(text: string): string {
  return text.slice(0, 200).replaceAll(/\p{C}/gu, "");
}
