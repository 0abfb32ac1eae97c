import type { EndUserAgreement } from "bankdata-core";
import { type Institution, longestAccess, longestHistory } from "bankdata-core";
import { InvalidRequestError } from "bankdata-core/base";
import type { Session } from "../session.ts";
import { note } from "../ui/output.ts";
import { line } from "../ui/printable.ts";

/** A bank that wants a separate consent for what comes gives no newer entries for a history of more days than this. */
const CONTINUOUS_DAYS = 90;

/** The agreement with the most that the bank allows; less where it turns out to allow less than it says. */
export async function agreeOnMost(
  { client, terminal }: Session,
  bank: Institution,
  { days, access }: { days?: number | undefined; access?: number | undefined },
): Promise<EndUserAgreement> {
  const continuous = bank.supported_features?.includes("separate_continuous_history_consent") ?? false;
  const most = longestHistory(bank);
  if (continuous && most > CONTINUOUS_DAYS) {
    const asked = (days ?? 0) > CONTINUOUS_DAYS;
    note(
      terminal,
      asked
        ? line`${bank.name} gives more than ${CONTINUOUS_DAYS} days as a snapshot only: connect it a second time, without --days, for what comes.`
        : line`${bank.name} gives up to ${most} days of history, but more than ${CONTINUOUS_DAYS} only as a snapshot in a second consent (--days ${most}).`,
    );
  }
  const histories =
    days === undefined
      ? unique([continuous ? Math.min(most, CONTINUOUS_DAYS) : most, 90, 89].filter((one) => one <= most))
      : [days];
  const accesses = access === undefined ? unique([longestAccess(bank), 90]) : [access];
  let refusal: unknown;
  for (let [history, length] = [0, 0]; ; ) {
    const [max_historical_days, access_valid_for_days] = [histories[history], accesses[length]];
    if (max_historical_days === undefined || access_valid_for_days === undefined) throw refusal;
    try {
      return await client.createAgreement({
        institution_id: bank.id,
        max_historical_days,
        access_valid_for_days,
        access_scope: ["balances", "details", "transactions"],
      });
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      refusal = error;
      const refusedHistory = "max_historical_days" in error.fields;
      const refusedAccess = "access_valid_for_days" in error.fields;
      if (!refusedHistory && !refusedAccess) throw error;
      if (refusedHistory) history += 1;
      if (refusedAccess) length += 1;
    }
  }
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)];
}
