/** A day, in milliseconds. */
export const DAY = 86_400_000;

/** A date `YYYY-MM-DD` as the number of days since 1970. */
export function dayNumber(date: string): number {
  return Date.parse(date) / DAY;
}

/** The date `YYYY-MM-DD` of a number of days since 1970. */
export function dateOfDay(day: number): string {
  const { year, month, ofMonth } = civil(day);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(ofMonth, 2)}`;
}

const padded = (value: number, length: number) => String(value).padStart(length, "0");

/** The day of the month of a number of days since 1970, from 1. */
export function dayOfMonth(day: number): number {
  return civil(day).ofMonth;
}

/**
 * Year, month and day of a number of days since 1970, by arithmetic: histories ask for millions of dates, and
 * `toISOString` is several times slower. Years begin in March here, so that a leap day is the last of its year
 * (H. Hinnant, chrono-Compatible Low-Level Date Algorithms).
 */
function civil(day: number): { year: number; month: number; ofMonth: number } {
  const days = Math.floor(day) + DAYS_UNTIL_1970;
  const era = Math.floor(days / DAYS_IN_ERA);
  const ofEra = days - era * DAYS_IN_ERA;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    ofMonth: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

/** From the first of March of the year 0. */
const DAYS_UNTIL_1970 = 719_468;
/** In 400 years. */
const DAYS_IN_ERA = 146_097;

/** The date of a time, in UTC. */
export function dateAt(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The first day of a day's month. */
export function monthStart(day: number): number {
  return day - dayOfMonth(day) + 1;
}

/** The first day of the month after a day's. */
export function nextMonthStart(day: number): number {
  return monthStart(monthStart(day) + 32);
}
