/** A day, in milliseconds. */
export const DAY = 86_400_000;

/** The date of a moment (milliseconds since 1970) as `YYYY-MM-DD`, in UTC, as the services count days. */
export function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** The date `days` days before a moment (milliseconds since 1970), as `YYYY-MM-DD` in UTC. */
export function dateDaysBefore(milliseconds: number, days: number): string {
  return dateOf(milliseconds - days * DAY);
}

const CALENDAR_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

const DAYS_IN_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a string is a valid calendar date, `YYYY-MM-DD`. Every transaction has several, so it creates no Date. */
export function isCalendarDate(text: string): boolean {
  const match = CALENDAR_DATE.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && isLeap ? 29 : (DAYS_IN_MONTHS[month - 1] ?? 0);
  return day >= 1 && day <= last;
}

/** A date, with or without a time, as services write it. Some leave the offset out, which means UTC. */
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z|[+-]\d{2}:\d{2})?$/i;

/** The moment that a timestamp stands for, in milliseconds since 1970; undefined if it is not valid. */
export function instantOf(text: string): number | undefined {
  const match = TIMESTAMP.exec(text.trim());
  if (match === null) return undefined;
  const [, date = "", time = "00:00", offset = "Z"] = match;
  // Date.parse reads 31 February as 3 March.
  if (!isCalendarDate(date)) return undefined;
  const instant = Date.parse(`${date}T${time}${offset.toUpperCase()}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** Later years have more than four digits, and no bank sends them. */
const LAST_INSTANT = Date.UTC(10_000, 0) - 1;

/**
 * The moment `days` days after another, as an ISO 8601 time in UTC. Null if `moment` is not a valid date or time, if
 * `days` is not a whole number of at least 1, or if the result is after the year 9999.
 */
export function daysAfter(moment: string, days: number): string | null {
  const start = instantOf(moment);
  if (start === undefined || !Number.isInteger(days) || days < 1) return null;
  const end = start + days * DAY;
  return end > LAST_INSTANT ? null : new Date(end).toISOString();
}

/** The date `days` days after a date (before it, if negative); both are `YYYY-MM-DD`. */
export function daysFrom(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * DAY);
}

/** The number of days from one date to another, both `YYYY-MM-DD`; undefined if either is not a valid date. */
export function daysBetween(first: string, last: string): number | undefined {
  if (!isCalendarDate(first) || !isCalendarDate(last)) return undefined;
  return (Date.parse(last) - Date.parse(first)) / DAY;
}
