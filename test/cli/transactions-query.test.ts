import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWithin, rangeOf } from "../../packages/cli/src/commands/transactions.query.ts";

const TODAY = "2026-11-15";
const MONTHS = Array.from({ length: 12 }, (_, month) => {
  const two = String(month + 1).padStart(2, "0");
  const last = new Date(Date.UTC(2026, month + 1, 0)).getUTCDate();
  return { from: `2026-${two}-01`, to: `2026-${two}-${last}` };
});
const NO_DATES = {
  bookingDate: null,
  valueDate: null,
  bookingDateTime: null,
  valueDateTime: null,
  transactionDate: null,
};

describe("the months of a year", () => {
  it("every entry is in exactly one month, whichever dates it has", () => {
    const date = fc
      .date({ min: new Date("2026-01-01"), max: new Date("2026-12-31"), noInvalidDate: true })
      .map((moment) => moment.toISOString().slice(0, 10));
    const maybe = fc.option(fc.oneof(date, fc.constantFrom("", "0001-01-01", "9999-12-31", "soon")));
    fc.assert(
      fc.property(maybe, maybe, maybe, maybe, (...dates) => {
        const [bookingDate, valueDate, bookingDateTime, valueDateTime] = dates.map((one) => one ?? null);
        const entry = {
          ...NO_DATES,
          bookingDate: bookingDate ?? null,
          valueDate: valueDate ?? null,
          bookingDateTime: bookingDateTime ?? null,
          valueDateTime: valueDateTime ?? null,
        };
        expect(MONTHS.filter((month) => isWithin(entry, month, TODAY))).toHaveLength(1);
      }),
    );
  });

  it("an entry without a date is in the current month", () => {
    expect(MONTHS.filter((month) => isWithin(NO_DATES, month, TODAY))).toEqual([
      { from: "2026-11-01", to: "2026-11-30" },
    ]);
  });
});

describe("the range that is requested", () => {
  const at = (here: string, service = TODAY) => ({ here, service });

  it("a range within 90 days is cut from the usual response, and an older one is requested with 10 days more on both sides", () => {
    const usual = { days: 90 };
    expect(rangeOf({}, at(TODAY))).toEqual({ requested: usual, from: "2026-08-17", to: undefined });
    expect(rangeOf({ from: "2026-10-01", to: "2026-10-31" }, at(TODAY)).requested).toEqual(usual);
    expect(rangeOf({ from: "2026-11-01", to: "2026-11-30" }, at(TODAY)).requested).toEqual(usual);
    expect(rangeOf({ from: "2026-03-01", to: "2026-03-31" }, at(TODAY)).requested).toEqual({
      from: "2026-02-19",
      to: "2026-04-10",
    });
    expect(rangeOf({ from: "2026-03-01", to: "2026-11-10" }, at(TODAY)).requested).toEqual({
      from: "2026-02-19",
      to: undefined,
    });
    expect(rangeOf({ to: "2026-03-31" }, at(TODAY)).requested).toEqual({ from: undefined, to: "2026-04-10" });
    expect(rangeOf({ days: 200 }, at(TODAY)).requested).toEqual({ days: 210 });
  });

  it("dates for the beginning and the end of time, which leave no room for a margin, ask for everything", () => {
    const all = { from: undefined, to: undefined };
    expect(rangeOf({ from: "2020-01-01", to: "9999-12-31" }, at(TODAY))).toEqual({
      requested: { from: "2019-12-22", to: undefined },
      from: "2020-01-01",
      to: "9999-12-31",
    });
    for (const from of ["0000-01-01", "0001-01-01", "1899-12-31"])
      expect(rangeOf({ from }, at(TODAY))).toEqual({ requested: all, from, to: undefined });
    expect(rangeOf({ to: "9999-12-25" }, at(TODAY)).requested).toEqual(all);
    expect(rangeOf({ to: "0000-01-01" }, at(TODAY)).requested).toEqual({ from: undefined, to: "0000-01-11" });
  });

  it("--days counts days where the person is, and the usual range needs no other response", () => {
    const [ahead, behind] = [at("2026-11-16"), at("2026-11-14")];
    expect(rangeOf({ days: 1 }, ahead)).toMatchObject({ requested: { days: 90 }, from: "2026-11-15" });
    expect(rangeOf({ days: 1 }, behind)).toMatchObject({ requested: { days: 90 }, from: "2026-11-13" });
    expect(rangeOf({ days: 90 }, behind)).toMatchObject({ requested: { days: 100 }, from: "2026-08-16" });
    for (const today of [ahead, behind]) expect(rangeOf({}, today).requested).toEqual({ days: 90 });
  });

  it("--from may be the day where the person is, but no later one, even if it has begun in UTC", () => {
    expect(rangeOf({ from: "2026-11-16" }, at("2026-11-16"))).toMatchObject({ from: "2026-11-16" });
    expect(() => rangeOf({ from: TODAY }, at("2026-11-14"))).toThrow(
      "--from (2026-11-15) is in the future: today is 2026-11-14.",
    );
  });
});
