import { institutions } from "../banks/index.ts";
import { link } from "../world/consent.ts";
import type { SandboxState } from "../world/state.ts";
import { createAgreement } from "./routes/agreements.ts";

const listed = () => institutions.filter(({ traits }) => traits.listed);

/** How many accounts a person has at each bank, so that there are so many in all. @throws RangeError for less than one */
export function accountsPerBankFor(accounts: number): number {
  if (!Number.isSafeInteger(accounts) || accounts < 1)
    throw new RangeError("accounts must be a whole number from 1.");
  return Math.max(2, Math.ceil(accounts / listed().length));
}

/** Links so many accounts, spread over all banks that are listed, with the most history and access that each gives. */
export function populate(state: SandboxState, accounts: number, origin: string): void {
  const banks = listed();
  const perBank = Math.ceil(accounts / banks.length);
  for (const [at, bank] of banks.entries()) {
    const picked = Array.from(
      { length: Math.max(0, Math.min(perBank, accounts - at * perBank)) },
      (_, index) => index,
    );
    if (picked.length === 0) break;
    const { realHistoryDays, realAccessDays } = bank.traits;
    const agreement = createAgreement(state, {
      institution_id: bank.id,
      max_historical_days: realHistoryDays ?? Number(bank.transaction_total_days),
      access_valid_for_days: realAccessDays ?? Number(bank.max_access_valid_for_days),
    });
    const id = state.newId();
    const requisition = {
      id,
      created: state.clock.iso(),
      redirect: null,
      status: "CR",
      institution_id: bank.id,
      agreement: agreement.id,
      reference: state.newId(),
      accounts: [],
      user_language: "EN",
      link: `${origin}/psd2/start/${id}/${bank.id}`,
      ssn: "",
      account_selection: false,
      redirect_immediate: false,
    };
    state.requisitions.set(id, requisition);
    link(state, requisition, picked);
    // They have been there for long: nothing has to be prepared any more.
    for (const accountId of requisition.accounts) {
      const account = state.accounts.get(accountId);
      if (account !== undefined) account.readyAt = 0;
    }
  }
}
