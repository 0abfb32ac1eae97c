import { BankDataError } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import type { Unreadable } from "../../schema/list.ts";
import type { Account } from "./models/account.ts";
import { accessEnd, type EndUserAgreement } from "./models/agreement.ts";
import type { Requisition } from "./models/requisition.ts";

/** An account with the connection that opens it. */
export type AccountInfo = Account & {
  requisition_id: string;
  requisition_reference: string | null;
  requisition_status: string | null;
  /**
   * When the consent ends: the agreement's `accepted` and its days. Null if it was not accepted or is gone, if its date
   * or days say nothing, or if the list of agreements could not be had.
   */
  access_valid_until: string | null;
  is_expired: boolean;
  /** Why its metadata could not be read; the other fields of the account are then missing. */
  error?: BankDataError;
};

/** So many accounts are asked for at once: far below the 100 a minute that the service allows, far above one by one. */
const CONCURRENCY = 25;

interface Consent {
  accountId: string;
  requisition: Requisition;
  accessValidUntil: string | null;
}

/**
 * Joins accounts with their connections. An account under several connections appears once, under the consent that
 * lasts longest; one that cannot be read stands there with `error`.
 */
export async function joinAccounts(
  requisitions: readonly Requisition[],
  agreements: readonly EndUserAgreement[],
  loadAccount: (id: string) => Promise<Account>,
  now: number,
): Promise<AccountInfo[]> {
  const consents = [...longestConsents(requisitions, agreements).values()];
  const infos = new Array<AccountInfo>(consents.length);
  const queue = consents.entries();
  const workers = Array.from({ length: Math.min(CONCURRENCY, consents.length) }, async () => {
    for (const [at, consent] of queue) infos[at] = await describe(consent, loadAccount, now);
  });
  await Promise.all(workers);
  return infos;
}

/**
 * The connections of which some account's id could not be understood, as items of a list that could not: an account that
 * is missing must not be missing in silence.
 */
export function withUnreadableAccounts(requisitions: readonly Requisition[]): Unreadable[] {
  return requisitions.flatMap(({ raw, accounts }, index): Unreadable[] => {
    const sent = isRecord(raw) ? (raw["accounts"] ?? []) : [];
    const missing = (Array.isArray(sent) ? sent.length : 1) - (accounts?.length ?? 0);
    if (!isRecord(raw) || missing < 1) return [];
    return [{ list: "requisitions", index, reason: `accounts: ${missing} without an id`, raw }];
  });
}

function longestConsents(
  requisitions: readonly Requisition[],
  agreements: readonly EndUserAgreement[],
): Map<string, Consent> {
  const agreementById = new Map(agreements.map((agreement) => [agreement.id, agreement]));
  const best = new Map<string, Consent>();
  for (const requisition of requisitions) {
    const agreement = agreementById.get(requisition.agreement ?? "");
    const accessValidUntil = agreement === undefined ? null : accessEnd(agreement);
    for (const accountId of requisition.accounts ?? []) {
      const consent = { accountId, requisition, accessValidUntil };
      const known = best.get(accountId);
      if (known === undefined || outlasts(consent, known)) best.set(accountId, consent);
    }
  }
  return best;
}

/** A connection that the service has ended is worth less than any other, whatever its agreement says. */
function outlasts(a: Consent, b: Consent): boolean {
  const aOver = isEnded(a.requisition);
  if (aOver !== isEnded(b.requisition)) return !aOver;
  return (a.accessValidUntil ?? "") > (b.accessValidUntil ?? "");
}

function isEnded(requisition: Requisition): boolean {
  return requisition.status === "EX" || requisition.status === "SU" || requisition.status === "RJ";
}

async function describe(
  consent: Consent,
  loadAccount: (id: string) => Promise<Account>,
  now: number,
): Promise<AccountInfo> {
  const { accountId, requisition, accessValidUntil } = consent;
  const ended = accessValidUntil !== null && Date.parse(accessValidUntil) <= now;
  const connection = {
    requisition_id: requisition.id,
    requisition_reference: requisition.reference ?? null,
    requisition_status: requisition.status ?? null,
    access_valid_until: accessValidUntil,
    is_expired: requisition.status === "EX" || ended,
  };
  try {
    // `error` is ours: should the service send such a member, a good account would look like one that failed.
    const { error: _, ...account } = await loadAccount(accountId);
    const is_expired = connection.is_expired || account.status === "EXPIRED";
    return { institution_id: requisition.institution_id, ...account, ...connection, is_expired };
  } catch (error) {
    if (!(error instanceof BankDataError)) throw error;
    return { id: accountId, institution_id: requisition.institution_id, ...connection, error };
  }
}
