import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCalendarDate } from "../../../packages/core/src/base/dates.ts";

/** Whether the platform's own calendar has the day: it reads 31 February as another one. */
const isKept = (text: string) => {
  const instant = Date.parse(text);
  return !Number.isNaN(instant) && new Date(instant).toISOString().slice(0, 10) === text;
};

describe("isCalendarDate", () => {
  it("isCalendarDate accepts every day of the calendar, in years of four digits", () => {
    const digits = (most: number, length: number) =>
      fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(length, "0"));
    fc.assert(
      fc.property(digits(9999, 4), digits(13, 2), digits(32, 2), (year, month, day) => {
        const text = `${year}-${month}-${day}`;
        expect(isCalendarDate(text)).toBe(isKept(text));
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[string, boolean]>([
    ["2024-02-29", true],
    ["2026-02-29", false],
    ["2000-02-29", true],
    ["1900-02-29", false],
    ["2026-04-31", false],
    ["2026-00-10", false],
    ["2026-10-00", false],
  ])("isCalendarDate of %s is %s", (text, expected) => {
    expect(isCalendarDate(text)).toBe(expected);
  });

  it.each(["2026-1-1", "2026-01-01T00:00", " 2026-01-01", "2026-01-01\n", "20260101", "+02026-01-01", ""])(
    "isCalendarDate rejects %j",
    (text) => {
      expect(isCalendarDate(text)).toBe(false);
    },
  );
});
