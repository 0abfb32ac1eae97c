import { line, type Printable } from "../ui/printable.ts";

/** What the errors mean that the return from a bank can carry, and what to do next. */
const MEANINGS = wordsFor({
  UserCancelledSession: "You turned back before you agreed. Nothing was connected.",
  UserSessionRejected: "The bank rejected the session. Try again; if it stays so, ask the bank.",
  UnknownError: "Something went wrong that nobody names. Try again.",
  SSNVerificationFailed: "The social security number could not be verified. Check it and try again.",
  InstitutionTechnicalError: "The bank has a technical fault. Try again later.",
  GoCardlessTechnicalError: "The service has a technical fault. Try again later.",
  InstitutionTimeoutError: "The bank did not answer in time. Try again.",
  RequisitionLinkReused: "This link was used already. Start again for a new one.",
  ConsentLinkReused: "This consent's link was used already. Start again for a new one.",
  CompanyRequisitionLimitReached:
    "Your plan allows no more connections. Remove one that you no longer need (bankdata disconnect).",
});

/** An error of a return in plain words; one that is not known is told as it came. */
export function returnErrorInWords(error: string, details: string): Printable {
  return MEANINGS.get(error) ?? line`The bank's pages ended with ${bare(error)}: ${bare(details)}`;
}

/** An error's name is a word: nothing stands for what is taken out of it. */
function bare(text: string): string {
  return text.slice(0, 200).replaceAll(/\p{C}/gu, "");
}

const STATUSES = wordsFor({
  CR: "waiting for you to open its link",
  ID: "checking who you are",
  GC: "waiting for you to agree",
  UA: "waiting for you to log in at the bank",
  SA: "waiting for you to pick accounts",
  GA: "being granted by the bank",
  LN: "connected",
  RJ: "refused",
  ER: "failed",
  SU: "suspended after too many failures",
  EX: "ended",
});

/** By name; a map, as the names that come from outside may be those of members that every object has. */
function wordsFor(texts: Readonly<Record<string, string>>): ReadonlyMap<string, Printable> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, line`${text}`]));
}

/** The status of a connection in plain words. */
export function statusInWords(status: string | null | undefined): Printable {
  return STATUSES.get(status ?? "") ?? line`${status || "unknown"}`;
}

/** The statuses after which nothing more happens by itself. */
export function isOver(status: string | null | undefined): boolean {
  return ["LN", "RJ", "ER", "SU", "EX"].includes(status ?? "");
}
