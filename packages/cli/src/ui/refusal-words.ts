import type { ConsentRefusedError, RefusalReason } from "bankdata-core/base";
import { line, type Printable } from "./printable.ts";

/** Why a bank was not connected, and what to do next; undefined if only the provider's own words are known. */
const REASONS: Readonly<Record<RefusalReason, Printable | undefined>> = {
  cancelled: line`You cancelled before you agreed. Nothing was connected.`,
  rejected: line`The bank rejected the session. Try again; if it keeps happening, ask the bank.`,
  unverified: line`Your identity could not be verified. Check what you entered and try again.`,
  bankFailed: line`The bank has a technical fault. Try again later.`,
  bankTimeout: line`The bank did not respond in time. Try again.`,
  providerFailed: line`The service has a technical fault. Try again later.`,
  linkUsed: line`This link has already been used. Start again for a new one.`,
  limitReached: line`Your plan allows no more connections. Remove one that you no longer need (bankdata disconnect).`,
  unknown: undefined,
};

/** A refusal in plain words; one whose reason is unknown is shown as it was sent. */
export function refusalInWords({ reason, code, description }: ConsentRefusedError): Printable {
  const [name, explanation] = [bare(code), bare(description)];
  const asItCame = explanation === "" ? name : `${name}: ${explanation}`;
  return REASONS[reason] ?? line`Connecting the bank failed with ${asItCame}`;
}

/** Without control and invisible characters. Nothing replaces them, as an error's name is one word. */
function bare(text: string): string {
  return text.slice(0, 200).replaceAll(/\p{C}/gu, "");
}
