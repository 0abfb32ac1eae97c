import { DAY } from "../../banks/day.ts";
import type { AgreementRecord } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";

/** British consents are reconfirmed from 14 days before to 14 days after their 90th day. */
export const RECONFIRM_DAY = 90;
export const WINDOW_DAYS = 14;

/** When an agreement ends, in milliseconds; undefined while it is not accepted. */
export function accessEnd(agreement: AgreementRecord): number | undefined {
  return agreement.accepted === null
    ? undefined
    : Date.parse(agreement.accepted) + agreement.access_valid_for_days * DAY;
}

/** The first date of the history that any of the agreements allows. */
export function historyStart(agreements: readonly AgreementRecord[]): string {
  const starts = agreements.map((agreement) => acceptedAt(agreement) - agreement.max_historical_days * DAY);
  return new Date(Math.min(...starts)).toISOString().slice(0, 10);
}

/** When an agreement was accepted, or created if it is not accepted, in milliseconds. */
export function acceptedAt(agreement: AgreementRecord): number {
  return Date.parse(agreement.accepted ?? agreement.created);
}

/**
 * When an account's access under an agreement ends, in milliseconds: with the agreement, with the reconfirmation window
 * if it is not reconfirmed, or when the end user rejects it. Undefined while the agreement is not accepted.
 */
export function accountAccessEnd(
  state: ServiceState,
  agreement: AgreementRecord,
  accountId: string,
): number | undefined {
  const end = accessEnd(agreement);
  if (end === undefined || !agreement.reconfirmation) return end;
  const decided = state.reconfirmations.get(agreement.id)?.accounts[accountId];
  if (decided?.rejected) return Math.min(end, Date.parse(decided.rejected));
  const window = Date.parse(agreement.accepted ?? "") + (RECONFIRM_DAY + WINDOW_DAYS) * DAY;
  return decided?.reconfirmed ? end : Math.min(end, window);
}
