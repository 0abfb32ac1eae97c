import { describe, expect, it } from "vitest";
import {
  AccountPausedError,
  type ClientOptions,
  GoCardlessClient,
  nextCall,
  RateLimitError,
  type ResponseInfo,
} from "../../../packages/core/src/index.ts";
import { type Sandbox, startSandbox } from "../../../packages/sandbox/src/index.ts";
import { TestClock } from "../../support/clock.ts";
import { type Reply, startService } from "../../support/service.ts";

const START = "2026-11-23T09:00:00Z";
const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const balances: Reply = { body: { balances: [] } };
const failing = (status: number, type: string, summary = "Couldn't update account balances"): Reply => ({
  status,
  body: { summary, detail: "x", type },
});

/** A client of a bare server that reports no limits unless the test does. */
async function served(replyTo: (nth: number, path: string) => Reply, options: Partial<ClientOptions> = {}) {
  const clock = new TestClock(START);
  const reported: ResponseInfo[] = [];
  const service = await startService((request, nth) =>
    request.path.startsWith("/token/") ? undefined : replyTo(nth, request.path),
  );
  const client = new GoCardlessClient({
    secretId: "id",
    secretKey: "key",
    baseUrl: service.baseUrl,
    cacheOptions: false,
    now: clock.now,
    sleep: clock.sleep,
    onResponse: (info) => reported.push(info),
    ...options,
  });
  return { service, client, clock, reported };
}

const entry = (nth: number) => ({
  transactionId: `t${nth}`,
  transactionAmount: { amount: "1.00", currency: "EUR" },
});

/** A linked account of the sandbox, and a client on the sandbox's clock. */
async function linked(options: Partial<ClientOptions> = {}, sandboxOptions = {}) {
  const sandbox = await startSandbox({ now: START, ...sandboxOptions });
  let underWay = 0;
  const client = new GoCardlessClient({
    ...sandbox.credentials,
    baseUrl: sandbox.baseUrl,
    cacheOptions: false,
    now: () => Date.parse(sandbox.now()),
    fetch: async (url, init) => {
      underWay += 1;
      return await fetch(url, init).finally(() => {
        underWay -= 1;
      });
    },
    // Time does not pass while a response is in transit, as it would not on a clock that runs.
    sleep: async (milliseconds, signal) => {
      while (underWay > 0) await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      sandbox.advanceTime({ seconds: milliseconds / 1000 });
    },
    ...options,
  });
  const requisition = await client.createRequisition({
    redirect: "http://localhost",
    institution_id: "SANDBOXFINANCE_SFIN0000",
    reference: "limits",
  });
  await sandbox.authorise(requisition.id, { outcome: "linked" });
  const [accountId = ""] = (await client.getRequisition(requisition.id)).accounts ?? [];
  return { sandbox, client, accountId };
}

const rejections = (sandbox: Sandbox) => sandbox.requests.filter(({ status }) => status === 429);
const dataCalls = (sandbox: Sandbox) =>
  sandbox.requests.filter(({ path }) => /^\/accounts\/[^/]+\/(balances|details|transactions)\//.test(path));

describe("a daily limit", () => {
  it("a fifth call is not sent, and the error names the limit and its reset time", async () => {
    const { service, client, clock } = await served(() => balances);
    await using _ = service;
    for (let nth = 0; nth < 4; nth += 1) await client.getAccountBalances(ID);
    const error = await client.getAccountBalances(ID).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({
      status: 429,
      sent: false,
      scope: "balances",
      limit: 4,
      resetAt: new Date("2026-11-24T09:00:00Z"),
      path: `/accounts/${ID}/balances/`,
    });
    expect(String(error)).toContain("was not sent: the daily limit of calls for balances is used up");
    expect(service.asked()).toHaveLength(4);
    await client.getAccountDetails(ID).catch(() => {});
    expect(service.asked()).toHaveLength(5);

    clock.advance({ days: 1 });
    await client.getAccountBalances(ID);
    expect(service.asked()).toHaveLength(6);
  });

  it("an expired response is used once the daily limit is used up, marked as stale", async () => {
    const { service, client, clock, reported } = await served(() => balances, {
      cacheOptions: { backend: "memory", expireAfter: 60 },
    });
    await using _ = service;
    for (let nth = 0; nth < 4; nth += 1) {
      await client.getAccountBalances(ID);
      clock.advance({ hours: 1 });
    }
    await client.getAccountBalances(ID);
    expect(service.asked()).toHaveLength(4);
    expect(reported.at(-1)).toMatchObject({
      fromCache: true,
      stale: true,
      createdAt: new Date("2026-11-23T12:00:00Z"),
    });
  });

  it("quota() reports a daily limit without a request", async () => {
    const { service, client } = await served((nth) =>
      nth === 1
        ? {
            ...balances,
            headers: {
              HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_LIMIT: "10",
              HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING: "5",
              HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET: "5242",
            },
          }
        : balances,
    );
    await using _ = service;
    const unused = { limit: 4, remaining: 4, resetAt: null, lastCallAt: null };
    expect(await client.quota(ID)).toEqual({ balances: unused, details: unused, transactions: unused });
    expect(service.received).toEqual([]);
    await client.getAccountBalances(ID);
    expect((await client.quota(ID)).balances).toEqual({
      limit: 10,
      remaining: 5,
      resetAt: new Date(Date.parse(START) + 5_242_000),
      lastCallAt: new Date(START),
    });
  });

  it("a daily limit is not enforced with quota: false, and calls are not counted", async () => {
    const { service, client } = await served(() => balances, { quota: false });
    await using _ = service;
    for (let nth = 0; nth < 120; nth += 1) await client.getAccountBalances(ID);
    expect(service.asked()).toHaveLength(120);
    expect((await client.quota(ID)).balances).toMatchObject({ remaining: 4, lastCallAt: null });
  });

  it.each<[string, Record<string, string>]>([
    ["words", { LIMIT: "many", REMAINING: "some", RESET: "soon" }],
    ["negative numbers", { LIMIT: "-4", REMAINING: "-1", RESET: "-60" }],
    ["more left than allowed", { LIMIT: "4", REMAINING: "400", RESET: "60" }],
    ["a limit of nothing", { LIMIT: "0", REMAINING: "0", RESET: "60" }],
    ["a reset in a month", { REMAINING: "3", LIMIT: "4", RESET: "2592000" }],
  ])("calls are counted if the headers are malformed: %s", async (_, values) => {
    const headers = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_${name}`, value]),
    );
    const { service, client } = await served(() => ({ ...balances, headers }));
    await using __ = service;
    for (let nth = 0; nth < 2; nth += 1) await client.getAccountBalances(ID);
    expect((await client.quota(ID)).balances.limit).toBe(4);
    expect((await client.quota(ID)).balances.remaining).toBeLessThanOrEqual(3);
  });

  it("a failure does not count, but a lost response does, as the service may have counted it", async () => {
    const { service, client } = await served((nth) => {
      if (nth <= 3) return { status: 400, body: { summary: "no", detail: "no" } };
      return nth === 4 ? (__, response) => response.destroy() : balances;
    });
    await using _ = service;
    for (let nth = 0; nth < 3; nth += 1) await client.getAccountBalances(ID).catch(() => {});
    expect((await client.quota(ID)).balances.remaining).toBe(4);
    await client.getAccountBalances(ID);
    expect(service.asked()).toHaveLength(5);
    expect((await client.quota(ID)).balances.remaining).toBe(2);
  });

  it("a call does not count if no connection was made", async () => {
    const { service, client } = await served(() => balances, { retries: 0 });
    await client.getAccountBalances(ID);
    await service[Symbol.asyncDispose]();
    // The connection that was kept open notices its end only with the first request.
    await client.getAccount(ID).catch(() => {});
    await expect(client.getAccountBalances(ID)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect((await client.quota(ID)).balances.remaining).toBe(3);
    await expect(client.getAccountBalances("another")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect((await client.quota("another")).balances.remaining).toBe(4);
  });

  it("a daily limit of the bank below the reported one is learned from its error response", async () => {
    const { service, client, clock } = await served((nth) =>
      nth === 3 ? failing(429, "RateLimitError") : balances,
    );
    await using _ = service;
    for (let nth = 0; nth < 2; nth += 1) await client.getAccountBalances(ID);
    await expect(client.getAccountBalances(ID)).rejects.toMatchObject({ sent: true });
    expect((await client.quota(ID)).balances).toMatchObject({ limit: 2, remaining: 0 });
    for (let day = 0; day < 5; day += 1) {
      clock.advance({ days: 1 });
      for (let nth = 0; nth < 3; nth += 1) await client.getAccountBalances(ID).catch(() => {});
    }
    expect(service.asked()).toHaveLength(3 + 5 * 2);
  });

  it("a daily limit is learned from the service's error response, without headers", async () => {
    const detail = "The rate limit for this resource is 2/day. Please try again in 3600 seconds";
    const { service, client, clock } = await served((nth) =>
      nth === 1 ? { status: 429, body: { summary: "Rate limit exceeded", detail } } : balances,
    );
    await using _ = service;
    await client.getAccountBalances(ID).catch(() => {});
    await expect(client.getAccountBalances(ID)).rejects.toMatchObject({
      sent: false,
      resetAt: new Date("2026-11-23T10:00:00Z"),
    });
    expect(service.asked()).toHaveLength(1);
    clock.advance({ hours: 1 });
    await client.getAccountBalances(ID);
    expect((await client.quota(ID)).balances.limit).toBe(2);
  });

  it("ten different requests at once do not exceed a daily limit", async () => {
    const { sandbox, client, accountId } = await linked();
    await using _ = sandbox;
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, nth) => client.getAccountTransactions(accountId, { daysBack: nth + 1 })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
    for (const result of results) {
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ sent: false, scope: "transactions" });
    }
    expect(dataCalls(sandbox)).toHaveLength(4);
    expect(rejections(sandbox)).toEqual([]);
  });

  it("a list of many pages is read to its end, and all its pages are counted", async () => {
    const { service, client } = await served((_, path) => {
      const page = Number(/page=(\d+)/.exec(path)?.[1] ?? 1);
      const next = page < 6 ? `/api/v2/accounts/${ID}/transactions/?page=${page + 1}` : null;
      return { body: { transactions: { booked: [entry(page)], pending: [] }, next } };
    });
    await using _ = service;
    expect((await client.getAccountTransactions(ID)).transactions.booked).toHaveLength(6);
    await expect(client.getAccountTransactions(ID, { daysBack: 2 })).rejects.toMatchObject({ sent: false });
  });

  it("calls at the times of nextCall never exceed a daily limit, over ten days of an hourly job", async () => {
    const { sandbox, client, accountId } = await linked();
    await using _ = sandbox;
    const consent = { endsAt: null };
    for (let hour = 0; hour < 240; hour += 1) {
      for (;;) {
        const now = new Date(sandbox.now());
        const quota = await client.quota(accountId);
        const due = nextCall({ now, quota, consent, wish: { fresh: "as possible" } });
        if (due === null || due.at > now) break;
        if (due.dataKind === "balances") await client.getAccountBalances(accountId);
        else await client.getAccountTransactions(accountId);
      }
      sandbox.advanceTime({ hours: 1, seconds: hour % 3 });
    }
    expect(rejections(sandbox)).toEqual([]);
    const calls = dataCalls(sandbox);
    expect(calls.length / (10 * 2 * 4)).toBeGreaterThanOrEqual(0.95);
  });
});

describe("the general limits", () => {
  it("calls wait for a general limit, so that the service rejects none", async () => {
    const { sandbox, client, accountId } = await linked();
    await using _ = sandbox;
    const before = Date.parse(sandbox.now());
    const ask = (_: unknown, nth: number) =>
      client.get(`/accounts/${accountId}/`, { nth }, { timeout: 600_000 });
    await Promise.allSettled(Array.from({ length: 230 }, ask));
    expect(rejections(sandbox)).toEqual([]);
    expect(sandbox.requests.filter(({ path }) => path === `/accounts/${accountId}/`)).toHaveLength(230);
    expect(Date.parse(sandbox.now()) - before).toBeGreaterThanOrEqual(120_000);
  });

  it("a call is rejected at once if its turn would come too late", async () => {
    const { sandbox, client, accountId } = await linked();
    await using _ = sandbox;
    for (let nth = 0; nth < 100; nth += 1) await client.getAccount(accountId);
    await expect(client.getAccount(accountId, { timeout: 30_000 })).rejects.toMatchObject({
      name: "RateLimitError",
      scope: "general",
      sent: false,
      resetAt: new Date(Date.parse(sandbox.now()) + 60_000),
    });
    expect(sandbox.requests.filter(({ path }) => path.startsWith("/accounts/"))).toHaveLength(100);
  });
});

describe("an account that fails", () => {
  const bankFails = failing(500, "UnknownRequestError");

  it("a failing account is not called a sixth time until an hour has passed, unless forced", async () => {
    const { sandbox, client, accountId } = await linked();
    await using _ = sandbox;
    const path = `/accounts/${accountId}/balances/`;
    const body = { summary: "Couldn't update account balances", detail: "x", type: "UnknownRequestError" };
    sandbox.inject({ path, times: 7, status: 500, body });
    for (let nth = 0; nth < 5; nth += 1) {
      await expect(client.getAccountBalances(accountId)).rejects.toMatchObject({ name: "InstitutionError" });
    }
    const error = await client.getAccountBalances(accountId).catch((caught: unknown) => caught);
    if (!(error instanceof AccountPausedError)) throw error;
    expect(error).toMatchObject({
      accountId,
      failures: 5,
      lastFailure: "UnknownRequestError",
      retryAt: new Date(Date.parse(START) + 3_600_000),
    });
    expect(error.message).toContain("failed 5 times in a row");
    await expect(client.getAccountDetails(accountId)).rejects.toBeInstanceOf(AccountPausedError);
    expect(dataCalls(sandbox)).toHaveLength(5);
    expect(await client.getAccount(accountId)).toMatchObject({ status: "READY" });

    await expect(client.getAccountBalances(accountId, { force: true })).rejects.toMatchObject({
      status: 500,
    });
    expect(dataCalls(sandbox)).toHaveLength(6);
    sandbox.advanceTime({ hours: 5 });
    await expect(client.getAccountBalances(accountId)).rejects.toBeInstanceOf(AccountPausedError);
    sandbox.advanceTime({ hours: 1 });
    await expect(client.getAccountBalances(accountId)).rejects.toMatchObject({ status: 500 });
    sandbox.advanceTime({ hours: 24 });
    expect(await client.getAccountBalances(accountId)).toHaveProperty("balances");
    expect(await client.getAccountDetails(accountId)).toHaveProperty("account");
  });

  it("an account is paused for an ended consent, but not for limits or an unavailable service", async () => {
    const kinds: Reply[] = [
      failing(401, "AccessExpiredError"),
      failing(503, "ServiceError"),
      failing(503, "ConnectionError"),
      bankFails,
      failing(403, "AccountAccessForbidden"),
      bankFails,
      bankFails,
      bankFails,
    ];
    const { service, client } = await served((nth) => kinds[nth - 1] ?? balances, { retries: 0 });
    await using _ = service;
    for (let nth = 0; nth < kinds.length; nth += 1) await client.getAccountBalances(ID).catch(() => {});
    await expect(client.getAccountBalances(ID)).rejects.toMatchObject({
      name: "AccountPausedError",
      failures: 5,
    });
    expect(service.asked()).toHaveLength(kinds.length);
  });

  it("an expired response is used while an account is paused for its bank's failures, but not after its consent has ended", async () => {
    for (const [failure, mayUseStale] of [
      [bankFails, true],
      [failing(401, "AccessExpiredError"), false],
    ] as const) {
      const { service, client, clock, reported } = await served((nth) => (nth === 1 ? balances : failure), {
        cacheOptions: { backend: "memory", expireAfter: 60 },
      });
      await using _ = service;
      await client.getAccountBalances(ID);
      clock.advance({ seconds: 61 });
      for (let nth = 0; nth < 5; nth += 1) await client.getAccountBalances(ID).catch(() => {});
      expect(service.asked()).toHaveLength(6);
      const sixth = client.getAccountBalances(ID);
      if (mayUseStale) {
        await sixth;
        expect(reported.at(-1)).toMatchObject({ stale: true });
      } else {
        await expect(sixth).rejects.toBeInstanceOf(AccountPausedError);
      }
      expect(service.asked()).toHaveLength(6);
    }
  });
});
