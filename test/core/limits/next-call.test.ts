import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DataKind } from "../../../packages/core/src/base/data-kinds.ts";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";
import {
  type AccountQuota,
  type AccountRecord,
  type CallQuota,
  emptyAccount,
  quotaOf,
} from "../../../packages/core/src/limits/account-calls.ts";
import { type NextCallInput, nextCall, type Wish } from "../../../packages/core/src/limits/next-call.ts";
import { complete, emptyWindow, reserve } from "../../../packages/core/src/limits/rolling-window.ts";
import { dailyCalls } from "../../../packages/core/src/providers/gocardless/limits.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.parse("2026-11-23T12:00:00Z");
const possible: Wish = { fresh: "as possible", dataKinds: ["balances"] };
const at7 = (timeZone: string, at = "07:00"): Wish => ({
  fresh: "each day",
  at,
  timeZone,
  dataKinds: ["balances"],
});

const unused: CallQuota = { limit: 4, remaining: 4, resetAt: null, lastCallAt: null };
const used = (
  remaining: number,
  resetAt: number,
  lastCallAt: number | null = null,
): Partial<AccountQuota> => ({
  balances: {
    limit: 4,
    remaining,
    resetAt: new Date(resetAt),
    lastCallAt: lastCallAt === null ? null : new Date(lastCallAt),
  },
});
const next = (input: Partial<NextCallInput>) =>
  nextCall({ now: NOON, quota: {}, consent: null, wish: possible, ...input });
const at = (input: Partial<NextCallInput>) => next(input)?.at.toISOString();

describe("nextCall for data as fresh as possible", () => {
  it("a call is due at once if none is used", () => {
    expect(next({})).toEqual({ at: new Date(NOON), dataKind: "balances" });
    expect(next({ quota: { balances: unused } })).toEqual({ at: new Date(NOON), dataKind: "balances" });
  });

  it("the remaining calls are spread over the day, ten minutes early so that an hourly job does not lose an hour", () => {
    expect(at({ quota: used(3, NOON + DAY) })).toBe("2026-11-23T17:50:00.000Z");
    expect(at({ now: NOON + 6 * HOUR, quota: used(2, NOON + DAY) })).toBe("2026-11-23T23:50:00.000Z");
    expect(at({ now: NOON + 7 * HOUR, quota: used(3, NOON + DAY) })).toBe("2026-11-23T19:00:00.000Z");
  });

  it("the next call is due exactly at the reset if none is left", () => {
    expect(at({ quota: used(0, NOON + 5 * HOUR + 1) })).toBe("2026-11-23T17:00:00.001Z");
  });

  it("calls follow another limit than the usual one", () => {
    const balances = { limit: 2, remaining: 1, resetAt: new Date(NOON + DAY), lastCallAt: null };
    expect(at({ quota: { balances } })).toBe("2026-11-23T23:50:00.000Z");
  });

  it("transactions precede balances, unless balances are due earlier", () => {
    const wish: Wish = { fresh: "as possible" };
    expect(next({ wish })?.dataKind).toBe("transactions");
    const { balances } = used(3, NOON + DAY);
    expect(next({ wish, quota: { transactions: balances ?? unused } })).toEqual({
      at: new Date(NOON),
      dataKind: "balances",
    });
  });
});

describe("nextCall for fresh data each day at a time of day", () => {
  it.each<[string, string, string, string]>([
    ["Europe/Berlin", "2026-11-23T05:59:59Z", "2026-11-23T06:00:00.000Z", "winter"],
    ["Europe/Berlin", "2026-07-01T06:00:00Z", "2026-07-02T05:00:00.000Z", "summer"],
    ["Europe/Berlin", "2026-03-28T10:00:00Z", "2026-03-29T05:00:00.000Z", "the day clocks go forward"],
    ["Europe/Berlin", "2026-10-24T10:00:00Z", "2026-10-25T06:00:00.000Z", "the day clocks go back"],
    ["America/New_York", "2026-11-23T12:00:00Z", "2026-11-24T12:00:00.000Z", "exactly then: the next one"],
    ["Asia/Kathmandu", "2026-11-23T01:14:00Z", "2026-11-23T01:15:00.000Z", "a zone of quarter hours"],
    ["Pacific/Kiritimati", "2026-11-23T12:00:00Z", "2026-11-23T17:00:00.000Z", "14 hours ahead"],
    ["UTC", "2026-12-31T08:00:00Z", "2027-01-01T07:00:00.000Z", "over the year's end"],
  ])("in %s at %s, the next call is at %s (%s)", (zone, now, expected) => {
    const time = Date.parse(now);
    expect(at({ now: time, wish: at7(zone), quota: used(3, time + HOUR, time) })).toBe(expected);
  });

  it("a time that clocks skip moves by the gap, and the first instant of a time shown twice counts", () => {
    const leap = Date.parse("2026-03-28T12:00:00Z");
    expect(at({ now: leap, wish: at7("Europe/Berlin", "02:30"), quota: used(3, leap + HOUR, leap) })).toBe(
      "2026-03-29T01:30:00.000Z",
    );
    const twice = Date.parse("2026-10-24T12:00:00Z");
    expect(at({ now: twice, wish: at7("Europe/Berlin", "02:30"), quota: used(3, twice + HOUR, twice) })).toBe(
      "2026-10-25T00:30:00.000Z",
    );
  });

  it("a call is due at once if the last time was missed, and again once the quota allows it", () => {
    const wish = at7("Europe/Berlin");
    expect(at({ wish })).toBe("2026-11-23T12:00:00.000Z");
    const yesterday = NOON - DAY;
    expect(at({ wish, quota: used(3, NOON + HOUR, yesterday) })).toBe("2026-11-23T12:00:00.000Z");
    expect(at({ wish, quota: used(0, NOON + HOUR, yesterday) })).toBe("2026-11-23T13:00:00.000Z");
  });

  it("calls happen exactly once a day, over a whole year of any time zone", () => {
    const zones = fc.constantFrom(
      "Europe/Berlin",
      "America/Santiago",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 23 }), (timeZone, hour) => {
        const wish = at7(timeZone, `${String(hour).padStart(2, "0")}:30`);
        let now = Date.parse("2026-01-01T00:00:00Z");
        let last = now;
        const gaps: number[] = [];
        for (let day = 0; day < 365; day += 1) {
          now = next({ now, wish, quota: used(3, now + HOUR, last) })?.at.getTime() ?? Number.NaN;
          if (day > 0) gaps.push((now - last) / HOUR);
          last = now;
        }
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(23);
        expect(Math.max(...gaps)).toBeLessThanOrEqual(25);
      }),
      { numRuns: 10 },
    );
  });

  it("an invalid time or an unknown time zone is rejected", () => {
    expect(() => next({ wish: at7("Europe/Atlantis") })).toThrow(ConfigurationError);
    expect(() => next({ wish: at7("UTC", "25:00") })).toThrow(ConfigurationError);
    expect(() => next({ wish: at7("UTC", "7") })).toThrow('"7" is not a valid time of day');
  });
});

describe("what ends or delays the next call", () => {
  it("there is no next call after the consent has ended", () => {
    const quota = used(3, NOON + DAY);
    expect(next({ quota, consent: { endsAt: "2026-11-23T17:50:00Z" } })).toBeNull();
    expect(next({ quota, consent: { endsAt: new Date("2026-11-23T17:50:01Z") } })).not.toBeNull();
    expect(next({ quota, consent: { endsAt: null } })).not.toBeNull();
    expect(() => next({ consent: { endsAt: "soon" } })).toThrow(ConfigurationError);
  });

  it("a pause after failures delays the next call", () => {
    expect(at({ pausedUntil: new Date(NOON + HOUR) })).toBe("2026-11-23T13:00:00.000Z");
    expect(at({ pausedUntil: new Date(NOON - HOUR) })).toBe("2026-11-23T12:00:00.000Z");
  });
});

/** Runs an hourly job for 30 days against a service that counts successes in a rolling window. */
function thirtyDays(limit: number, startDelay: (hour: number) => number, latency: number) {
  const scopes: readonly DataKind[] = ["transactions", "balances"];
  const served = new Map<DataKind, number[]>(scopes.map((scope) => [scope, []]));
  let record: AccountRecord = emptyAccount;
  let rejected = 0;
  for (let hour = 0; hour < 30 * 24; hour += 1) {
    let now = NOON + hour * HOUR + startDelay(hour);
    for (;;) {
      const due = nextCall({
        now,
        quota: quotaOf(record, dailyCalls, now),
        consent: null,
        wish: { fresh: "as possible" },
      });
      if (due === null || due.at.getTime() > now) break;
      const sent = reserve(record[due.dataKind] ?? emptyWindow, dailyCalls, now, "x");
      if (sent === undefined) throw new Error("due, and not allowed");
      const successes = served.get(due.dataKind) ?? [];
      const recent = successes.filter((one) => one > now - DAY);
      const fits = recent.length < limit;
      if (fits) successes.push(now);
      else rejected += 1;
      const remaining = limit - recent.length - 1;
      now += latency;
      const reported = { limit, remaining: Math.max(0, remaining), resetAt: (recent[0] ?? now) + DAY };
      const window = complete(sent, dailyCalls, {
        id: "x",
        now,
        outcome: fits ? "counted" : "rejected",
        reported,
      });
      record = { ...record, [due.dataKind]: window };
    }
  }
  const shares = scopes.map((scope) => (served.get(scope)?.length ?? 0) / (30 * limit));
  return { rejected, share: Math.min(...shares) };
}

describe("thirty days of an hourly job use the limit without exceeding it", () => {
  it.each<[string, number, (hour: number) => number, number]>([
    ["to the second", 4, () => 0, 300],
    ["without latency", 4, () => 0, 0],
    ["late by up to five minutes", 4, (hour) => ((hour * 7919) % 300) * 1000, 800],
    ["at a bank that allows two", 2, () => 0, 300],
    ["at a bank that allows one", 1, () => 0, 300],
    ["under the older limit of ten", 10, () => 0, 300],
  ])("no call of an hourly job is rejected: %s", (_, limit, delay, latency) => {
    const { rejected, share } = thirtyDays(limit, delay, latency);
    expect(rejected).toBe(0);
    // With a rolling window and an hourly job, the calls of 24 hours take 25.
    expect(share).toBeGreaterThanOrEqual(0.95);
  });
});
