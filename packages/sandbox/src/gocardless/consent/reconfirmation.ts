import type { UnusableLink, WaitingReconfirmation } from "../../world/consent.ts";
import { isRedirect } from "../redirects.ts";
import type { ReconfirmationRecord } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";
import { accessEnd } from "./access.ts";
import { withError } from "./return-address.ts";

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
 * @throws Error if no reconfirmation was created, its window is not open, or an account is decided on already
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
  const refused = unusable(state, agreementId, reconfirmation);
  if (refused !== undefined)
    throw new Error(`Agreement ${agreementId} cannot be reconfirmed. ${refused.reason}`);
  const waiting = waitingAccounts(reconfirmation);
  const chosen = accountIds ?? waiting;
  const wrong = chosen.find((id) => !waiting.includes(id));
  if (wrong !== undefined)
    throw new Error(`Account ${wrong} waits for no decision about agreement ${agreementId}.`);
  decide(state, reconfirmation, (id) => (chosen.includes(id) ? outcome : undefined));
  return redirectOf(reconfirmation);
}

/** The ids of the accounts that the end user has not decided on yet. */
function waitingAccounts({ accounts }: ReconfirmationRecord): string[] {
  return Object.keys(accounts).filter((id) => !accounts[id]?.reconfirmed && !accounts[id]?.rejected);
}

function decide(
  state: ServiceState,
  reconfirmation: ReconfirmationRecord,
  outcomeOf: (accountId: string) => ReconfirmationOutcome | undefined,
): void {
  const at = state.world.clock.iso();
  for (const id of waitingAccounts(reconfirmation)) {
    const [decided, outcome] = [reconfirmation.accounts[id], outcomeOf(id)];
    if (decided !== undefined && outcome !== undefined) decided[outcome] = at;
  }
  reconfirmation.last_submitted = at;
}

/** The address that the browser is sent to. A state file of before may hold one that is refused today. */
function redirectOf({ redirect }: ReconfirmationRecord): string | null {
  return redirect !== null && isRedirect(redirect) ? new URL(redirect).href : null;
}

/** Why the end user cannot decide now; undefined if they can. */
function unusable(
  state: ServiceState,
  agreementId: string,
  reconfirmation: ReconfirmationRecord,
): UnusableLink | undefined {
  const { url_valid_from: from, url_valid_to: to } = reconfirmation;
  const agreement = state.agreements.get(agreementId.toLowerCase());
  if (agreement === undefined)
    return {
      reason: "The agreement of this link was deleted. Ask the application for a new one.",
      back: null,
    };
  if (!isOpen(state, reconfirmation))
    return { reason: `This link is valid from ${from} to ${to}.`, back: null };
  const end = accessEnd(agreement);
  if (end !== undefined && end <= state.world.clock.now())
    return {
      reason: "The agreement of this link has expired. Ask the application for a new one.",
      back: null,
    };
  if (waitingAccounts(reconfirmation).length > 0) return undefined;
  return { reason: ALL_DECIDED, back: backOf(reconfirmation) };
}

const ALL_DECIDED =
  "You have already decided on all accounts. To connect one again, ask the application for a new link: it creates a new requisition.";

/** The way back to the application from a link that was used before. */
function backOf(reconfirmation: ReconfirmationRecord): string | null {
  const redirect = redirectOf(reconfirmation);
  return redirect === null ? null : withError(redirect, "ConsentLinkReused");
}

/** The reconfirmation behind a link, or why the link cannot be used. */
export function waitingReconfirmation(state: ServiceState, id: string): WaitingReconfirmation | UnusableLink {
  const found = state.reconfirmations.get(id.toLowerCase());
  if (found === undefined) {
    const reason = "This link is not valid, or it was deleted. Ask the application for a new one.";
    return { reason, back: null };
  }
  const refused = unusable(state, id, found);
  if (refused !== undefined) return refused;
  return {
    accounts: waitingAccounts(found).map((account) => {
      const bankAccount = state.accounts.get(account)?.bankAccount;
      return { id: account, name: bankAccount?.name ?? account, iban: bankAccount?.iban ?? null };
    }),
    opened: () => {
      found.last_accessed = state.world.clock.iso();
    },
    confirm: (picked) => {
      decide(state, found, (account) => (picked.includes(account) ? "reconfirmed" : "rejected"));
      return redirectOf(found);
    },
  };
}
