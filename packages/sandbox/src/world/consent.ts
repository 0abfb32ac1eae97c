import { accountsAt } from "../banks/index.ts";
import { accessEnd, accountAccessEnd } from "./access.ts";
import type { AccountRecord, RequisitionRecord, SandboxState } from "./state.ts";

/** What the service tells the application's page where a session failed. */
export const RETURN_ERRORS = {
  UserCancelledSession: "User cancelled the session.",
  UserSessionRejected: "The bank rejected the session.",
  UnknownError: "An unknown error occurred.",
  SSNVerificationFailed: "The SSN could not be verified.",
  InstitutionTechnicalError: "The institution had a technical error.",
  GoCardlessTechnicalError: "GoCardless had a technical error.",
  InstitutionTimeoutError: "The institution did not answer in time.",
  RequisitionLinkReused: "The link of the requisition was used before.",
  ConsentLinkReused: "The link of the consent was used before.",
  CompanyRequisitionLimitReached: "The company has reached its limit of requisitions.",
} as const;

/** An error that the return can carry. */
export type ReturnError = keyof typeof RETURN_ERRORS;

/** What the person on the consent page does. */
export interface Authorisation {
  /** "linked": agrees; "cancelled": turns back; "rejected": the bank says no; "failed": something breaks. */
  outcome: "linked" | "cancelled" | "rejected" | "failed";
  /** How many accounts are picked, from the first. @default all */
  accounts?: number | undefined;
  /** What broke, for "failed". @default "UnknownError" */
  error?: ReturnError | undefined;
  /** For so many seconds of the sandbox's time the requisition goes from status to status before it is linked. @default 0 */
  takesSeconds?: number | undefined;
}

/** The requisition as it is now: on its way to being linked, or expired where its consent has run out. */
export function currentRequisition(state: SandboxState, requisition: RequisitionRecord): RequisitionRecord {
  const now = state.clock.now();
  const linking = state.linking.get(requisition.id);
  if (linking !== undefined) {
    const passed = (now - linking.from) / (linking.until - linking.from);
    const selects = requisition.account_selection && passed >= 1 / 3;
    return { ...requisition, status: passed >= 2 / 3 ? "GA" : selects ? "SA" : "UA" };
  }
  const agreement = state.agreements.get(requisition.agreement);
  const end = agreement === undefined ? undefined : accessEnd(agreement);
  const expired = requisition.status === "LN" && end !== undefined && end <= now;
  return expired ? { ...requisition, status: "EX" } : requisition;
}

/** The requisitions that opened an account and are still there. */
export function requisitionsOf(state: SandboxState, account: AccountRecord): RequisitionRecord[] {
  return account.requisitions.flatMap((id) => state.requisitions.get(id) ?? []);
}

/** The account's status as it is now. */
export function currentAccountStatus(state: SandboxState, account: AccountRecord): string {
  if (account.status !== "READY") return account.status;
  const left = account.readyAt - state.clock.now();
  if (left > 0) {
    const preparesFor = state.institutions.get(account.institution_id)?.traits.preparesFor ?? 0;
    return left > preparesFor * 500 ? "DISCOVERED" : "PROCESSING";
  }
  const opened = requisitionsOf(state, account);
  const expired = opened.length > 0 && opened.every((one) => hasEnded(state, one, account));
  return expired ? "EXPIRED" : "READY";
}

/** Whether a requisition no longer opens an account: it is over, or the account was not reconfirmed under it. */
function hasEnded(state: SandboxState, requisition: RequisitionRecord, account: AccountRecord): boolean {
  if (currentRequisition(state, requisition).status === "EX") return true;
  const agreement = state.agreements.get(requisition.agreement);
  const end = agreement === undefined ? undefined : accountAccessEnd(state, agreement, account.id);
  return end !== undefined && end <= state.clock.now();
}

/**
 * Carries out what the person on the page decided. Gives the address that the browser is sent to.
 *
 * @throws RangeError where it would take less than no time
 */
export function authorise(
  state: SandboxState,
  requisition: RequisitionRecord,
  { outcome, accounts, error, takesSeconds = 0 }: Authorisation,
): string | null {
  if (!(takesSeconds >= 0)) throw new RangeError("takesSeconds must not be negative.");
  if (outcome === "linked") {
    const picked = pickedFirst(state, requisition, accounts);
    const from = state.clock.now();
    if (takesSeconds === 0) link(state, requisition, picked);
    else state.linking.set(requisition.id, { from, until: from + takesSeconds * 1000, picked });
    return returnAddress(requisition, undefined);
  }
  requisition.status = outcome === "failed" ? "ER" : "RJ";
  state.linking.delete(requisition.id);
  return returnAddress(requisition, returnErrorOf(outcome, error));
}

function returnErrorOf(outcome: Authorisation["outcome"], error: ReturnError = "UnknownError"): ReturnError {
  if (outcome === "cancelled") return "UserCancelledSession";
  return outcome === "rejected" ? "UserSessionRejected" : error;
}

/** Links the requisitions whose time has come. */
export function finishLinks(state: SandboxState): void {
  for (const [id, { until, picked }] of state.linking) {
    if (until > state.clock.now()) continue;
    state.linking.delete(id);
    const requisition = state.requisitions.get(id);
    if (requisition !== undefined) link(state, requisition, picked, until);
  }
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
  if (institution === undefined) return [];
  const { seed, accountsPerBank: count, transactionsPerDay } = state;
  return accountsAt(institution, { seed, count, transactionsPerDay });
}

/** Links a requisition: its agreement is accepted now, and the picked accounts appear. */
export function link(
  state: SandboxState,
  requisition: RequisitionRecord,
  picked: readonly number[],
  at = state.clock.now(),
): void {
  const agreement = state.agreements.get(requisition.agreement);
  if (agreement !== undefined) agreement.accepted ??= new Date(at).toISOString();
  const wanted = new Set(picked);
  requisition.accounts = accountsBehind(state, requisition)
    .filter((account) => wanted.has(account.index))
    .map((bank) => {
      const account = knownAccount(state, bank) ?? newAccount(state, bank, at);
      account.status = "READY";
      account.failures = 0;
      account.requisitions.push(requisition.id);
      return account.id;
    });
  requisition.status = "LN";
}

/** The account as which the bank's was opened before, where the bank keeps its id. */
function knownAccount(state: SandboxState, bank: AccountRecord["bank"]): AccountRecord | undefined {
  if (state.institutions.get(bank.institutionId)?.traits.newAccountIdsOnReconnect) return undefined;
  return state.accounts.get(state.accountIds.get(bankAccountKey(bank)) ?? "");
}

function bankAccountKey({ institutionId, index }: AccountRecord["bank"]): string {
  return `${institutionId} ${index}`;
}

function newAccount(state: SandboxState, bank: AccountRecord["bank"], at: number): AccountRecord {
  const preparesFor = state.institutions.get(bank.institutionId)?.traits.preparesFor ?? 0;
  const account: AccountRecord = {
    id: state.newId(),
    created: new Date(at).toISOString(),
    last_accessed: null,
    status: "READY",
    institution_id: bank.institutionId,
    bank,
    failures: 0,
    readyAt: at + preparesFor * 1000,
    requisitions: [],
    answers: [],
    transactions: undefined,
  };
  keepAccount(state, account);
  return account;
}

/** Enters an account among those that there are. */
export function keepAccount(state: SandboxState, account: AccountRecord): void {
  state.accounts.set(account.id, account);
  state.accountIds.set(bankAccountKey(account.bank), account.id);
}

/** Where the browser goes: back with the reference, and with the reason where nothing was linked. */
export function returnAddress(requisition: RequisitionRecord, error: ReturnError | undefined): string | null {
  if (requisition.redirect === null) return null;
  const address = new URL(requisition.redirect);
  address.searchParams.set("ref", requisition.reference);
  if (error !== undefined) {
    address.searchParams.set("error", error);
    address.searchParams.set("details", RETURN_ERRORS[error]);
  }
  return address.href;
}
