import type { Transaction } from "bankdata-core";
import { isCalendarDate } from "bankdata-core/base";
import { shown } from "./beancount-syntax.ts";

/** No bank has transactions before this year: earlier dates, such as 0001-01-01, stand for "no date". */
const FIRST_YEAR = 1900;

/** How many years ahead a date may be; 9999-12-31 and 2099-12-31 stand for "no date", or for "never". */
const YEARS_AHEAD = 10;

/** The epochs of common programs, in which an empty date turns into one of these days. */
const EPOCHS = new Set(["1900-01-01", "1970-01-01"]);

/**
 * The day of a date or a date-time, `YYYY-MM-DD`, or undefined if a bank cannot mean it: it is not in the calendar, or
 * a placeholder. `today` is `YYYY-MM-DD`.
 */
export function plausibleDay(text: string | null | undefined, today: string): string | undefined {
  const day = calendarDay(text);
  if (day === undefined || EPOCHS.has(day)) return undefined;
  const year = Number(day.slice(0, 4));
  return year >= FIRST_YEAR && year <= Number(today.slice(0, 4)) + YEARS_AHEAD ? day : undefined;
}

/** The date of an entry: the booking date, else the value date; or the reason why it has none. */
export function entryDay(transaction: Transaction, today: string): { day: string } | { reason: string } {
  const dates = [
    transaction.bookingDate,
    transaction.valueDate,
    transaction.bookingDateTime,
    transaction.valueDateTime,
  ];
  for (const date of dates) {
    const day = plausibleDay(date, today);
    if (day !== undefined) return { day };
  }
  const placeholder = dates.map(calendarDay).find((day) => day !== undefined);
  return {
    reason:
      placeholder === undefined
        ? "it has no valid date"
        : `its only date, ${shown(placeholder)}, is a placeholder`,
  };
}

function calendarDay(text: string | null | undefined): string | undefined {
  const day = /^\s*(\d{4}-\d{2}-\d{2})(?!\d)/.exec(text ?? "")?.[1];
  return day !== undefined && isCalendarDate(day) ? day : undefined;
}
