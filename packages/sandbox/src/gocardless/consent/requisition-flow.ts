import type { UnusableLink, WaitingConsent } from "../../world/consent.ts";
import type { AccountRecord, RequisitionRecord } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";
import { accessEnd, accountAccessEnd } from "./access.ts";
import { type ReturnError, returnAddress } from "./return-address.ts";
import { unusable } from "./usable-link.ts";

/** What the end user does on the consent page. */
export interface Authorisation {
  /**
   * "linked": the end user agrees; "cancelled": the end user cancels; "rejected": the bank rejects; "failed": an error
   * occurs.
   */
  outcome: "linked" | "cancelled" | "rejected" | "failed";
  /**
   * How many accounts the end user picks, starting from the first, or the place of each from 0. With none, the
   * requisition is linked without accounts. @default all
   */
  accounts?: number | readonly number[] | undefined;
  /** The error if the outcome is "failed". @default "UnknownError" */
  error?: ReturnError | undefined;
  /** How many seconds, on the sandbox's clock, it takes until the requisition is linked. @default 0 */
  takesSeconds?: number | undefined;
}

/** The requisition with its status at this time: in progress, or expired if its consent has ended. */
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

/** The requisitions that linked an account and are not deleted. */
export function requisitionsOf(state: ServiceState, account: AccountRecord): RequisitionRecord[] {
  return account.requisitions.flatMap((id) => state.requisitions.get(id) ?? []);
}

/** The account's status at this time. */
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

/** Whether a requisition no longer gives access to an account: it has expired, or the account was not reconfirmed. */
function hasEnded(state: ServiceState, requisition: RequisitionRecord, account: AccountRecord): boolean {
  if (currentRequisition(state, requisition).status === "EX") return true;
  const agreement = state.agreements.get(requisition.agreement);
  const end = agreement === undefined ? undefined : accountAccessEnd(state, agreement, account.id);
  return end !== undefined && end <= state.world.clock.now();
}

/**
 * Carries out what the end user decided on the page. Returns the address that the browser is redirected to, or null if
 * there is none.
 *
 * @throws RangeError if an account does not exist; Error if the link was used, or can no longer be used
 */
export function authorise(
  state: ServiceState,
  requisition: RequisitionRecord,
  { outcome, accounts, error, takesSeconds = 0 }: Authorisation,
): string | null {
  const refused = unusable(state, requisition);
  // A consent on its way can still be rejected or fail.
  if (refused !== undefined && (outcome === "linked" || !state.linking.has(requisition.id)))
    throw new Error(`Requisition ${requisition.id} waits for no decision. ${refused.reason}`);
  if (outcome === "linked") {
    const picked = pickedBy(state, requisition, accounts);
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

/** Links the requisitions whose consent is complete by now. */
export function finishLinks(state: ServiceState): void {
  for (const [id, { until, picked }] of state.linking) {
    if (until > state.world.clock.now()) continue;
    state.linking.delete(id);
    const requisition = state.requisitions.get(id);
    if (requisition !== undefined) link(state, requisition, picked, until);
  }
}

/** The places of the picked accounts. @throws RangeError if there is no account at one of them */
function pickedBy(
  state: ServiceState,
  { institution_id: bank }: RequisitionRecord,
  picked: Authorisation["accounts"],
): number[] {
  const available = state.world.accountsAt(bank).length;
  if (typeof picked !== "object")
    return Array.from({ length: Math.min(available, picked ?? available) }, (_, index) => index);
  const wrong = picked.find((index) => !(Number.isInteger(index) && index >= 0 && index < available));
  if (wrong === undefined) return [...picked];
  throw new RangeError(
    `There is no account ${wrong} at ${bank}: it has ${available}, and the first one is 0.`,
  );
}

/** Links a requisition: accepts its agreement if it is not accepted yet, and adds the picked accounts. */
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

/** The existing account for a bank account, unless the bank issues new ids with each connection. */
function knownAccount(
  state: ServiceState,
  bankAccount: AccountRecord["bankAccount"],
): AccountRecord | undefined {
  const isNewEachTime = state.world.banks.get(bankAccount.bank)?.newAccountIdsOnReconnect;
  if (isNewEachTime || bankAccount.quirks.includes("renewedOnReconnection")) return undefined;
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

/** The consent behind a requisition's link, or why the link cannot be used. */
export function waitingConsent(state: ServiceState, id: string): WaitingConsent | UnusableLink {
  const requisition = state.requisitions.get(id);
  if (requisition === undefined) {
    const reason = "This link is not valid, or it was deleted. Ask the application for a new one.";
    return { reason, back: null };
  }
  const refused = unusable(state, requisition);
  if (refused !== undefined) return refused;
  const agreement = state.agreements.get(requisition.agreement);
  return {
    bank: state.world.banks.get(requisition.institution_id)?.name ?? requisition.institution_id,
    accounts: state.world.accountsAt(requisition.institution_id),
    scopes: agreement?.access_scope ?? [],
    accessDays: agreement?.access_valid_for_days ?? 90,
    historyDays: agreement?.max_historical_days ?? 90,
    opened: () => {
      // The service shows a page of its own (GC) before the bank's (UA), unless `redirect_immediate` skips it.
      requisition.status = requisition.redirect_immediate ? "UA" : "GC";
    },
    agree: (picked) => {
      link(state, requisition, picked);
      return returnAddress(requisition, undefined);
    },
    cancel: () => authorise(state, requisition, { outcome: "cancelled" }),
  };
}
