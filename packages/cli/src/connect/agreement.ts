import { type EndUserAgreement, type Institution, longestAccess, longestHistory } from "bankdata-core";
import { InvalidRequestError } from "bankdata-core/base";
import type { Session } from "../session/session.ts";
import { note } from "../ui/output.ts";
import { line } from "../ui/printable.ts";

/** How much an agreement is to allow. */
export interface AgreementWish {
  /** Days of history. @default the most that the bank allows */
  days?: number | undefined;
  /** Days of access. @default the most that the bank allows */
  access?: number | undefined;
}

/** A bank that wants a separate consent for future entries returns none of them for a history of more days than this. */
const CONTINUOUS_DAYS = 90;

/** The agreement with the most that the bank allows; with less if it turns out to allow less than it says. */
export async function agreeOnMost(
  { client, terminal }: Session,
  bank: Institution,
  { days, access }: AgreementWish,
): Promise<EndUserAgreement> {
  const continuous = bank.supported_features?.includes("separate_continuous_history_consent") ?? false;
  const most = longestHistory(bank);
  if (continuous && most > CONTINUOUS_DAYS) {
    const wantsMore = (days ?? 0) > CONTINUOUS_DAYS;
    note(
      terminal,
      wantsMore
        ? line`${bank.name} offers more than ${CONTINUOUS_DAYS} days only as a snapshot: connect it a second time, without --days, for future entries.`
        : line`${bank.name} offers up to ${most} days of history, but more than ${CONTINUOUS_DAYS} only as a snapshot in a second consent (--days ${most}).`,
    );
  }
  const histories =
    days === undefined
      ? unique([continuous ? Math.min(most, CONTINUOUS_DAYS) : most, 90, 89].filter((one) => one <= most))
      : [days];
  const accesses = access === undefined ? unique([longestAccess(bank), 90]) : [access];
  let rejection: unknown;
  for (let [history, length] = [0, 0]; ; ) {
    const [max_historical_days, access_valid_for_days] = [histories[history], accesses[length]];
    if (max_historical_days === undefined || access_valid_for_days === undefined) throw rejection;
    try {
      return await client.createAgreement({
        institution_id: bank.id,
        max_historical_days,
        access_valid_for_days,
        access_scope: ["balances", "details", "transactions"],
      });
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      rejection = error;
      const rejectedHistory = "max_historical_days" in error.fields;
      const rejectedAccess = "access_valid_for_days" in error.fields;
      if (!rejectedHistory && !rejectedAccess) throw error;
      if (rejectedHistory) history += 1;
      if (rejectedAccess) length += 1;
    }
  }
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)];
}
