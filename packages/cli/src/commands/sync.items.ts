import type { AccountReport } from "bankdata-archive";
import type { ListedAccount } from "../accounts/connected-accounts.ts";
import { accountMembers } from "../accounts/items.ts";
import type { Explanation } from "../ui/failure.ts";
import { errorMember } from "../ui/terminal.ts";

/** What a sync did with an account, and the account as it is listed. */
export interface ReportedAccount {
  readonly account: ListedAccount;
  readonly report: AccountReport;
  /** Why something could not be read; undefined if nothing failed. */
  readonly explanation: Explanation | undefined;
  /** Until the day on which the consent ends; undefined if unknown, or if it has ended. */
  readonly daysLeft: number | undefined;
}

/** What a sync did with an account, as `--json` prints it. */
export function syncItem(
  { account, report, explanation, daysLeft }: ReportedAccount,
  options: { sandbox?: boolean | undefined },
) {
  const { outcome, reason, asked, range, asOf, nextCallAt } = report;
  const { added, booked, changed, vanished, retracted, uncertain, unreadable } = report;
  return {
    ...accountMembers(account),
    archiveId: report.account,
    connectionId: report.connectionId,
    connectionReference: account.connection.reference,
    label: report.label,
    currency: report.currency,
    ...{ outcome, reason, asked, range },
    ...{ added, booked, changed, vanished, retracted, uncertain, unreadable },
    ...{ asOf, nextCallAt },
    consent: account.consent,
    daysLeft: daysLeft ?? null,
    error: explanation === undefined ? null : errorMember(explanation, options),
  };
}

/** Whether the archive has something that it did not have before. */
export function hasNews({ report }: ReportedAccount): boolean {
  const { added, booked, changed, vanished, retracted } = report;
  return added + booked + changed + vanished + retracted > 0;
}
