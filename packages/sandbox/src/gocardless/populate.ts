import { banks } from "../banks/index.ts";
import { createAgreement } from "./agreements.ts";
import { link } from "./consent/requisition-flow.ts";
import { newRequisition } from "./requisitions.ts";
import type { ServiceState } from "./state/state.ts";

const listed = () => banks.filter((bank) => bank.listed);

/**
 * How many accounts the end user needs at each bank to have this many in all: an even number, as each current account has
 * its savings account.
 */
export function accountsPerBankFor(accounts: number): number {
  return Math.max(2, 2 * Math.ceil(accounts / listed().length / 2));
}

/** Links this many accounts, spread over all listed banks, with the longest history and access that each bank grants. */
export function populate(state: ServiceState, accounts: number, origin: string): void {
  const perBank = Math.ceil(accounts / listed().length);
  for (const [at, bank] of listed().entries()) {
    const picked = Array.from(
      { length: Math.max(0, Math.min(perBank, accounts - at * perBank)) },
      (_, index) => index,
    );
    if (picked.length === 0) break;
    const agreement = createAgreement(state, {
      institution_id: bank.id,
      max_historical_days: bank.grantedHistoryDays ?? bank.historyDays,
      access_valid_for_days: bank.grantedAccessDays ?? bank.accessDays,
    });
    const requisition = newRequisition(state, { bank, origin, agreement: agreement.id });
    link(state, requisition, picked);
    // These accounts count as connected long ago, so they are ready even if their bank prepares new ones first.
    for (const accountId of requisition.accounts) {
      const account = state.accounts.get(accountId);
      if (account !== undefined) account.readyAt = 0;
    }
  }
}
