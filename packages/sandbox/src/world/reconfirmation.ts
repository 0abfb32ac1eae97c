import type { ReconfirmationRecord, SandboxState } from "./state.ts";

/** What the person decides for the accounts of a consent. */
export type ReconfirmationOutcome = "reconfirmed" | "rejected";

/** Whether a reconfirmation's link may be used now. */
export function isOpen(state: SandboxState, reconfirmation: ReconfirmationRecord): boolean {
  const now = state.clock.now();
  return now >= Date.parse(reconfirmation.url_valid_from) && now <= Date.parse(reconfirmation.url_valid_to);
}

/**
 * Acts as the person on the reconfirmation page, for the accounts that are named, or all that are left. Gives where the
 * browser is sent.
 *
 * @throws Error where none was begun, or its window is not open
 */
export function reconfirm(
  state: SandboxState,
  agreementId: string,
  outcome: ReconfirmationOutcome,
  accountIds?: readonly string[],
): string | null {
  const reconfirmation = state.reconfirmations.get(agreementId.toLowerCase());
  if (reconfirmation === undefined)
    throw new Error(`No reconfirmation of agreement ${agreementId} was begun.`);
  if (!isOpen(state, reconfirmation)) {
    const { url_valid_from: from, url_valid_to: to } = reconfirmation;
    throw new Error(`Agreement ${agreementId} can be reconfirmed from ${from} to ${to}.`);
  }
  const at = state.clock.iso();
  for (const [id, told] of Object.entries(reconfirmation.accounts)) {
    if (accountIds !== undefined && !accountIds.includes(id)) continue;
    if (told.reconfirmed === "" && told.rejected === "") told[outcome] = at;
  }
  reconfirmation.last_submitted = at;
  return reconfirmation.redirect;
}
