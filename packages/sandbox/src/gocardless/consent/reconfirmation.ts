import type { WaitingReconfirmation } from "../../world/consent.ts";
import type { ReconfirmationRecord } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";

/** What the end user decides for the accounts of a consent. */
export type ReconfirmationOutcome = "reconfirmed" | "rejected";

/** Whether a reconfirmation's link can be used now. */
function isOpen(state: ServiceState, reconfirmation: ReconfirmationRecord): boolean {
  const now = state.world.clock.now();
  return now >= Date.parse(reconfirmation.url_valid_from) && now <= Date.parse(reconfirmation.url_valid_to);
}

/**
 * Acts as the end user on the reconfirmation page, for the given accounts or for all that are not decided yet. Returns
 * the address that the browser is redirected to, or null if there is none.
 *
 * @throws Error if no reconfirmation was created, or its window is not open
 */
export function reconfirm(
  state: ServiceState,
  agreementId: string,
  outcome: ReconfirmationOutcome,
  accountIds?: readonly string[],
): string | null {
  const reconfirmation = state.reconfirmations.get(agreementId.toLowerCase());
  if (reconfirmation === undefined)
    throw new Error(`No reconfirmation of agreement ${agreementId} was created.`);
  if (!isOpen(state, reconfirmation)) {
    const { url_valid_from: from, url_valid_to: to } = reconfirmation;
    throw new Error(`Agreement ${agreementId} can be reconfirmed from ${from} to ${to}.`);
  }
  const at = state.world.clock.iso();
  for (const [id, decided] of Object.entries(reconfirmation.accounts)) {
    if (accountIds !== undefined && !accountIds.includes(id)) continue;
    if (decided.reconfirmed === "" && decided.rejected === "") decided[outcome] = at;
  }
  reconfirmation.last_submitted = at;
  return reconfirmation.redirect;
}

/** The reconfirmation behind a link, or a sentence that says why the link cannot be used. */
export function waitingReconfirmation(state: ServiceState, id: string): WaitingReconfirmation | string {
  const found = state.reconfirmations.get(id.toLowerCase());
  if (found === undefined)
    return "This link is not valid, or it was deleted. Ask the application for a new one.";
  if (!isOpen(state, found)) {
    return `This link is valid from ${found.url_valid_from.slice(0, 10)} to ${found.url_valid_to.slice(0, 10)}.`;
  }
  return {
    accounts: Object.entries(found.accounts)
      .filter(([, decided]) => decided.reconfirmed === "" && decided.rejected === "")
      .map(([account]) => {
        const bankAccount = state.accounts.get(account)?.bankAccount;
        return { id: account, name: bankAccount?.name ?? account, iban: bankAccount?.iban ?? null };
      }),
    opened: () => {
      found.last_accessed = state.world.clock.iso();
    },
    confirm: (picked) => {
      const left = Object.keys(found.accounts).filter((account) => !picked.includes(account));
      const redirect = reconfirm(state, id, "reconfirmed", picked);
      reconfirm(state, id, "rejected", left);
      return redirect;
    },
  };
}
