const DAY = 86_400_000;

/** The date of a moment, `YYYY-MM-DD`, in UTC as the service counts days. */
export function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** The date so many days before a moment. */
export function dateDaysBefore(milliseconds: number, days: number): string {
  return dateOf(milliseconds - days * DAY);
}

/** Whether a text is a date of the calendar, `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && dateOf(Date.parse(text)) === text
  );
}

/** A date with a time as the service writes it; the offset is missing in some places, which means UTC. */
const WRITTEN_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z|[+-]\d{2}:\d{2})?$/i;

/** The moment that a text of the service stands for, in milliseconds; undefined if it stands for none. */
function instantOf(text: string): number | undefined {
  const match = WRITTEN_TIME.exec(text.trim());
  if (match === null) return undefined;
  const [, date = "", time = "00:00", offset = "Z"] = match;
  // JavaScript takes 31 February for 3 March.
  if (!isCalendarDate(date)) return undefined;
  const instant = Date.parse(`${date}T${time}${offset.toUpperCase()}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** Past the year 9999 a date is no longer written with four digits, and nobody means it. */
const LAST_INSTANT = Date.UTC(10_000, 0) - 1;

/**
 * When something ends: so many days after a moment, as an ISO 8601 time. Null if the moment is none, or if the days
 * are no number of days, or lead past the year 9999.
 */
export function daysAfter(moment: string, days: number): string | null {
  const start = instantOf(moment);
  if (start === undefined || !Number.isInteger(days) || days < 1) return null;
  const end = start + days * DAY;
  return end > LAST_INSTANT ? null : new Date(end).toISOString();
}

/** The date so many days after (or, below 0, before) a date, both `YYYY-MM-DD`. */
export function daysFrom(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * DAY);
}

/** How many days lie between two dates, `YYYY-MM-DD`; undefined where one is none. */
export function daysBetween(first: string, last: string): number | undefined {
  if (!isCalendarDate(first) || !isCalendarDate(last)) return undefined;
  return (Date.parse(last) - Date.parse(first)) / DAY;
}
