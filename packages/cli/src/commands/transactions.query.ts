import type { Transaction } from "bankdata-core";
import { ConfigurationError } from "bankdata-core/base";
import { z } from "zod";

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
  /** Only those whose name, text or amount contains this. */
  search?: string | undefined;
}

const DEFAULT_DAYS = 90;

/** Whether entries of a status are wanted; those of both are if neither is asked for. */
export function isStatusWanted(status: "pending" | "booked", wanted: TransactionQuery): boolean {
  return wanted[status] === true || (!wanted.pending && !wanted.booked);
}

const DAY = 86_400_000;

/**
 * The range to request, and the one to show. Every range within the usual days is cut from one response, so that looking
 * at yesterday costs no call if the last 90 days are cached.
 *
 * @throws ConfigurationError if the range is given in two ways, or a date is invalid
 */
export function rangeOf(wanted: TransactionQuery, now: number) {
  if (wanted.days !== undefined && (wanted.from !== undefined || wanted.to !== undefined)) {
    throw new ConfigurationError("Give either --days, or --from and --to.");
  }
  const dayBack = (days: number) => new Date(now - days * DAY).toISOString().slice(0, 10);
  const [dateFrom, dateTo] = [checkedDate(wanted.from), checkedDate(wanted.to)];
  const from = dateFrom ?? (dateTo === undefined ? dayBack(wanted.days ?? DEFAULT_DAYS) : undefined);
  const today = dayBack(0);
  const makesSense = from !== undefined && from <= (dateTo ?? today) && (dateTo ?? today) <= today;
  // What makes no sense is rejected as usual: reversed dates by the client, future ones by the service.
  if (makesSense && from >= dayBack(DEFAULT_DAYS)) {
    return { requested: { daysBack: DEFAULT_DAYS }, from, to: dateTo };
  }
  const requested = wanted.days === undefined ? { dateFrom, dateTo } : { daysBack: wanted.days };
  return { requested, from, to: dateTo };
}

/** Whether either date of an entry is in the range, as in the service's own filter; an entry without dates is. */
export function isWithin(entry: Transaction, from: string | undefined, to: string | undefined): boolean {
  const dates = [entry.bookingDate, entry.valueDate].flatMap((date) => (date ? [date.slice(0, 10)] : []));
  if (dates.length === 0) return true;
  return dates.some((date) => (from === undefined || date >= from) && (to === undefined || date <= to));
}

const DateText = z.iso.date();

function checkedDate(text: string | undefined): string | undefined {
  if (text === undefined || DateText.safeParse(text).success) return text;
  throw new ConfigurationError(`"${text}" is not a valid date: write it as 2026-01-31.`);
}

/** The date that an entry is shown and sorted by, `YYYY-MM-DD`. */
export function entryDate(entry: Transaction): string | undefined {
  return (entry.bookingDate ?? entry.valueDate ?? entry.bookingDateTime ?? entry.valueDateTime)?.slice(0, 10);
}

/** The text that says most, once: banks put it in different places. */
export function entryText(entry: Transaction): string {
  const array = entry.remittanceInformationUnstructuredArray?.join(" ") ?? "";
  const plain = entry.remittanceInformationUnstructured ?? "";
  const unstructured = array.length > plain.length ? array : plain;
  const [text] = [
    unstructured,
    entry.remittanceInformationStructured ?? "",
    entry.remittanceInformationStructuredArray?.join(" ") ?? "",
    entry.additionalInformation ?? "",
  ].filter((one) => one !== "");
  return (text ?? "").replaceAll(/\s+/g, " ");
}

/** Whether an entry's names, text or amount contain a text, in whatever case. */
export function mentions(entry: Transaction, text: string): boolean {
  const { creditorName, debtorName, transactionAmount } = entry;
  const all = [creditorName, debtorName, entryText(entry), transactionAmount.amount].join(" ");
  return all.toLowerCase().includes(text.toLowerCase());
}
