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

/** When access ends: so many days after the agreement was accepted, as an ISO 8601 time. */
export function daysAfter(accepted: string, days: number): string | null {
  const start = Date.parse(accepted);
  return Number.isNaN(start) ? null : new Date(start + days * DAY).toISOString();
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
