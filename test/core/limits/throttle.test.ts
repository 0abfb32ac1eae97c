import { describe, expect, it } from "vitest";
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
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;
const LONG = 3_600_000;

function throttled(clock = new SteppedClock()) {
  const throttle = new Throttle(generalLimits, clock);
  const served: string[] = [];
  const ask = async (queueKey: string, name = queueKey, signal = never, maxWait = LONG) => {
    const permit = await throttle.enter("accounts", queueKey, maxWait, signal);
    if ("turnAt" in permit) return permit;
    served.push(name);
    permit.complete("counted", null);
    return permit;
  };
  return { clock, throttle, served, ask };
}

async function spend(throttle: Throttle, many: number): Promise<Permit[]> {
  const passes: Permit[] = [];
  for (let nth = 0; nth < many; nth += 1) {
    const permit = await throttle.enter("accounts", "spender", LONG, never);
    if ("turnAt" in permit) throw new Error("too late");
    permit.complete("counted", null);
    passes.push(permit);
  }
  return passes;
}

describe("the throttle", () => {
  it("a general limit is kept by waiting: at most a hundred calls in any minute", async () => {
    const { clock, served, ask } = throttled();
    for (let nth = 0; nth < 250; nth += 1) void ask(String(nth % 7));
    await clock.advance(0);
    expect(served).toHaveLength(100);
    await clock.advance(59_999);
    expect(served).toHaveLength(100);
    await clock.advance(1);
    expect(served).toHaveLength(200);
    await clock.advance(60_000);
    expect(served).toHaveLength(250);
  });

  it("accounts take turns, however many calls one of them makes", async () => {
    const { clock, throttle, served, ask } = throttled();
    await spend(throttle, 100);
    for (let nth = 0; nth < 5; nth += 1) void ask("greedy", `greedy ${nth}`);
    void ask("modest");
    void ask("late", "late 0");
    void ask("late", "late 1");
    await clock.advance(60_000);
    expect(served).toEqual([
      "greedy 0",
      "modest",
      "late 0",
      "greedy 1",
      "late 1",
      "greedy 2",
      "greedy 3",
      "greedy 4",
    ]);
  });

  it("headers reveal that others have used up the limit, or that the limit is another one", async () => {
    const { clock, throttle, served, ask } = throttled();
    const permit = await throttle.enter("accounts", "a", LONG, never);
    if ("turnAt" in permit) throw new Error("too late");
    permit.complete("counted", { limit: 100, remaining: 0, resetAt: clock.now() + 20_000 });
    void ask("b");
    await clock.advance(19_999);
    expect(served).toEqual([]);
    await clock.advance(1);
    expect(served).toEqual(["b"]);

    const smaller = throttled();
    const first = await smaller.throttle.enter("accounts", "a", LONG, never);
    if ("turnAt" in first) throw new Error("too late");
    first.complete("counted", { limit: 3, remaining: 2, resetAt: smaller.clock.now() + 60_000 });
    for (const queueKey of ["b", "c", "d"]) void smaller.ask(queueKey);
    await smaller.clock.advance(59_999);
    expect(smaller.served).toEqual(["b", "c"]);
  });

  it("an unused permit goes to a waiting call at once", async () => {
    const { clock, throttle, served, ask } = throttled();
    await spend(throttle, 99);
    const permit = await throttle.enter("accounts", "x", LONG, never);
    void ask("waiting");
    await clock.advance(10);
    expect(served).toEqual([]);
    if ("turnAt" in permit) throw new Error("too late");
    permit.complete("notCounted", null);
    await clock.advance(0);
    expect(served).toEqual(["waiting"]);
  });

  it("a permit that would come too late is refused, with the time of its turn", async () => {
    const { clock, throttle, ask } = throttled();
    await spend(throttle, 100);
    const start = clock.now();
    expect(await ask("a", "a", never, 60_000)).toEqual({ turnAt: start + 60_000, limit: 100 });
    for (let nth = 0; nth < 100; nth += 1) void ask("b");
    expect(await ask("a", "a", never, 90_000)).toEqual({ turnAt: start + 120_000, limit: 100 });
  });

  it("one waiting call can leave, and the others are served", async () => {
    const { clock, throttle, served, ask } = throttled();
    await spend(throttle, 100);
    const impatient = new AbortController();
    const left = expect(ask("a", "a", impatient.signal)).rejects.toThrow("enough");
    void ask("b");
    impatient.abort(new Error("enough"));
    await left;
    await clock.advance(60_000);
    expect(served).toEqual(["b"]);
    await expect(ask("c", "c", impatient.signal)).rejects.toThrow("enough");
  });

  it("buckets are separate: one that is used up does not delay another", async () => {
    const { throttle } = throttled();
    await spend(throttle, 100);
    expect(await throttle.enter("institutions", "a", 1, never)).toHaveProperty("complete");
    expect(await throttle.enter("accounts", "a", 1, never)).toHaveProperty("turnAt");
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
