import { type BankTransaction, type DateRange, entryDate } from "bankdata-core/bank";
import { ConfigurationError, dateOf, daysFrom, isCalendarDate } from "bankdata-core/base";

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
  /** Only those whose amount, or any of whose names and texts, contains this. */
  search?: string | undefined;
}

const DEFAULT_DAYS = 90;

/** Whether entries of a status are wanted. If no status is asked for, all are. */
export function isStatusWanted(
  status: BankTransaction["status"],
  { pending = false, booked = false }: TransactionQuery,
): boolean {
  if (!pending && !booked) return true;
  return (pending && status === "pending") || (booked && status === "booked");
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
 * at yesterday costs no call if the last 90 days are cached.
 *
 * @throws ConfigurationError if the range is given in two ways, or a date is invalid
 */
export function rangeOf(wanted: TransactionQuery, now: number): QueriedRange {
  if (wanted.days !== undefined && (wanted.from !== undefined || wanted.to !== undefined)) {
    throw new ConfigurationError("Use either --days, or --from and --to.");
  }
  const today = dateOf(now);
  const [first, to] = [checkedDate(wanted.from), checkedDate(wanted.to)];
  const from = first ?? (to === undefined ? daysFrom(today, -(wanted.days ?? DEFAULT_DAYS)) : undefined);
  const makesSense = from !== undefined && from <= (to ?? today) && (to ?? today) <= today;
  // Invalid ranges are rejected as usual: reversed dates by the provider, future ones by the service.
  if (makesSense && from >= daysFrom(today, -DEFAULT_DAYS)) {
    return { requested: { days: DEFAULT_DAYS }, from, to };
  }
  const requested = wanted.days === undefined ? { from: first, to } : { days: wanted.days };
  return { requested, from, to };
}

/**
 * Whether an entry is in a range by the date that it is shown with, so that none is in two months; one without a date is in
 * every range.
 *
 * @param today `YYYY-MM-DD`
 */
export function isWithin(
  entry: BankTransaction,
  { from, to }: Pick<QueriedRange, "from" | "to">,
  today: string,
): boolean {
  const date = entryDate(entry, today);
  return date === null || ((from === undefined || date >= from) && (to === undefined || date <= to));
}

function checkedDate(text: string | undefined): string | undefined {
  if (text === undefined || isCalendarDate(text)) return text;
  throw new ConfigurationError(`"${text}" is not a valid date: write it as 2026-01-31.`);
}
