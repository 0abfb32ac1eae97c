import { accountsAt } from "./banks/index.ts";
import type { AccountRecord, AgreementRecord, RequisitionRecord, SandboxState } from "./state.ts";

const DAY = 86_400_000;

/** What the person on the consent page does. */
export interface Authorisation {
  /** "linked": agrees; "cancelled": turns back; "rejected": the bank says no. */
  outcome: "linked" | "cancelled" | "rejected";
  /** How many accounts are picked, from the first. @default all */
  accounts?: number | undefined;
}

/** When an agreement ends, in milliseconds; undefined while nobody has accepted it. */
export function accessEnd(agreement: AgreementRecord): number | undefined {
  return agreement.accepted === null
    ? undefined
    : Date.parse(agreement.accepted) + agreement.access_valid_for_days * DAY;
}

/** The requisition as it is now: a consent that has run out shows as expired. */
export function currentRequisition(state: SandboxState, requisition: RequisitionRecord): RequisitionRecord {
  const agreement = state.agreements.get(requisition.agreement);
  const end = agreement === undefined ? undefined : accessEnd(agreement);
  const expired = requisition.status === "LN" && end !== undefined && end <= state.clock.now();
  return expired ? { ...requisition, status: "EX" } : requisition;
}

/** The account's status as it is now. */
export function currentAccountStatus(state: SandboxState, account: AccountRecord): string {
  if (account.status !== "READY") return account.status;
  const opened = [...state.requisitions.values()].filter((one) => one.accounts.includes(account.id));
  const expired = opened.length > 0 && opened.every((one) => currentRequisition(state, one).status === "EX");
  return expired ? "EXPIRED" : "READY";
}

/** Carries out what the person on the page decided. Gives the address that the browser is sent to. */
export function authorise(
  state: SandboxState,
  requisition: RequisitionRecord,
  { outcome, accounts }: Authorisation,
): string | null {
  if (outcome === "linked") link(state, requisition, pickedFirst(state, requisition, accounts));
  else requisition.status = "RJ";
  return returnAddress(requisition, outcome);
}

function pickedFirst(
  state: SandboxState,
  requisition: RequisitionRecord,
  count: number | undefined,
): number[] {
  const available = accountsBehind(state, requisition).length;
  return Array.from({ length: Math.min(available, count ?? available) }, (_, index) => index);
}

/** The accounts that the person could pick at the requisition's bank. */
export function accountsBehind(state: SandboxState, requisition: RequisitionRecord) {
  const institution = state.institutions.get(requisition.institution_id);
  return institution === undefined ? [] : accountsAt(institution, { seed: state.seed });
}

/** Links a requisition: its agreement is accepted now, and the picked accounts appear. */
export function link(state: SandboxState, requisition: RequisitionRecord, picked: readonly number[]): void {
  const agreement = state.agreements.get(requisition.agreement);
  if (agreement !== undefined) agreement.accepted ??= state.clock.iso();
  const newIds = state.institutions.get(requisition.institution_id)?.traits.newAccountIdsOnReconnect ?? false;
  requisition.accounts = accountsBehind(state, requisition)
    .filter((account) => picked.includes(account.index))
    .map((bank) => {
      const known = [...state.accounts.values()].find((one) => one.bank.iban === bank.iban && !newIds);
      const account = known ?? newAccount(state, bank);
      account.status = "READY";
      account.failures = 0;
      return account.id;
    });
  requisition.status = "LN";
}

function newAccount(state: SandboxState, bank: AccountRecord["bank"]): AccountRecord {
  const account: AccountRecord = {
    id: state.newId(),
    created: state.clock.iso(),
    last_accessed: null,
    status: "READY",
    institution_id: bank.institutionId,
    bank,
    failures: 0,
    transactionCalls: 0,
    transactions: undefined,
  };
  state.accounts.set(account.id, account);
  return account;
}

/** Where the browser goes: back with the reference, and with the reason where nothing was linked. */
export function returnAddress(
  requisition: RequisitionRecord,
  outcome: Authorisation["outcome"],
): string | null {
  if (requisition.redirect === null) return null;
  const address = new URL(requisition.redirect);
  address.searchParams.set("ref", requisition.reference);
  if (outcome === "cancelled") {
    address.searchParams.set("error", "UserCancelledSession");
    address.searchParams.set("details", "User cancelled the session.");
  }
  if (outcome === "rejected") {
    address.searchParams.set("error", "UserSessionRejected");
    address.searchParams.set("details", "The bank rejected the session.");
  }
  return address.href;
}
