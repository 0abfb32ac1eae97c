import { line, type Printable } from "../ui/printable.ts";
import { textsByName } from "./texts-by-name.ts";

const STATUSES = textsByName({
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

/** The status of a connection in plain words. */
export function statusInWords(status: string | null | undefined): Printable {
  return STATUSES.get(status ?? "") ?? line`${status || "unknown"}`;
}

/** Whether nothing more happens by itself after a status. */
export function isFinalStatus(status: string | null | undefined): boolean {
  return ["LN", "RJ", "ER", "SU", "EX"].includes(status ?? "");
}
