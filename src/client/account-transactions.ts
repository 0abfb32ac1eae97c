import { path } from "../http/path.ts";
import { refusedHere } from "../http/refused-here.ts";
import type { CallOptions } from "../http/settings.ts";
import type { Transport } from "../http/transport.ts";
import { dateDaysBefore, dateOf, daysBetween, isCalendarDate } from "../models/calendar.ts";
import { AccountTransactions } from "../models/transaction.ts";
import { PageTrail } from "./paging.ts";

/** Which transactions: the last so many days, or between two dates, both included. */
export interface TransactionRange {
  /** From so many days ago, 1 to 730. @default 180 where no date is given */
  daysBack?: number | undefined;
  /** The first date, `YYYY-MM-DD`. */
  dateFrom?: string | undefined;
  /** The last date, `YYYY-MM-DD`. */
  dateTo?: string | undefined;
}

/** What daysBack is where neither it nor a date is given. */
const DEFAULT_DAYS_BACK = 180;

/** The longest history that any bank gives. */
const MOST_DAYS_BACK = 730;

/** Past so many pages the list is taken to have no end. */
export const MAX_PAGINATION_PAGES = 100;

/** Reads an account's transactions through all their pages, and gives them as one answer. */
export async function readAccountTransactions(
  transport: Transport,
  accountId: string,
  range: TransactionRange,
  call: CallOptions,
  context: { baseUrl: string; now: number },
): Promise<AccountTransactions> {
  const first = path`/accounts/${accountId}/transactions/`;
  const { query, alias } = transactionQuery(range, first, context.now);
  const answer = await transport.request(
    { method: "GET", path: first, query, alias },
    AccountTransactions,
    call,
  );
  const trail = new PageTrail({ path: first, query }, context.baseUrl, {
    pages: MAX_PAGINATION_PAGES,
    advice: "Ask for fewer days.",
  });
  return await withFurtherPages(transport, answer, call, trail);
}

async function withFurtherPages(
  transport: Transport,
  first: AccountTransactions,
  call: CallOptions,
  trail: PageTrail,
): Promise<AccountTransactions> {
  let address = trail.after(first.next);
  if (address === undefined) return first;
  const { next: _, ...whole } = first;
  const { booked, pending, unreadable } = whole.transactions;
  while (address !== undefined) {
    const page: AccountTransactions = await transport.request(
      { method: "GET", ...address, continues: true },
      AccountTransactions,
      call,
    );
    for (const transaction of page.transactions.booked) booked.push(transaction);
    for (const transaction of page.transactions.pending) pending.push(transaction);
    for (const item of page.transactions.unreadable) unreadable.push(item);
    address = trail.after(page.next);
  }
  return whole;
}

/** The dates of the request; a range that moves with the calendar also gets the name under which its answer is kept. */
function transactionQuery(
  range: TransactionRange,
  where: string,
  now: number,
): { query: [string, string][]; alias?: string } {
  const { dateFrom, dateTo } = range;
  const problem = rangeProblem(range);
  if (problem !== undefined) throw refusedHere("GET", where, { [problem.field]: [problem.text] });
  const daysBack =
    range.daysBack ?? (dateFrom === undefined && dateTo === undefined ? DEFAULT_DAYS_BACK : undefined);
  const query: [string, string][] = [];
  if (daysBack !== undefined) query.push(["date_from", dateDaysBefore(now, daysBack)]);
  if (dateFrom !== undefined) query.push(["date_from", dateFrom]);
  if (dateTo !== undefined) query.push(["date_to", dateTo]);
  if (daysBack === undefined) return { query };
  return { query, alias: `days_back=${daysBack}${dateTo === undefined ? "" : `&date_to=${dateTo}`}` };
}

/**
 * The name under which a literal query's answer may be kept as well: one from so many days ago until today is the same
 * question as `daysBack`.
 */
export function rangeAlias(
  path: string,
  query: readonly (readonly [string, string])[],
  now: number,
): string | undefined {
  const [only, ...others] = query;
  if (!/^\/accounts\/[^/]+\/transactions\/?$/.test(path) || only?.[0] !== "date_from" || others.length > 0)
    return undefined;
  const days = daysBetween(only[1], dateOf(now));
  return days === undefined ? undefined : `days_back=${days}`;
}

function rangeProblem({
  daysBack,
  dateFrom,
  dateTo,
}: TransactionRange): { field: string; text: string } | undefined {
  if (daysBack !== undefined && (!Number.isInteger(daysBack) || daysBack < 1 || daysBack > MOST_DAYS_BACK)) {
    return {
      field: "daysBack",
      text: `must be a whole number of days from 1 to ${MOST_DAYS_BACK}, not ${daysBack}`,
    };
  }
  if (daysBack !== undefined && dateFrom !== undefined) {
    return { field: "daysBack", text: "and dateFrom exclude each other" };
  }
  for (const [field, date] of Object.entries({ dateFrom, dateTo })) {
    if (date !== undefined && !isCalendarDate(date)) {
      return { field, text: `must be a date such as 2026-01-31, not ${JSON.stringify(date)}` };
    }
  }
  if (dateFrom !== undefined && dateTo !== undefined && dateFrom > dateTo) {
    return { field: "dateFrom", text: `(${dateFrom}) is after dateTo (${dateTo})` };
  }
  return undefined;
}
