import { expect, it } from "vitest";
import {
  dateOfDay,
  dayNumber,
  dayOfMonth,
  monthStart,
  nextMonthStart,
} from "../../packages/sandbox/src/banks/day.ts";

it("a date of a number of days is that of the calendar, in leap years and centuries", () => {
  for (let day = dayNumber("1899-12-25"); day <= dayNumber("2101-03-05"); day += 1) {
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    if (dateOfDay(day) !== date) expect(dateOfDay(day)).toBe(date);
    if (dayOfMonth(day) !== Number(date.slice(8))) expect(dayOfMonth(day)).toBe(Number(date.slice(8)));
  }
  expect(dateOfDay(dayNumber("0000-02-29"))).toBe("0000-02-29");
  expect(dateOfDay(dayNumber("9999-12-31"))).toBe("9999-12-31");
});

it("a month starts and ends where the calendar says", () => {
  for (const [date, start, next] of [
    ["2024-02-29", "2024-02-01", "2024-03-01"],
    ["2026-12-31", "2026-12-01", "2027-01-01"],
    ["2100-02-01", "2100-02-01", "2100-03-01"],
  ] as const) {
    expect(dateOfDay(monthStart(dayNumber(date)))).toBe(start);
    expect(dateOfDay(nextMonthStart(dayNumber(date)))).toBe(next);
  }
});
