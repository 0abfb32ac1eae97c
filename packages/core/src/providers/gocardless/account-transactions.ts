import { dateDaysBefore, dateOf, daysBetween, isCalendarDate } from "../../base/dates.ts";
import { maskIbans } from "../../base/masking.ts";
import { assertObject, checkOptionNames, type OptionNames } from "../../base/option-names.ts";
import { callOptionHint, localError, type Query } from "../../pipeline/index.ts";
import type { SentObject } from "../../schema/as-sent.ts";
import { type AccountTransactions, movedBy } from "./models/transaction.ts";
import { DAYS_BACK } from "./operations.ts";
import type { PageAddress, PageTrail } from "./paging.ts";

/**
 * Which transactions: those of the last `daysBack` days, or those between two dates, both inclusive. The service counts days
 * in UTC, and rejects later ones. If a date is its tomorrow, which has begun for the end user already, its today is
 * requested instead.
 */
export interface TransactionRange {
  /** How many days back, 1 to 730. @default 180 if neither date is given */
  daysBack?: number | undefined;
  /** The first date, `YYYY-MM-DD`. Cannot be combined with `daysBack`. */
  dateFrom?: string | undefined;
  /** The last date, `YYYY-MM-DD`. */
  dateTo?: string | undefined;
}

const rangeNames: OptionNames<TransactionRange> = { daysBack: true, dateFrom: true, dateTo: true };

/** The default of `daysBack` if no date is given either. */
const DEFAULT_DAYS_BACK = 180;

/** The longest history that any bank offers, in days. */
export const MOST_DAYS_BACK = 730;

/** A list of transactions with more pages than this is taken to be endless. */
export const MAX_PAGINATION_PAGES = 100;

/**
 * The transactions of the first page and of all that follow it.
 *
 * @param load requests the page at an address
 * @throws InvalidResponseError if the pages do not end, or if one links outside the list
 */
export async function withFurtherPages(
  first: AccountTransactions,
  trail: PageTrail,
  load: (address: PageAddress) => Promise<AccountTransactions>,
): Promise<AccountTransactions> {
  let address = trail.after(first.next);
  if (address === undefined) return first;
  const { next: _, ...whole } = first;
  const { booked, pending, unreadable } = whole.transactions;
  const read = { booked: countOf(first, "booked"), pending: countOf(first, "pending") };
  const furtherRaw: SentObject[] = [];
  while (address !== undefined) {
    const page: AccountTransactions = await load(address);
    furtherRaw.push(besideListsOf(page));
    for (const transaction of page.transactions.booked) booked.push(transaction);
    for (const transaction of page.transactions.pending) pending.push(transaction);
    for (const item of page.transactions.unreadable) {
      unreadable.push(...movedBy(read[item.list === "booked" ? "booked" : "pending"], [item]));
    }
    read.booked += countOf(page, "booked");
    read.pending += countOf(page, "pending");
    whole.transactions.bookedReported &&= page.transactions.bookedReported;
    whole.transactions.pendingReported ||= page.transactions.pendingReported;
    address = trail.after(page.next);
  }
  return furtherRaw.some((raw) => Object.keys(raw).length > 0) ? { ...whole, furtherRaw } : whole;
}

/** What a page has in addition to its lists, if that is more than its known members; otherwise empty. */
function besideListsOf({ raw, transactions }: AccountTransactions): SentObject {
  return { ...raw, ...(transactions.raw === undefined ? {} : { transactions: transactions.raw }) };
}

/** How many items a list of a page holds, unreadable ones included. */
function countOf({ transactions }: AccountTransactions, list: "booked" | "pending"): number {
  return transactions[list].length + transactions.unreadable.filter((one) => one.list === list).length;
}

/**
 * The query that is sent for a range; if the range is relative to today, also `callerQuery`, by which its response is
 * cached.
 *
 * @param path of the request, for the error
 * @param now in milliseconds since 1970
 * @throws InvalidRequestError if the range is not valid; ConfigurationError if it has a member that no range has
 */
export function transactionQueries(
  range: TransactionRange,
  path: string,
  now: number,
): { query: Query; callerQuery?: Query } {
  assertObject(range, "the range, such as { daysBack: 90 },");
  checkOptionNames(range, rangeNames, "the range", callOptionHint);
  const problem = rangeProblem(range);
  if (problem !== undefined) throw localError("GET", path, { [problem.field]: [problem.text] });
  const [dateFrom, dateTo] = [range.dateFrom, range.dateTo].map((date) =>
    date === dateDaysBefore(now, -1) ? dateOf(now) : date,
  );
  const daysBack =
    range.daysBack ?? (dateFrom === undefined && dateTo === undefined ? DEFAULT_DAYS_BACK : undefined);
  const end: Query = dateTo === undefined ? [] : [["date_to", dateTo]];
  if (daysBack === undefined) {
    return { query: [...(dateFrom === undefined ? [] : [["date_from", dateFrom] as const]), ...end] };
  }
  return {
    query: [["date_from", dateDaysBefore(now, daysBack)], ...end],
    callerQuery: [[DAYS_BACK, String(daysBack)], ...end],
  };
}

/**
 * The relative query that is equal today to a query with `date_from` alone; undefined for any other query. A response
 * may be cached under either.
 */
export function relativeQuery(query: Query, now: number): Query | undefined {
  const [first, ...others] = query;
  if (first?.[0] !== "date_from" || others.length > 0) return undefined;
  const days = daysBetween(first[1], dateOf(now));
  return days === undefined ? undefined : [[DAYS_BACK, String(days)]];
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
    return { field: "daysBack", text: "cannot be combined with dateFrom" };
  }
  for (const [field, date] of Object.entries({ dateFrom, dateTo })) {
    if (date !== undefined && !isCalendarDate(date)) {
      return {
        field,
        text: `must be a date such as 2026-01-31, not ${shown(date)}`,
      };
    }
  }
  if (dateFrom !== undefined && dateTo !== undefined && dateFrom > dateTo) {
    return { field: "dateFrom", text: `(${dateFrom}) is after dateTo (${dateTo})` };
  }
  return undefined;
}

/** A date that is not valid, unless it is so long that it cannot be a date at all. */
function shown(date: unknown): string {
  const text = String(JSON.stringify(date));
  return text.length > 40 ? "a text of another kind" : maskIbans(text);
}
