import type { Connection, ConnectionStage, ConnectionState, Consent } from "../../../bank/index.ts";
import { instantOf } from "../../../base/dates.ts";
import { accessEnd, type EndUserAgreement } from "../models/agreement.ts";
import type { Requisition } from "../models/requisition.ts";

/** What each status of a requisition means. */
const STATES: ReadonlyMap<string, ConnectionState> = new Map([
  ["CR", "open"],
  ["GC", "open"],
  ["UA", "open"],
  ["SA", "open"],
  ["GA", "open"],
  ["LN", "active"],
  ["EX", "expired"],
  ["SU", "suspended"],
  ["RJ", "failed"],
  ["ER", "failed"],
  ["ID", "failed"],
]);

/** What the statuses of an open or failed requisition say beyond that. */
const STAGES: ReadonlyMap<string, ConnectionStage> = new Map([
  ["CR", "link"],
  ["GC", "consent"],
  ["UA", "login"],
  ["SA", "accounts"],
  ["GA", "granting"],
  ["RJ", "refused"],
  ["ID", "unverified"],
]);

/** The state that a status of a requisition stands for. */
export function stateOfRequisition({ status }: Requisition): ConnectionState {
  return STATES.get(status ?? "") ?? "unknown";
}

/** A requisition as a connection. @param agreement undefined if unknown */
export function neutralConnection(
  requisition: Requisition,
  agreement: EndUserAgreement | undefined,
): Connection {
  const { id, reference, institution_id, status, created, accounts } = requisition;
  const state = stateOfRequisition(requisition);
  return {
    id,
    reference: reference || null,
    bankId: institution_id || null,
    state,
    stage: STAGES.get(status ?? "") ?? null,
    stateAsSent: status || null,
    createdAt: moment(created),
    // Until the end user has agreed, nothing is allowed, regardless of what was requested.
    consent: consentOf(state === "open" ? undefined : agreement),
    accountHandles: accounts?.filter((handle) => handle.trim() !== "") ?? [],
    raw: {
      requisition: requisition.raw ?? requisition,
      agreement: agreement === undefined ? null : (agreement.raw ?? agreement),
    },
  };
}

function consentOf(agreement: EndUserAgreement | undefined): Consent {
  if (agreement === undefined) return { grantedAt: null, validUntil: null, historyDays: null };
  return {
    grantedAt: moment(agreement.accepted),
    validUntil: moment(accessEnd(agreement)),
    historyDays: agreement.max_historical_days ?? null,
  };
}

function moment(text: string | null | undefined): Date | null {
  const instant = instantOf(text ?? "");
  return instant === undefined ? null : new Date(instant);
}
