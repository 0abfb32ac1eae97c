import { isCalendarDate } from "../base/dates.ts";
import type { BankTransaction } from "./transaction.ts";

/** No bank has transactions before this year: earlier dates, such as 0001-01-01, stand for "no date". */
const FIRST_YEAR = 1900;

/** How many years ahead a date may be; 9999-12-31 and 2099-12-31 stand for "no date", or for "never". */
const YEARS_AHEAD = 10;

/** The epochs of common programs, which turn an empty date into one of these days. */
const EPOCHS = new Set(["1900-01-01", "1970-01-01"]);

/** The dates of an entry, of which `entryDate` picks one. */
export type EntryDates = Pick<
  BankTransaction,
  "bookingDate" | "valueDate" | "bookingDateTime" | "valueDateTime" | "transactionDate"
>;

/** The date at the start of a string, `YYYY-MM-DD`, regardless of what follows it; null if it is not a valid date. */
export function calendarDate(text: string | null | undefined): string | null {
  const date = /^\s*(\d{4}-\d{2}-\d{2})(?!\d)/.exec(text ?? "")?.[1];
  return date !== undefined && isCalendarDate(date) ? date : null;
}

/** The date at the start of a string; also null if it can only be a placeholder. `today` is `YYYY-MM-DD`. */
export function plausibleDate(text: string | null | undefined, today: string): string | null {
  const date = calendarDate(text);
  if (date === null || EPOCHS.has(date)) return null;
  const year = Number(date.slice(0, 4));
  return year >= FIRST_YEAR && year <= Number(today.slice(0, 4)) + YEARS_AHEAD ? date : null;
}

/** Every date of an entry, `YYYY-MM-DD`, the one that counts first: booking, value, their date-times, purchase. */
export function datesOf(entry: EntryDates): string[] {
  return datesAsSent(entry).flatMap((text) => calendarDate(text) ?? []);
}

function datesAsSent(entry: EntryDates): (string | null)[] {
  const { bookingDate, valueDate, bookingDateTime, valueDateTime, transactionDate } = entry;
  return [bookingDate, valueDate, bookingDateTime, valueDateTime, transactionDate];
}

/**
 * The date by which an entry is shown, sorted and entered, `YYYY-MM-DD`: the first of its dates that is not a
 * placeholder. Null if it has none. Of a date with a time, it is the day that the bank wrote, in whatever offset.
 *
 * @param today `YYYY-MM-DD`
 */
export function entryDate(entry: EntryDates, today: string): string | null {
  for (const text of datesAsSent(entry)) {
    const date = plausibleDate(text, today);
    if (date !== null) return date;
  }
  return null;
}
