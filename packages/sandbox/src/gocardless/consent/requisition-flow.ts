import type { WaitingConsent } from "../../world/consent.ts";
import type { AccountRecord, RequisitionRecord } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";
import { accessEnd, accountAccessEnd } from "./access.ts";
import { type ReturnError, returnAddress } from "./return-address.ts";

/** What the person on the consent page does. */
export interface Authorisation {
  /** "linked": agrees; "cancelled": turns back; "rejected": the bank says no; "failed": something breaks. */
  outcome: "linked" | "cancelled" | "rejected" | "failed";
  /** How many accounts are picked, from the first. @default all */
  accounts?: number | undefined;
  /** What broke, for "failed". @default "UnknownError" */
  error?: ReturnError | undefined;
  /** How many seconds of the sandbox's time the requisition goes from status to status before it is linked. @default 0 */
  takesSeconds?: number | undefined;
}

/** The requisition as it is now: on its way to being linked, or expired if its consent has run out. */
export function currentRequisition(state: ServiceState, requisition: RequisitionRecord): RequisitionRecord {
  const now = state.world.clock.now();
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
export function requisitionsOf(state: ServiceState, account: AccountRecord): RequisitionRecord[] {
  return account.requisitions.flatMap((id) => state.requisitions.get(id) ?? []);
}

/** The account's status as it is now. */
export function currentAccountStatus(state: ServiceState, account: AccountRecord): string {
  if (account.status !== "READY") return account.status;
  const left = account.readyAt - state.world.clock.now();
  if (left > 0) {
    const preparesFor = state.world.banks.get(account.institution_id)?.preparesFor ?? 0;
    return left > preparesFor * 500 ? "DISCOVERED" : "PROCESSING";
  }
  const opened = requisitionsOf(state, account);
  const expired = opened.length > 0 && opened.every((one) => hasEnded(state, one, account));
  return expired ? "EXPIRED" : "READY";
}

/** Whether a requisition no longer opens an account: it is over, or the account was not reconfirmed under it. */
function hasEnded(state: ServiceState, requisition: RequisitionRecord, account: AccountRecord): boolean {
  if (currentRequisition(state, requisition).status === "EX") return true;
  const agreement = state.agreements.get(requisition.agreement);
  const end = agreement === undefined ? undefined : accountAccessEnd(state, agreement, account.id);
  return end !== undefined && end <= state.world.clock.now();
}

/**
 * Carries out what the person on the page decided. Returns the address that the browser is sent to.
 *
 * @throws RangeError if it would take less than no time
 */
export function authorise(
  state: ServiceState,
  requisition: RequisitionRecord,
  { outcome, accounts, error, takesSeconds = 0 }: Authorisation,
): string | null {
  if (!(takesSeconds >= 0)) throw new RangeError("takesSeconds must not be negative.");
  if (outcome === "linked") {
    const picked = pickedFirst(state, requisition, accounts);
    const from = state.world.clock.now();
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
export function finishLinks(state: ServiceState): void {
  for (const [id, { until, picked }] of state.linking) {
    if (until > state.world.clock.now()) continue;
    state.linking.delete(id);
    const requisition = state.requisitions.get(id);
    if (requisition !== undefined) link(state, requisition, picked, until);
  }
}

function pickedFirst(
  state: ServiceState,
  requisition: RequisitionRecord,
  count: number | undefined,
): number[] {
  const available = state.world.accountsAt(requisition.institution_id).length;
  return Array.from({ length: Math.min(available, count ?? available) }, (_, index) => index);
}

/** Links a requisition: its agreement is accepted now, and the picked accounts appear. */
export function link(
  state: ServiceState,
  requisition: RequisitionRecord,
  picked: readonly number[],
  at = state.world.clock.now(),
): void {
  const agreement = state.agreements.get(requisition.agreement);
  if (agreement !== undefined) agreement.accepted ??= new Date(at).toISOString();
  const wanted = new Set(picked);
  requisition.accounts = state.world
    .accountsAt(requisition.institution_id)
    .filter((account) => wanted.has(account.index))
    .map((bankAccount) => {
      const account = knownAccount(state, bankAccount) ?? newAccount(state, bankAccount, at);
      account.status = "READY";
      account.failures = 0;
      account.requisitions.push(requisition.id);
      return account.id;
    });
  requisition.status = "LN";
}

/** The account that a bank account was opened as before, if its bank keeps ids. */
function knownAccount(
  state: ServiceState,
  bankAccount: AccountRecord["bankAccount"],
): AccountRecord | undefined {
  if (state.world.banks.get(bankAccount.bank)?.newAccountIdsOnReconnect) return undefined;
  return state.newestAccountOf(bankAccount);
}

function newAccount(
  state: ServiceState,
  bankAccount: AccountRecord["bankAccount"],
  at: number,
): AccountRecord {
  const preparesFor = state.world.banks.get(bankAccount.bank)?.preparesFor ?? 0;
  const account: AccountRecord = {
    id: state.world.newId(),
    created: new Date(at).toISOString(),
    last_accessed: null,
    status: "READY",
    institution_id: bankAccount.bank,
    bankAccount,
    failures: 0,
    readyAt: at + preparesFor * 1000,
    requisitions: [],
    answers: [],
    transactions: undefined,
  };
  state.keepAccount(account);
  return account;
}

/** The requisition that still waits for its person, or why its link cannot be used. */
export function waitingConsent(state: ServiceState, id: string): WaitingConsent | string {
  const requisition = state.requisitions.get(id);
  if (requisition === undefined) return "This link is unknown. It may have been deleted; ask for a new one.";
  if (requisition.status === "LN") return "This link was used already. Ask for a new one to connect again.";
  const agreement = state.agreements.get(requisition.agreement);
  return {
    bank: state.world.banks.get(requisition.institution_id)?.name ?? requisition.institution_id,
    accounts: state.world.accountsAt(requisition.institution_id),
    scopes: agreement?.access_scope ?? [],
    accessDays: agreement?.access_valid_for_days ?? 90,
    historyDays: agreement?.max_historical_days ?? 90,
    opened: () => {
      // The first page is the service's own; if the application has asked to skip it, the bank's comes at once.
      requisition.status = requisition.redirect_immediate ? "UA" : "GC";
    },
    agree: (picked) => {
      link(state, requisition, picked);
      return returnAddress(requisition, undefined);
    },
    cancel: () => authorise(state, requisition, { outcome: "cancelled" }),
  };
}
