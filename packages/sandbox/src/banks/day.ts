/** A day, in milliseconds. */
export const DAY = 86_400_000;

/** A date `YYYY-MM-DD` as the number of days since 1970. */
export function dayNumber(date: string): number {
  return Date.parse(date) / DAY;
}

/** The date `YYYY-MM-DD` of a number of days since 1970. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** The date of a time, in UTC. */
export function dateAt(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The first day of a day's month. */
export function monthStart(day: number): number {
  return dayNumber(`${dateOfDay(day).slice(0, 7)}-01`);
}

/** The first day of the month after a day's. */
export function nextMonthStart(day: number): number {
  return monthStart(monthStart(day) + 32);
}
