import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  calendarDate,
  checkRange,
  datesOf,
  entryDate,
  plausibleDate,
} from "../../../packages/core/src/bank/index.ts";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";

const TODAY = "2026-11-23";
const none = {
  bookingDate: null,
  valueDate: null,
  bookingDateTime: null,
  valueDateTime: null,
  transactionDate: null,
};

describe("calendarDate", () => {
  it.each([
    ["2026-11-23", "2026-11-23"],
    ["2025-03-31T00:00:00+00:00", "2025-03-31"],
    ["2025-03-28T11:13:14.034Z", "2025-03-28"],
    [" 2024-02-29 23:59", "2024-02-29"],
    ["2023-11-10T12:12:12+01:00", "2023-11-10"],
  ])("calendarDate of %j is %s", (text, date) => {
    expect(calendarDate(text)).toBe(date);
  });

  it("calendarDate is null for a day that does not exist", () => {
    for (const text of [
      "",
      " ",
      null,
      undefined,
      "2026-02-29",
      "2026-13-01",
      "2026-1-1",
      "20261123",
      "2026-11-231",
    ])
      expect(calendarDate(text), String(text)).toBeNull();
  });

  it("calendarDate reads every day of the calendar, followed by any time", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          expect(calendarDate(day)).toBe(day);
          expect(calendarDate(date.toISOString())).toBe(day);
        },
      ),
    );
  });
});

describe("plausibleDate", () => {
  it("a date is plausible from 1900 to ten years ahead", () => {
    for (const date of ["1900-01-02", "1999-12-31", "1970-01-02", TODAY, "2036-12-31"])
      expect(plausibleDate(date, TODAY)).toBe(date);
    expect(plausibleDate("2026-11-23T10:00:00Z", TODAY)).toBe(TODAY);
  });

  it("a placeholder for an empty date is not plausible", () => {
    for (const date of [
      "0001-01-01",
      "1899-12-31",
      "1900-01-01",
      "1970-01-01",
      "2037-01-01",
      "2099-12-31",
      "9999-12-31",
    ])
      expect(plausibleDate(date, TODAY), date).toBeNull();
    for (const date of ["", null, undefined, "soon"]) expect(plausibleDate(date, TODAY)).toBeNull();
  });
});

describe("the date of an entry", () => {
  const dated = {
    bookingDate: "2026-11-01",
    valueDate: "2026-11-02",
    bookingDateTime: "2026-11-03T10:00:00Z",
    valueDateTime: "2026-11-04T10:00:00Z",
    transactionDate: "2026-11-05",
  };

  it("the date of an entry is the first that it has of booking date, value date, those of their times, and purchase date", () => {
    expect(datesOf(dated)).toEqual(["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"]);
    const left: Record<keyof typeof dated, string | null> = { ...dated };
    for (const [name, date] of Object.entries(dated)) {
      expect(entryDate(left, TODAY)).toBe(date.slice(0, 10));
      Object.assign(left, { [name]: null });
    }
    expect(entryDate(left, TODAY)).toBeNull();
  });

  it("the date of an entry is never empty or a placeholder", () => {
    for (const bookingDate of ["", "0001-01-01", "1970-01-01", "9999-12-31", "unknown"])
      expect(entryDate({ ...none, bookingDate, valueDate: "2026-11-02" }, TODAY)).toBe("2026-11-02");
    expect(entryDate({ ...none, bookingDate: "0001-01-01" }, TODAY)).toBeNull();
  });

  it("the day of a date with a time is the one that the bank wrote, in whatever offset", () => {
    for (const time of ["T23:59:59Z", "T00:30:00+02:00", "T23:30:00-11:00", " 00:00"])
      expect(entryDate({ ...none, bookingDateTime: `2026-11-03${time}` }, TODAY)).toBe("2026-11-03");
  });

  it("datesOf lists even implausible dates, so that nothing the bank said is lost", () => {
    expect(datesOf({ ...none, bookingDate: "9999-12-31", valueDate: "" })).toEqual(["9999-12-31"]);
  });
});

describe("a date range", () => {
  it("a range is valid by days, by either date, by both, by days up to a date, or without any", () => {
    for (const range of [
      {},
      { days: 1 },
      { days: 730, to: TODAY },
      { from: TODAY },
      { to: "2024-02-29" },
      { from: TODAY, to: TODAY },
      { days: undefined, from: "2026-01-01", to: undefined },
    ])
      expect(() => checkRange(range)).not.toThrow();
  });

  it.each([
    [{ days: 0 }, "days must be a whole number of at least 1, not 0."],
    [{ days: -1 }, "days must be a whole number of at least 1, not -1."],
    [{ days: 1.5 }, "days must be a whole number of at least 1, not 1.5."],
    [{ days: Number.NaN }, "days must be a whole number of at least 1, not NaN."],
    [{ days: 9, from: TODAY }, "days cannot be combined with from."],
    [{ from: "2026-02-30" }, 'from must be a date such as 2026-01-31, not "2026-02-30".'],
    [{ to: "tomorrow" }, 'to must be a date such as 2026-01-31, not "tomorrow".'],
    [{ from: "" }, 'from must be a date such as 2026-01-31, not "".'],
    [{ from: "2026-11-24", to: TODAY }, "from (2026-11-24) is after to (2026-11-23)."],
  ])("the range %j is rejected before anything is requested", (range, message) => {
    expect(() => checkRange(range)).toThrow(new ConfigurationError(message));
  });
});
