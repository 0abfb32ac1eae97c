import { concurrently } from "../../base/concurrently.ts";
import { BankDataError } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import type { Logger } from "../../base/logger.ts";
import type { RunningCall, Settings } from "../../pipeline/index.ts";
import { type ListWithUnreadable, type Unreadable, withUnreadable } from "../../schema/list.ts";
import type { Calls } from "./calls.ts";
import type { Account } from "./models/account.ts";
import { accessEnd, type EndUserAgreement } from "./models/agreement.ts";
import type { Requisition } from "./models/requisition.ts";
import { operations } from "./operations.ts";
import { collectPages } from "./paging.ts";
import { requestFor } from "./requests.ts";

/** An account with the requisition that gives access to it. */
export interface AccountInfo extends Account {
  /** The id of the requisition that gives access. */
  requisition_id: string;
  /** The requisition's reference, your own name for it. */
  requisition_reference: string | null;
  /** The requisition's status: `LN` if it gives access. */
  requisition_status: string | null;
  /**
   * When the consent ends: the agreement's `accepted` plus its days. Null if the agreement was not accepted or no
   * longer exists, if its date or days cannot be read, or if the list of agreements could not be read.
   */
  access_valid_until: string | null;
  /** Whether the access has ended: by its date, or by the status of the requisition or the account. */
  is_expired: boolean;
  /** Why its metadata could not be read; of the account's own fields, only its ids are then present. */
  error?: BankDataError;
}

/** How many accounts are requested at once: far fewer than the 100 a minute that the service allows. */
export const ACCOUNTS_AT_ONCE = 25;

interface Consent {
  accountId: string;
  requisition: Requisition;
  accessValidUntil: string | null;
}

/**
 * Reads the accounts of all requisitions, with their agreements.
 *
 * @returns the accounts, with all that could not be understood as `unreadable`
 */
export async function allAccounts(
  calls: Calls,
  call: RunningCall,
  { now, logger }: Pick<Settings, "now" | "logger">,
): Promise<ListWithUnreadable<AccountInfo>> {
  const listed = collectPages(calls.pages(operations.getRequisitions, call));
  const [requisitions, agreements] = await Promise.all([
    listed,
    agreementsOrNone(calls, call, listed, logger),
  ]);
  calls.warnOfUnreadable(requisitions, "requisitions");
  calls.warnOfUnreadable(agreements, "agreements");
  const incomplete = withUnreadableAccounts(requisitions);
  calls.warnOfUnreadable({ unreadable: incomplete }, "accounts of requisitions");
  const load = (id: string) => calls.send(requestFor(operations.getAccount, { id }), call);
  const accounts = await joinAccounts(requisitions, agreements, load, now());
  // Such an account has not failed: the call ended before it could be requested.
  if (accounts.some(({ error }) => error !== undefined && error === call.signal.reason)) {
    call.signal.throwIfAborted();
  }
  return withUnreadable(accounts, [
    ...requisitions.unreadable.map((one) => ({ ...one, list: "requisitions" })),
    ...incomplete,
    ...agreements.unreadable.map((one) => ({ ...one, list: "agreements" })),
  ]);
}

/**
 * All agreements, or none if they cannot be read, as they only say when access ends. A warning is logged if the rest
 * of the call succeeds.
 */
async function agreementsOrNone(
  calls: Calls,
  call: RunningCall,
  rest: Promise<unknown>,
  logger: Logger,
): Promise<ListWithUnreadable<EndUserAgreement>> {
  try {
    return await collectPages(calls.pages(operations.getAgreements, call));
  } catch (error) {
    if (call.signal.aborted || !(error instanceof BankDataError)) throw error;
    await rest;
    logger.warn(
      `The list of agreements could not be read, so the end of access is unknown: ${error.message}`,
    );
    return withUnreadable([], []);
  }
}

/**
 * Joins accounts with their requisitions. An account under several requisitions appears once, under the consent that
 * lasts longest; one that cannot be read appears with `error`.
 *
 * @param now in milliseconds since 1970
 */
async function joinAccounts(
  requisitions: readonly Requisition[],
  agreements: readonly EndUserAgreement[],
  loadAccount: (id: string) => Promise<Account>,
  now: number,
): Promise<AccountInfo[]> {
  const consents = [...longestConsents(requisitions, agreements).values()];
  return await concurrently(consents, ACCOUNTS_AT_ONCE, (consent) => describe(consent, loadAccount, now));
}

/**
 * An unreadable item for each requisition with an account id that could not be understood, so that a missing account is
 * not overlooked.
 */
function withUnreadableAccounts(requisitions: readonly Requisition[]): Unreadable[] {
  return requisitions.flatMap(({ raw, accounts }, index): Unreadable[] => {
    const rawAccounts = isRecord(raw) ? (raw["accounts"] ?? []) : [];
    const missing = (Array.isArray(rawAccounts) ? rawAccounts.length : 1) - (accounts?.length ?? 0);
    if (!isRecord(raw) || missing < 1) return [];
    return [{ list: "requisitions", index, reason: `accounts: ${missing} without an id`, raw }];
  });
}

function longestConsents(
  requisitions: readonly Requisition[],
  agreements: readonly EndUserAgreement[],
): Map<string, Consent> {
  const agreementById = new Map(agreements.map((agreement) => [agreement.id, agreement]));
  const longest = new Map<string, Consent>();
  for (const requisition of requisitions) {
    const agreement = agreementById.get(requisition.agreement ?? "");
    const accessValidUntil = agreement === undefined ? null : accessEnd(agreement);
    for (const accountId of requisition.accounts ?? []) {
      const consent = { accountId, requisition, accessValidUntil };
      const known = longest.get(accountId);
      if (known === undefined || outlasts(consent, known)) longest.set(accountId, consent);
    }
  }
  return longest;
}

/** Whether consent `a` is preferred: one that gives access, then the one that lasts longer. */
function outlasts(a: Consent, b: Consent): boolean {
  const isLost = hasLostAccess(a.requisition);
  if (isLost !== hasLostAccess(b.requisition)) return !isLost;
  return (a.accessValidUntil ?? "") > (b.accessValidUntil ?? "");
}

/** Whether the service no longer gives access through it, regardless of its agreement. */
function hasLostAccess(requisition: Requisition): boolean {
  return requisition.status === "EX" || requisition.status === "SU" || requisition.status === "RJ";
}

async function describe(
  consent: Consent,
  loadAccount: (id: string) => Promise<Account>,
  now: number,
): Promise<AccountInfo> {
  const { accountId, requisition, accessValidUntil } = consent;
  const isPast = accessValidUntil !== null && Date.parse(accessValidUntil) <= now;
  const connection = {
    requisition_id: requisition.id,
    requisition_reference: requisition.reference ?? null,
    requisition_status: requisition.status ?? null,
    access_valid_until: accessValidUntil,
    is_expired: requisition.status === "EX" || isPast,
  };
  const { institution_id } = requisition;
  const institution = institution_id === undefined ? {} : { institution_id };
  try {
    const account = await loadAccount(accountId);
    const is_expired = connection.is_expired || account.status === "EXPIRED";
    return { ...institution, ...account, ...connection, is_expired };
  } catch (error) {
    if (!(error instanceof BankDataError)) throw error;
    return { id: accountId, ...institution, ...connection, error };
  }
}
