import { type BankTransaction, type DateRange, type EntryDates, entryDate } from "bankdata-core/bank";
import { daysFrom, isCalendarDate } from "bankdata-core/base";
import type { ConfiguredAccount } from "../config/index.ts";
import { CommandFailure } from "../ui/command-failure.ts";
import { EXIT } from "../ui/exit.ts";
import { line, type Printable } from "../ui/printable.ts";

/** Which transactions are wanted. */
export interface TransactionQuery {
  /** `YYYY-MM-DD`. */
  from?: string | undefined;
  /** `YYYY-MM-DD`. */
  to?: string | undefined;
  /** Number of days back. @default 90 */
  days?: number | undefined;
  /** Only pending ones. */
  pending?: boolean | undefined;
  /** Only booked ones. */
  booked?: boolean | undefined;
  /** Only those with words that begin as these do, or with this amount. */
  search?: string | undefined;
  /** Only those whose other side's name has words that begin as these do. */
  who?: string | undefined;
  /** Only those with this amount, or one in this range. */
  amount?: string | undefined;
  /** Only those that are not put together beyond doubt. */
  uncertain?: boolean | undefined;
  /** Also those that vanished or were retracted. */
  gone?: boolean | undefined;
  /** Only the bank's own words. */
  raw?: boolean | undefined;
  /** At most so many. */
  limit?: number | undefined;
}

const DEFAULT_DAYS = 90;

/** What is requested unless other days are wanted. */
export const USUAL_RANGE: DateRange = { days: DEFAULT_DAYS };

/** No bank has entries of earlier days. */
const FIRST_DAY = "1900-01-01";

/** How many more days are requested on either side, as entries are shown by their booking date but some banks filter by another. */
const MARGIN_DAYS = 10;

/** The current day, `YYYY-MM-DD`. */
export interface Today {
  /** Where the person is. */
  here: string;
  /** Where the service is, in UTC; it accepts no later date. */
  service: string;
}

/** Whether entries of a status are wanted. If no status is asked for, all are. */
export function isStatusWanted(
  status: BankTransaction["status"],
  { pending = false, booked = false }: TransactionQuery,
): boolean {
  if (!pending && !booked) return true;
  return (pending && status === "pending") || (booked && status === "booked");
}

/**
 * What is wanted of one account: the days and the statuses that its configuration names, unless the command line says which.
 */
export function withDefaultsOf(
  wanted: TransactionQuery,
  configured: Pick<ConfiguredAccount, "daysBack" | "bookingStatuses"> | null,
): TransactionQuery {
  const { from, to, days, pending, booked } = wanted;
  const { daysBack, bookingStatuses } = configured ?? {};
  const isRangeGiven = from !== undefined || to !== undefined || days !== undefined;
  const isStatusGiven = pending !== undefined || booked !== undefined;
  return {
    ...wanted,
    ...(isRangeGiven || daysBack === undefined ? {} : { days: daysBack }),
    ...(isStatusGiven || bookingStatuses === undefined
      ? {}
      : { pending: bookingStatuses.includes("pending"), booked: bookingStatuses.includes("booked") }),
  };
}

/** A range to request, and the part of it to show. */
export interface QueriedRange {
  requested: DateRange;
  /** `YYYY-MM-DD`; undefined for no limit, as `to`. */
  from: string | undefined;
  to: string | undefined;
}

/**
 * The range to request, and the one to show. Every range within the usual days is cut from one response, so that looking
 * at yesterday costs no call if the last 90 days are cached. Days are counted where the person is; if no range is
 * given, where the service is, so that the usual response is enough everywhere.
 *
 * @throws CommandFailure if the range is given in two ways, or is invalid
 */
export function rangeOf(wanted: TransactionQuery, today: Today): QueriedRange {
  checkQuery(wanted, today);
  const { days, to } = wanted;
  const usual = daysFrom(today.service, -DEFAULT_DAYS);
  const from =
    wanted.from ??
    (days === undefined ? (to === undefined ? usual : undefined) : daysFrom(today.here, -days));
  if (from !== undefined && from >= usual) return { requested: USUAL_RANGE, from, to };
  // Counted in days, a response is found again after midnight.
  if (days !== undefined) return { requested: { days: days + MARGIN_DAYS }, from, to };
  // No bank has older entries, and no later day is accepted; a margin added to any date might have no four-digit year.
  const first = from === undefined || from < FIRST_DAY ? undefined : daysFrom(from, -MARGIN_DAYS);
  const last = to === undefined || to >= today.service ? undefined : daysFrom(to, MARGIN_DAYS);
  const end = last === undefined || last < today.service ? last : undefined;
  return { requested: { from: first, to: end }, from, to };
}

/** @throws CommandFailure if the range is given in two ways, or is invalid; it names the option */
function checkQuery({ from, to, days }: TransactionQuery, today: Today): void {
  if (days !== undefined && (from !== undefined || to !== undefined))
    throw wrongRange(line`Use either --days, or --from and --to.`);
  for (const [option, date] of [
    ["--from", from],
    ["--to", to],
  ] as const) {
    if (date !== undefined && !isCalendarDate(date))
      throw wrongRange(line`${option} "${date}" is not a valid date: write it as 2026-01-31.`);
  }
  if (from === undefined) return;
  if (to !== undefined && from > to) throw wrongRange(line`--from (${from}) is after --to (${to}).`);
  if (from > today.here) throw wrongRange(line`--from (${from}) is in the future: today is ${today.here}.`);
}

function wrongRange(message: Printable): CommandFailure {
  return new CommandFailure(message, EXIT.usage, line`See bankdata transactions --help`);
}

/**
 * Whether an entry is in a range by the date that it is shown with; one without a date counts as of today. So of ranges that
 * do not overlap, such as months, only one has it.
 *
 * @param today `YYYY-MM-DD`
 */
export function isWithin(
  entry: EntryDates,
  { from, to }: Pick<QueriedRange, "from" | "to">,
  today: string,
): boolean {
  const date = entryDate(entry, today) ?? today;
  return (from === undefined || date >= from) && (to === undefined || date <= to);
}
