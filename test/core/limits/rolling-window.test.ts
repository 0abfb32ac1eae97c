import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAccountRecord, writeAccountRecord } from "../../../packages/core/src/limits/account-record.ts";
import {
  complete,
  emptyWindow,
  type Outcome,
  type ReportedLimit,
  type RollingWindow,
  reserve,
  viewOf,
} from "../../../packages/core/src/limits/rolling-window.ts";
import { dailyCalls } from "../../../packages/core/src/providers/gocardless/limits.ts";

const NOON = Date.parse("2026-11-23T12:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const silent: ReportedLimit | null = null;
const reports = (limit: number | null, remaining: number | null, resetAt: number | null): ReportedLimit => ({
  limit,
  remaining,
  resetAt,
});

/** A window after a series of calls, each sent and completed at its time. */
function windowAfter(
  calls: readonly [number, Outcome, ReportedLimit | null][],
  start = emptyWindow,
): RollingWindow {
  return calls.reduce((window, [at, outcome, reported], nth) => {
    const id = `call ${nth}`;
    const sent = reserve(window, dailyCalls, at, id) ?? window;
    return complete(sent, dailyCalls, { id, now: at, outcome, reported });
  }, start);
}
const view = (window: RollingWindow, now: number) => viewOf(window, dailyCalls, now);
const counted = (...hours: number[]): [number, Outcome, null][] =>
  hours.map((hour) => [NOON + hour * HOUR, "counted", silent]);

describe("a window without headers", () => {
  it("a window counts successes in rolling 24 hours", () => {
    const window = windowAfter(counted(0, 1, 2));
    expect(view(window, NOON + 2 * HOUR)).toEqual({
      limit: 4,
      remaining: 1,
      resetAt: NOON + DAY,
      lastAt: NOON + 2 * HOUR,
    });
    expect(view(window, NOON + DAY - 1)).toMatchObject({ remaining: 1 });
    expect(view(window, NOON + DAY)).toMatchObject({ remaining: 2, resetAt: NOON + DAY + HOUR });
    expect(view(window, NOON + DAY + 2 * HOUR)).toEqual({
      limit: 4,
      remaining: 4,
      resetAt: null,
      lastAt: NOON + 2 * HOUR,
    });
  });

  it("failures do not count", () => {
    const window = windowAfter([
      [NOON, "counted", silent],
      [NOON + 1, "notCounted", silent],
      [NOON + 2, "notCounted", silent],
    ]);
    expect(view(window, NOON + 3)).toMatchObject({ remaining: 3, resetAt: NOON + DAY });
  });

  it("a call whose response was lost counts, as the service may have counted it", () => {
    const window = windowAfter([[NOON, "unknown", silent]]);
    expect(view(window, NOON + 1)).toEqual({ limit: 4, remaining: 3, resetAt: NOON + DAY, lastAt: null });
  });

  it("no fifth call is reserved, even while the others are still in flight", () => {
    let window: RollingWindow = emptyWindow;
    for (const id of ["a", "b", "c", "d"]) {
      const taken = reserve(window, dailyCalls, NOON, id);
      if (taken === undefined) throw new Error(`no place for ${id}`);
      window = taken;
    }
    expect(reserve(window, dailyCalls, NOON, "e")).toBeUndefined();
    const released = complete(window, dailyCalls, {
      id: "b",
      now: NOON,
      outcome: "notCounted",
      reported: null,
    });
    expect(reserve(released, dailyCalls, NOON, "e")).toBeDefined();
  });

  it("a call that never ended counts, as the service may have counted it", () => {
    const taken = reserve(emptyWindow, dailyCalls, NOON, "of a process that died");
    if (taken === undefined) throw new Error("no place");
    expect(view(taken, NOON + HOUR)).toMatchObject({ remaining: 3, resetAt: NOON + DAY });
    expect(view(taken, NOON + DAY)).toMatchObject({ remaining: 4, resetAt: null });
  });
});

describe("headers that report the limit", () => {
  it("headers set the limit, and reveal other clients' calls", () => {
    const window = windowAfter([[NOON, "counted", reports(10, 5, NOON + 5242_000)]]);
    expect(view(window, NOON)).toMatchObject({ limit: 10, remaining: 5, resetAt: NOON + 5242_000 });
    // One of the five was made a day before the reset; when the other three were made is unknown.
    expect(view(window, NOON + 5242_000)).toMatchObject({ limit: 10, remaining: 6, resetAt: NOON + DAY });
  });

  it("headers correct a count that was too high, once no other call is in flight", () => {
    const lost = windowAfter([
      [NOON, "unknown", silent],
      [NOON + 1, "unknown", silent],
    ]);
    expect(view(lost, NOON + 2)).toMatchObject({ remaining: 2 });
    const corrected = windowAfter([[NOON + 2, "counted", reports(4, 3, NOON + 2 + DAY)]], lost);
    expect(view(corrected, NOON + 3)).toMatchObject({ remaining: 3, resetAt: NOON + 2 + DAY });
  });

  it("headers are ignored if another response overtook theirs", () => {
    const both = reserve(reserve(emptyWindow, dailyCalls, NOON, "a") ?? emptyWindow, dailyCalls, NOON, "b");
    if (both === undefined) throw new Error("no place");
    const second = complete(both, dailyCalls, {
      id: "b",
      now: NOON + 5,
      outcome: "counted",
      reported: reports(4, 2, NOON + DAY),
    });
    const first = complete(second, dailyCalls, {
      id: "a",
      now: NOON + 6,
      outcome: "counted",
      reported: reports(4, 3, NOON + DAY),
    });
    expect(view(first, NOON + 7)).toMatchObject({ remaining: 2 });
  });

  it("headers block the window until the reported time if no call remains", () => {
    const window = windowAfter([[NOON, "counted", reports(4, 0, NOON + 3 * HOUR)]]);
    expect(view(window, NOON + 3 * HOUR - 1)).toMatchObject({ remaining: 0, resetAt: NOON + 3 * HOUR });
    expect(view(window, NOON + 3 * HOUR)).toMatchObject({ remaining: 1, resetAt: NOON + DAY });
  });

  it.each<[string, ReportedLimit]>([
    ["a limit of nothing", reports(0, 0, NOON + HOUR)],
    ["more left than allowed", reports(4, 9, NOON + HOUR)],
    ["a limit past belief", reports(10_000_000, 5, NOON + HOUR)],
    ["fractions", reports(4.5, 1.5, NOON + HOUR)],
    ["negative numbers", reports(-4, -1, NOON + HOUR)],
    ["no number", reports(Number.NaN, 0, NOON + HOUR)],
  ])("impossible headers are ignored: %s", (_, reported) => {
    const window = windowAfter([[NOON, "counted", reported]]);
    expect(view(window, NOON)).toEqual({ limit: 4, remaining: 3, resetAt: NOON + DAY, lastAt: NOON });
  });

  it("a reset in the past, or later than the window's length, is ignored", () => {
    for (const resetAt of [NOON - 1, NOON, NOON + 31 * DAY]) {
      const window = windowAfter([[NOON, "counted", reports(4, 3, resetAt)]]);
      expect(view(window, NOON)).toMatchObject({ remaining: 3, resetAt: NOON + DAY });
    }
  });
});

describe("error responses that say the limit is exceeded", () => {
  it("an error response blocks the window until the time that it reports", () => {
    const window = windowAfter([[NOON, "rejected", reports(4, 0, NOON + 85_092_000)]]);
    expect(view(window, NOON)).toMatchObject({ limit: 4, remaining: 0, resetAt: NOON + 85_092_000 });
    expect(reserve(window, dailyCalls, NOON + 85_091_999, "x")).toBeUndefined();
    expect(reserve(window, dailyCalls, NOON + 85_092_000, "x")).toBeDefined();
  });

  it("an error response without a time blocks one call's share of the day", () => {
    const window = windowAfter([[NOON, "rejected", silent]]);
    expect(view(window, NOON)).toMatchObject({ remaining: 0, resetAt: NOON + 6 * HOUR });
  });

  it("an error response reveals a bank's lower limit, which applies for 30 days, regardless of the headers", () => {
    const window = windowAfter([
      ...counted(0, 1),
      [NOON + 2 * HOUR, "rejectedByBank", reports(4, 2, NOON + DAY)],
    ]);
    expect(view(window, NOON + 3 * HOUR)).toMatchObject({ limit: 2, remaining: 0, resetAt: NOON + DAY });
    expect(view(window, NOON + DAY)).toMatchObject({ limit: 2, remaining: 1 });
    expect(view(window, NOON + 10 * DAY)).toMatchObject({ limit: 2, remaining: 2 });
    expect(view(window, NOON + 31 * DAY)).toMatchObject({ limit: 4, remaining: 4 });
  });

  it("an error response blocks for a while and reveals no limit if the bank was not called before", () => {
    const window = windowAfter([[NOON, "rejectedByBank", silent]]);
    expect(view(window, NOON)).toMatchObject({ limit: 4, remaining: 0, resetAt: NOON + 6 * HOUR });
  });
});

describe("a window whose clock jumps", () => {
  it("a jump back of the clock blocks for one window from the next use, not until the old time comes again", () => {
    const future = windowAfter([
      [NOON + 365 * DAY, "counted", reports(4, 0, NOON + 366 * DAY)],
      [NOON + 365 * DAY, "rejected", reports(4, 0, NOON + 366 * DAY)],
    ]);
    expect(view(future, NOON).resetAt).toBe(NOON + DAY);
    const seen = complete(future, dailyCalls, { id: "x", now: NOON, outcome: "notCounted", reported: null });
    expect(view(seen, NOON + DAY)).toMatchObject({ remaining: 4 });
  });

  it("a jump forward of the clock drops calls, and an error response reveals them again", () => {
    const spent = windowAfter(counted(0, 0, 0, 0));
    expect(view(spent, NOON + 2 * DAY)).toMatchObject({ remaining: 4 });
    const rejected = windowAfter([[NOON + 2 * DAY, "rejected", reports(4, 0, NOON + 2 * DAY + HOUR)]], spent);
    expect(view(rejected, NOON + 2 * DAY)).toMatchObject({ remaining: 0, resetAt: NOON + 2 * DAY + HOUR });
  });
});

const anyTold = fc.option(
  fc.record({
    limit: fc.oneof(fc.integer({ min: -5, max: 20 }), fc.double(), fc.constant(null)),
    remaining: fc.oneof(fc.integer({ min: -5, max: 20 }), fc.double(), fc.constant(null)),
    resetAt: fc.oneof(fc.integer({ min: NOON - DAY, max: NOON + 40 * DAY }), fc.double(), fc.constant(null)),
  }),
);
const anyEvent = fc.record({
  // Jumps back and forth by up to ten days.
  at: fc.integer({ min: NOON - 10 * DAY, max: NOON + 10 * DAY }),
  outcome: fc.constantFrom<Outcome>("counted", "notCounted", "unknown", "rejected", "rejectedByBank"),
  reserved: fc.boolean(),
  reported: anyTold,
});

it("a window stays within bounds and can be stored, whatever happens", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      let window: RollingWindow = emptyWindow;
      for (const [nth, { at, outcome, reserved, reported }] of events.entries()) {
        const id = String(nth);
        if (reserved) window = reserve(window, dailyCalls, at, id) ?? window;
        window = complete(window, dailyCalls, { id, now: at, outcome, reported });
        const written = writeAccountRecord({ format: 1, balances: window });
        const read = readAccountRecord(written)?.balances ?? emptyWindow;
        expect(read).toEqual(window);
        const { limit, remaining, resetAt } = viewOf(read, dailyCalls, at);
        expect(limit).toBeGreaterThanOrEqual(1);
        expect(remaining).toBeGreaterThanOrEqual(0);
        expect(remaining).toBeLessThanOrEqual(limit);
        if (resetAt !== null) {
          expect(resetAt).toBeGreaterThan(at);
          expect(resetAt).toBeLessThanOrEqual(at + DAY + 1000);
        }
        if (remaining < limit) expect(resetAt).not.toBeNull();
        // Whatever was learned, a call is allowed again after a day without one.
        expect(viewOf(read, dailyCalls, at + DAY + 1001).remaining).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

/** The service: it counts the successes of all clients in a rolling window. */
class ModelService {
  readonly successes: number[] = [];
  readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  used(now: number): number {
    return this.successes.filter((at) => at > now - DAY).length;
  }

  headers(now: number): ReportedLimit {
    const oldest = this.successes.filter((at) => at > now - DAY)[0] ?? now;
    const resetAt = now + Math.max(1, Math.ceil((oldest + DAY - now) / 1000)) * 1000;
    return { limit: this.limit, remaining: this.limit - this.used(now), resetAt };
  }
}

it("an only client never exceeds the limit, with headers and without", () => {
  const step = fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 10 * HOUR }), fc.integer({ min: 0, max: 5 * MINUTE })),
    latency: fc.integer({ min: 0, max: 3000 }),
    fails: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, headers) => {
      const service = new ModelService(4);
      let window: RollingWindow = emptyWindow;
      let now = NOON;
      for (const [nth, { wait, latency, fails }] of steps.entries()) {
        now += wait;
        const id = String(nth);
        const taken = reserve(window, dailyCalls, now, id);
        // The service would reject it as well, now or within the time that a response takes.
        if (taken === undefined) expect(service.used(now - 3000)).toBe(4);
        if (taken === undefined) continue;
        expect(service.used(now)).toBeLessThan(4);
        if (!fails) service.successes.push(now);
        const reported = headers ? service.headers(now) : null;
        now += latency;
        window = complete(taken, dailyCalls, {
          id,
          now,
          outcome: fails ? "notCounted" : "counted",
          reported,
        });
      }
    }),
    { numRuns: 500 },
  );
});

it("one error response makes the window wait until the service has room, if other clients call too", () => {
  const step = fc.record({ wait: fc.integer({ min: 1, max: 10 * HOUR }), byOther: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const service = new ModelService(4);
      let window: RollingWindow = emptyWindow;
      let now = NOON;
      let roomAt = 0;
      for (const [nth, { wait, byOther }] of steps.entries()) {
        now += wait;
        const hasRoom = service.used(now) < 4;
        if (byOther && hasRoom) service.successes.push(now);
        if (byOther) continue;
        const id = String(nth);
        const taken = reserve(window, dailyCalls, now, id);
        if (taken === undefined) continue;
        expect(now).toBeGreaterThanOrEqual(roomAt);
        if (hasRoom) service.successes.push(now);
        const reported = service.headers(now);
        if (!hasRoom) roomAt = reported.resetAt ?? 0;
        window = complete(taken, dailyCalls, {
          id,
          now,
          outcome: hasRoom ? "counted" : "rejected",
          reported,
        });
      }
    }),
    { numRuns: 500 },
  );
});
