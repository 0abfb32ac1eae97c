import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../packages/core/src/limits/rolling-window.ts";
import { type Permit, Throttle } from "../../../packages/core/src/limits/throttle.ts";
import type { Method } from "../../../packages/core/src/pipeline/path.ts";
import { generalLimits } from "../../../packages/core/src/providers/gocardless/limits.ts";
import { operationAt } from "../../../packages/core/src/providers/gocardless/operations.ts";

/** A clock whose sleepers wake when it is advanced past their time. */
class SteppedClock {
  #now = Date.parse("2026-11-23T09:00:00Z");
  readonly #sleepers = new Set<{ until: number; wake: () => void }>();

  readonly now = (): number => this.#now;

  readonly sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const sleeper = { until: this.#now + milliseconds, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });

  /** Advances the clock, wakes the sleepers that are due in order, and lets everything that follows happen. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settled();
      const [next] = [...this.#sleepers].sort((a, b) => a.until - b.until);
      if (next === undefined || next.until > end) break;
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.until);
      next.wake();
    }
    this.#now = end;
    await settled();
  }

  /** Sets the clock back; timers run on. */
  setBack(milliseconds: number): void {
    this.#now -= milliseconds;
    for (const sleeper of this.#sleepers) sleeper.until -= milliseconds;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;
const LONG = 3_600_000;
const MINUTE = 60_000;

function throttled(clock = new SteppedClock()) {
  const throttle = new Throttle(generalLimits, clock);
  const served: string[] = [];
  const ask = async (name: string, signal = never, maxWait = LONG) => {
    const permit = await throttle.enter("accounts", maxWait, signal);
    if ("turnAt" in permit) return permit;
    served.push(name);
    permit.complete("counted", null);
    return permit;
  };
  return { clock, throttle, served, ask };
}

async function enter(throttle: Throttle): Promise<Permit> {
  const permit = await throttle.enter("accounts", LONG, never);
  if ("turnAt" in permit) throw new Error("too late");
  return permit;
}

async function spend(throttle: Throttle, many: number): Promise<void> {
  for (let nth = 0; nth < many; nth += 1) (await enter(throttle)).complete("counted", null);
}

describe("the throttle", () => {
  it("keeps a general limit by waiting: at most a hundred calls in any minute", async () => {
    const { clock, served, ask } = throttled();
    for (let nth = 0; nth < 250; nth += 1) void ask(String(nth));
    await clock.advance(0);
    expect(served).toHaveLength(100);
    await clock.advance(59_999);
    expect(served).toHaveLength(100);
    await clock.advance(1);
    expect(served).toHaveLength(200);
    await clock.advance(MINUTE);
    expect(served).toHaveLength(250);
    expect(served).toEqual([...served].sort((a, b) => Number(a) - Number(b)));
  });

  it("a newcomer does not overtake the waiting calls when there is room again", async () => {
    const { clock, throttle, served, ask } = throttled();
    await spend(throttle, 99);
    const permit = await enter(throttle);
    void ask("first");
    void ask("second");
    await clock.advance(MINUTE - 1);
    permit.complete("notCounted", null);
    void ask("newcomer");
    await clock.advance(1);
    expect(served).toEqual(["first", "second", "newcomer"]);
  });

  it("headers reveal that others have used up the limit, or that the limit is another one", async () => {
    const { clock, throttle, served, ask } = throttled();
    (await enter(throttle)).complete("counted", { limit: 100, remaining: 0, resetAt: clock.now() + 20_000 });
    void ask("b");
    await clock.advance(19_999);
    expect(served).toEqual([]);
    await clock.advance(1);
    expect(served).toEqual(["b"]);

    const smaller = throttled();
    const report = { limit: 3, remaining: 2, resetAt: smaller.clock.now() + MINUTE };
    (await enter(smaller.throttle)).complete("counted", report);
    for (const name of ["b", "c", "d"]) void smaller.ask(name);
    await smaller.clock.advance(59_999);
    expect(smaller.served).toEqual(["b", "c"]);
  });

  it("a response that reports an earlier reset shortens the wait of a call that waits already", async () => {
    const { clock, throttle, served, ask } = throttled();
    await spend(throttle, 98);
    const [first, second] = [await enter(throttle), await enter(throttle)];
    first.complete("counted", { limit: 100, remaining: 0, resetAt: clock.now() + MINUTE });
    void ask("waiting");
    await clock.advance(10_000);
    second.complete("counted", { limit: 200, remaining: 0, resetAt: clock.now() + 5000 });
    await clock.advance(4999);
    expect(served).toEqual([]);
    await clock.advance(1);
    expect(served).toEqual(["waiting"]);
  });

  it("an unused permit goes to a waiting call at once", async () => {
    const { clock, throttle, served, ask } = throttled();
    await spend(throttle, 99);
    const permit = await enter(throttle);
    void ask("waiting");
    await clock.advance(10);
    expect(served).toEqual([]);
    permit.complete("notCounted", null);
    await clock.advance(0);
    expect(served).toEqual(["waiting"]);
  });

  it("refuses a permit that would come too late, with the time of its turn", async () => {
    const { clock, throttle, ask } = throttled();
    await spend(throttle, 100);
    const start = clock.now();
    expect(await ask("a", never, MINUTE)).toEqual({ turnAt: start + MINUTE, limit: 100 });
    for (let nth = 0; nth < 100; nth += 1) void ask("b");
    expect(await ask("a", never, 90_000)).toEqual({ turnAt: start + 2 * MINUTE, limit: 100 });
  });

  it("one waiting call can leave, and the others are served", async () => {
    const { clock, throttle, served, ask } = throttled();
    await spend(throttle, 100);
    const impatient = new AbortController();
    const first = expect(ask("a", impatient.signal)).rejects.toThrow("enough");
    void ask("b");
    const third = expect(ask("c", impatient.signal)).rejects.toThrow("enough");
    void ask("d");
    await clock.advance(1000);
    impatient.abort(new Error("enough"));
    await Promise.all([first, third]);
    await clock.advance(59_000);
    expect(served).toEqual(["b", "d"]);
    await expect(ask("e", impatient.signal)).rejects.toThrow("enough");
  });

  it("a sleep that fails rejects the calls that wait, and later calls are served", async () => {
    const clock = new SteppedClock();
    let isBroken = true;
    const sleep = (milliseconds: number, signal: AbortSignal) =>
      isBroken ? Promise.reject(new Error("no timer")) : clock.sleep(milliseconds, signal);
    const throttle = new Throttle(generalLimits, { now: clock.now, sleep });
    await spend(throttle, 100);
    const waiting = [enter(throttle), enter(throttle)];
    expect(await Promise.allSettled(waiting)).toEqual([
      { status: "rejected", reason: new Error("no timer") },
      { status: "rejected", reason: new Error("no timer") },
    ]);
    isBroken = false;
    const later = enter(throttle);
    await clock.advance(MINUTE);
    await expect(later).resolves.toHaveProperty("complete");
  });

  it("a clock that is set back blocks for at most one window", async () => {
    const { clock, throttle, served, ask } = throttled();
    await spend(throttle, 100);
    void ask("waiting");
    await clock.advance(1000);
    clock.setBack(3_600_000);
    void ask("joined later");
    await clock.advance(2 * MINUTE);
    expect(served).toEqual(["waiting", "joined later"]);
  });

  it("buckets are separate: one that is used up does not delay another", async () => {
    const { throttle } = throttled();
    await spend(throttle, 100);
    expect(await throttle.enter("institutions", 1, never)).toHaveProperty("complete");
    expect(await throttle.enter("accounts", 1, never)).toHaveProperty("turnAt");
  });
});

describe("the throttle, whatever happens in whatever order", () => {
  const RULE = { limit: 3, length: MINUTE };
  /** Shorter than the time after which a call in flight is taken to be lost. */
  const LONGEST_CALL = 8 * MINUTE;
  const ENOUGH = new Error("enough");

  interface Asked {
    state: string;
    abort: AbortController;
    permit?: Permit;
    grantedAt: number;
    endedAt: number;
    isCounted: boolean;
  }

  type Step =
    | { kind: "ask"; maxWait: number }
    | { kind: "abort" | "end"; which: number; outcome: Outcome }
    | { kind: "advance"; by: number };

  const outcome = fc.constantFrom<Outcome>("counted", "notCounted", "unknown");
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant("ask"), maxWait: fc.constantFrom(1, 90_000, LONG) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("abort"), which: fc.nat(), outcome }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("end"), which: fc.nat(), outcome }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("advance"),
        by: fc.constantFrom(0, 1, 20_000, MINUTE - 1, MINUTE),
      }),
    },
  );

  /** Takes the calls of a throttle through some steps; each call's end is recorded as its owner sees it. */
  class Run {
    readonly clock = new SteppedClock();
    readonly asked: Asked[] = [];
    readonly #throttle = new Throttle({ accounts: RULE }, this.clock);
    readonly #grants: Asked[] = [];

    async take(step: Step): Promise<void> {
      if (step.kind === "ask") this.#ask(step.maxWait);
      else if (step.kind === "advance") {
        await this.clock.advance(step.by);
        this.endAll(LONGEST_CALL);
      } else {
        const state = step.kind === "abort" ? "waiting" : "granted";
        const able = this.asked.filter((one) => one.state === state && one.endedAt === Infinity);
        const one = able[step.which % Math.max(1, able.length)];
        if (step.kind === "abort") one?.abort.abort(ENOUGH);
        else if (one !== undefined) this.end(one, step.outcome);
      }
      await settled();
    }

    end(one: Asked, outcome: Outcome): void {
      one.endedAt = this.clock.now();
      one.isCounted = outcome !== "notCounted";
      one.permit?.complete(outcome, null);
    }

    /** Ends all calls that have been in flight for some time. */
    endAll(time: number): void {
      const limit = this.clock.now() - time;
      for (const one of this.#grants) {
        if (one.endedAt === Infinity && one.grantedAt <= limit) this.end(one, "counted");
      }
    }

    /** How many calls the service may count in the window that ends now. */
    used(now: number): number {
      return this.#grants.filter((one) => {
        if (one.grantedAt > now) return false;
        if (one.endedAt > now) return true;
        return one.isCounted && one.endedAt > now - RULE.length;
      }).length;
    }

    #ask(maxWait: number): void {
      const one: Asked = {
        state: "waiting",
        abort: new AbortController(),
        grantedAt: Infinity,
        endedAt: Infinity,
        isCounted: false,
      };
      this.asked.push(one);
      const entered = this.clock.now();
      const ahead = this.asked.filter(({ state }) => state === "waiting").length - 1;
      const hasRoom = ahead === 0 && this.used(entered) < RULE.limit;
      const latestTurn = hasRoom ? entered : entered + (Math.floor(ahead / RULE.limit) + 1) * RULE.length;
      this.#throttle.enter("accounts", maxWait, one.abort.signal).then(
        (permit) => {
          if ("turnAt" in permit) {
            const isLate = permit.turnAt >= entered + maxWait && permit.turnAt <= latestTurn;
            one.state = isLate ? "refused" : "refused, but its turn would be in time";
            return;
          }
          const now = this.clock.now();
          one.state = this.used(now) < RULE.limit ? "granted" : "granted beyond the limit";
          one.permit = permit;
          one.grantedAt = now;
          this.#grants.push(one);
        },
        (reason: unknown) => {
          one.state = reason === ENOUGH ? "aborted" : "failed";
        },
      );
    }

    /** The calls that were granted, in the order in which they were. */
    get granted(): readonly Asked[] {
      return this.#grants;
    }
  }

  it("keeps the limit, grants in order as soon as there is room, and forgets nobody", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
        const run = new Run();
        for (const one of steps) {
          await run.take(one);
          const isWaiting = run.asked.some(({ state }) => state === "waiting");
          if (isWaiting) expect(run.used(run.clock.now())).toBe(RULE.limit);
        }
        for (let round = 0; round <= steps.length; round += 1) {
          run.endAll(0);
          await run.clock.advance(MINUTE);
        }
        const states = new Set(run.asked.map(({ state }) => state));
        for (const state of ["granted", "refused", "aborted"]) states.delete(state);
        expect([...states]).toEqual([]);
        expect(run.granted).toEqual(run.asked.filter(({ state }) => state === "granted"));
      }),
      { numRuns: 300 },
    );
  });
});

it.each<[Method, string, string]>([
  ["GET", "/accounts/x/", "accounts"],
  ["GET", "/accounts/x/transactions/", "accounts"],
  ["GET", "/institutions/", "institutions"],
  ["GET", "/integrations/x/", "institutions"],
  ["GET", "/requisitions/", "reads"],
  ["GET", "/agreements/enduser/x/", "reads"],
  ["POST", "/requisitions/", "writes"],
  ["PUT", "/agreements/enduser/x/accept/", "writes"],
  ["DELETE", "/requisitions/x/", "writes"],
  ["POST", "/token/new/", "newTokens"],
  ["POST", "/token/refresh/", "refreshedTokens"],
])("%s %s counts against the bucket %s", (method, path, bucket) =>
  expect(operationAt(method, path).operation.bucket).toBe(bucket),
);
