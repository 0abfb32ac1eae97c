import { concurrently } from "../../base/concurrently.ts";
import { BankDataError } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import type { Unreadable } from "../../schema/list.ts";
import type { Account } from "./models/account.ts";
import { accessEnd, type EndUserAgreement } from "./models/agreement.ts";
import type { Requisition } from "./models/requisition.ts";

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
 * Joins accounts with their requisitions. An account under several requisitions appears once, under the consent that
 * lasts longest; one that cannot be read appears with `error`.
 *
 * @param now in milliseconds since 1970
 */
export async function joinAccounts(
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
export function withUnreadableAccounts(requisitions: readonly Requisition[]): Unreadable[] {
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

/** Whether the service no longer gives access through it, whatever its agreement says. */
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
