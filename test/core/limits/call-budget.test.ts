import { describe, expect, it } from "vitest";
import { type AccountData, CallBudget } from "../../../packages/core/src/limits/call-budget.ts";
import { dailyCalls } from "../../../packages/core/src/providers/gocardless/limits.ts";
import { type KeyValueStore, MemoryKeyValueStore } from "../../../packages/core/src/store/kv.ts";
import { TestClock } from "../../support/clock.ts";

const balances: AccountData = { accountId: "7e944232-bda9-40bc-b784-660c7ab5fe78", dataKind: "balances" };
const both = { counts: true, quota: true, failures: true, shared: true };
const forced = { ...both, shared: false };
const uncounted = { counts: false, quota: false, failures: true, shared: false };

function budgetOn(records: KeyValueStore, clock = new TestClock(), tenant = "credentials") {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (line: string) => void warnings.push(line), error() {} };
  return { budget: new CallBudget(records, { tenant, dailyCalls, now: clock.now, logger }), warnings, clock };
}

async function call(
  budget: CallBudget,
  end: Parameters<CallBudget["complete"]>[2],
  asked = balances,
  rules = both,
) {
  const admission = await budget.admit(asked, rules);
  if (admission.admitted) await budget.complete(asked, admission.call, end);
  return admission;
}
const away: KeyValueStore = {
  get: async () => Promise.reject(new Error("connection refused")),
  compareAndSet: async () => Promise.reject(new Error("connection refused")),
};
const success = { outcome: "counted", reported: null } as const;
const failure = { outcome: "notCounted", reported: null, failure: "UnknownRequestError" } as const;

describe("the call budget", () => {
  it("a success ends the failures that another process recorded meanwhile, even if calls are not counted", async () => {
    const records = new MemoryKeyValueStore();
    const { budget } = budgetOn(records);
    const other = budgetOn(records).budget;
    const admission = await budget.admit(balances, uncounted);
    for (let nth = 0; nth < 5; nth += 1) await call(other, failure, balances, forced);
    expect(await other.admit(balances, both)).toMatchObject({ because: "failures", failures: 5 });
    if (admission.admitted) await budget.complete(balances, admission.call, success);
    expect(await other.admit(balances, both)).toMatchObject({ admitted: true });
  });

  it("the call budget allows four calls for each kind of data of each account", async () => {
    const { budget, clock } = budgetOn(new MemoryKeyValueStore());
    for (let nth = 0; nth < 4; nth += 1)
      expect(await call(budget, success)).toMatchObject({ admitted: true });
    expect(await call(budget, success)).toEqual({
      admitted: false,
      because: "quota",
      limit: 4,
      resetAt: clock.now() + 86_400_000,
    });
    expect(await call(budget, success, { ...balances, dataKind: "details" })).toMatchObject({
      admitted: true,
    });
    expect(await call(budget, success, { ...balances, accountId: "other" })).toMatchObject({
      admitted: true,
    });
    expect(await budget.quota(balances.accountId)).toEqual({
      balances: {
        limit: 4,
        remaining: 0,
        resetAt: new Date(clock.now() + 86_400_000),
        lastCallAt: new Date(clock.now()),
      },
      details: {
        limit: 4,
        remaining: 3,
        resetAt: new Date(clock.now() + 86_400_000),
        lastCallAt: new Date(clock.now()),
      },
      transactions: { limit: 4, remaining: 4, resetAt: null, lastCallAt: null },
    });
  });

  it("four of ten concurrent calls are admitted, even from two processes on the same records", async () => {
    const records = new MemoryKeyValueStore();
    const one = budgetOn(records).budget;
    const other = budgetOn(records).budget;
    const admissions = await Promise.all(
      Array.from({ length: 10 }, (_, nth) => (nth % 2 === 0 ? one : other).admit(balances, both)),
    );
    expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(4);
  });

  it("other credentials have a separate count on the same records", async () => {
    const records = new MemoryKeyValueStore();
    const one = budgetOn(records).budget;
    for (let nth = 0; nth < 4; nth += 1) await call(one, success);
    expect(await call(budgetOn(records, undefined, "others").budget, success)).toMatchObject({
      admitted: true,
    });
  });

  it("calls are counted even if the quota is not enforced", async () => {
    const { budget } = budgetOn(new MemoryKeyValueStore());
    for (let nth = 0; nth < 6; nth += 1) {
      const admission = await budget.admit(balances, { ...both, quota: false, shared: false });
      if (!admission.admitted) throw new Error("rejected");
      await budget.complete(balances, admission.call, success);
    }
    expect((await budget.quota(balances.accountId)).balances.remaining).toBe(0);
  });
});

it("calls made by a clock that was a year ahead block an account for a day, not for a year", async () => {
  const records = new MemoryKeyValueStore();
  const { budget, clock } = budgetOn(records);
  const ahead = budgetOn(records, new TestClock("2027-11-23T09:00:00Z")).budget;
  for (let nth = 0; nth < 4; nth += 1) await call(ahead, success);
  const resetAt = clock.now() + 86_400_000;
  expect(await call(budget, success)).toEqual({ admitted: false, because: "quota", limit: 4, resetAt });
  clock.advance({ hours: 23 });
  expect(await call(budget, success)).toEqual({ admitted: false, because: "quota", limit: 4, resetAt });
  clock.advance({ hours: 1 });
  expect(await call(budget, success)).toMatchObject({ admitted: true });
});

describe("account failures", () => {
  it("a call that does not count writes no record, unless it fails, or succeeds after a failure", async () => {
    const records = new MemoryKeyValueStore();
    let writes = 0;
    const counting: KeyValueStore = {
      get: (key) => records.get(key),
      compareAndSet: (...given) => {
        writes += 1;
        return records.compareAndSet(...given);
      },
    };
    const { budget } = budgetOn(counting);
    const written = async (end: Parameters<CallBudget["complete"]>[2]) => {
      writes = 0;
      await call(budget, end, balances, uncounted);
      return writes;
    };
    expect(await written(success)).toBe(0);
    expect(await written(failure)).toBe(1);
    expect(await written(success)).toBe(1);
    expect(await written(success)).toBe(0);
    expect((await budget.quota(balances.accountId)).balances.remaining).toBe(4);
    for (let nth = 0; nth < 5; nth += 1) expect(await written(failure)).toBe(1);
    expect(await call(budget, success, balances, uncounted)).toMatchObject({
      because: "failures",
      failures: 5,
    });
  });

  it("an account is paused from the fifth failure on, for any kind of data, until a call succeeds", async () => {
    const { budget, clock } = budgetOn(new MemoryKeyValueStore());
    for (let nth = 0; nth < 5; nth += 1)
      expect(await call(budget, failure)).toMatchObject({ admitted: true });
    const retryAt = clock.now() + 3_600_000;
    const paused = {
      admitted: false,
      because: "failures",
      failures: 5,
      kind: "UnknownRequestError",
      retryAt,
    };
    expect(await call(budget, failure)).toEqual(paused);
    expect(await call(budget, failure, { ...balances, dataKind: "details" })).toEqual(paused);
    expect(await budget.admit(balances, { ...both, failures: false })).toMatchObject({ admitted: true });

    clock.advance({ hours: 1 });
    await call(budget, failure);
    expect(await call(budget, failure)).toMatchObject({ failures: 6, retryAt: clock.now() + 6 * 3_600_000 });
    clock.advance({ hours: 6 });
    await call(budget, success);
    for (let nth = 0; nth < 2; nth += 1)
      expect(await call(budget, failure)).toMatchObject({ admitted: true });
  });

  it("failures of other types neither count nor reset the count", async () => {
    const { budget } = budgetOn(new MemoryKeyValueStore());
    for (let nth = 0; nth < 4; nth += 1) await call(budget, failure);
    for (let nth = 0; nth < 9; nth += 1) await call(budget, { outcome: "notCounted", reported: null });
    await call(budget, failure);
    expect(await call(budget, failure)).toMatchObject({ admitted: false, failures: 5 });
  });
});

describe("the call budget without usable records", () => {
  it("every call is rejected without usable records, as no other process would know of it", async () => {
    const { budget } = budgetOn(away);
    const rejection = { admitted: false, because: "uncounted", reason: "connection refused" };
    expect(await call(budget, success)).toEqual(rejection);
    expect(await call(budget, success)).toEqual(rejection);
    expect((await budget.quota(balances.accountId)).balances.remaining).toBe(4);
  });

  it("a call is rejected because the quota is used up if the records show that and can still be read", async () => {
    const records = new MemoryKeyValueStore();
    const full: KeyValueStore = {
      get: (key) => records.get(key),
      compareAndSet: async () => Promise.reject(new Error("disk is full")),
    };
    for (let nth = 0; nth < 4; nth += 1) await call(budgetOn(records).budget, success);
    const { budget, clock } = budgetOn(full);
    clock.advance({ seconds: 1 });
    expect(await call(budget, success)).toMatchObject({ admitted: false, because: "quota" });
  });

  it("a forced call is admitted, and the process keeps its own count", async () => {
    const { budget, warnings } = budgetOn(away);
    for (let nth = 0; nth < 4; nth += 1)
      expect(await call(budget, success, balances, forced)).toMatchObject({ admitted: true });
    expect(await call(budget, success, balances, forced)).toMatchObject({ admitted: false });
    expect((await budget.quota(balances.accountId)).balances.remaining).toBe(0);
    expect(warnings[0]).toContain("connection refused");
  });

  it("no call of this process is lost if the records go away and come back", async () => {
    const records = new MemoryKeyValueStore();
    let there = true;
    const unsteady: KeyValueStore = {
      get: async (key) => (there ? records.get(key) : Promise.reject(new Error("gone"))),
      compareAndSet: async (...given) =>
        there ? records.compareAndSet(...given) : Promise.reject(new Error("gone")),
    };
    const { budget } = budgetOn(unsteady);
    await call(budget, success);
    there = false;
    await call(budget, success, balances, forced);
    await call(budget, success, balances, forced);
    there = true;
    await call(budget, success);
    expect(await call(budget, success)).toMatchObject({ admitted: false });
  });

  it.each([
    ["success", success, 3],
    ["failure", failure, 4],
  ] as const)(
    "a %s counts once if the records go away before it ends and come back",
    async (_, end, left) => {
      const records = new MemoryKeyValueStore();
      let there = true;
      const unsteady: KeyValueStore = {
        get: (key) => records.get(key),
        compareAndSet: async (...given) =>
          there ? records.compareAndSet(...given) : Promise.reject(new Error("disk is full")),
      };
      const { budget } = budgetOn(unsteady);
      const admission = await budget.admit(balances, both);
      if (!admission.admitted) throw new Error("rejected");
      there = false;
      await budget.complete(balances, admission.call, end);
      expect((await budget.quota(balances.accountId)).balances.remaining).toBe(left);
      there = true;
      await call(budget, success, { ...balances, dataKind: "details" });
      expect((await budgetOn(records).budget.quota(balances.accountId)).balances.remaining).toBe(left);
    },
  );

  it.each(["rubbish", "{}", '{"format":2}', '{"format":1,"balances":{"own":"x"}}', "null"])(
    "a record that holds %s is replaced by a new one",
    async (text) => {
      const stored = new Map<string, string>();
      const records: KeyValueStore = {
        get: async (key) => stored.get(key) ?? text,
        compareAndSet: async (key, _, value = "") => stored.set(key, value) !== undefined,
      };
      const { budget, warnings } = budgetOn(records);
      expect(await call(budget, success)).toMatchObject({ admitted: true });
      expect((await budget.quota(balances.accountId)).balances.remaining).toBe(3);
      expect(warnings[0]).toContain("cannot be read");
    },
  );

  it("records contain no account id", async () => {
    const keys: string[] = [];
    const records = new MemoryKeyValueStore();
    const seen: KeyValueStore = {
      get: (key) => records.get(key),
      compareAndSet: async (key, expected, value) => {
        keys.push(key, value ?? "");
        return await records.compareAndSet(key, expected, value);
      },
    };
    await call(budgetOn(seen).budget, success);
    expect(keys.join()).not.toContain(balances.accountId);
  });
});
