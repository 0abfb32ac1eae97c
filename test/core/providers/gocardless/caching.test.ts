import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type ClientOptions,
  GoCardlessClient,
  RateLimitError,
  type ResponseInfo,
} from "../../../../packages/core/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { type Reply, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const balances = (amount: string) => ({
  body: { balances: [{ balanceAmount: { amount, currency: "EUR" }, balanceType: "expected" }] },
});

async function served(replyTo: (nth: number) => Reply, options: Partial<ClientOptions> = {}) {
  const clock = new TestClock();
  const reported: ResponseInfo[] = [];
  const warnings: string[] = [];
  const service = await startService((request, nth) =>
    request.path.startsWith("/token/") ? undefined : replyTo(nth),
  );
  const client = new GoCardlessClient({
    secretId: "id",
    secretKey: "key",
    baseUrl: service.baseUrl,
    cacheOptions: { backend: "memory" },
    now: clock.now,
    sleep: clock.sleep,
    onResponse: (info) => reported.push(info),
    logger: { debug() {}, info() {}, warn: (line) => warnings.push(line), error() {} },
    ...options,
  });
  const last = () => reported.at(-1);
  return { service, client, clock, reported, last, warnings };
}

describe("a client with a cache", () => {
  it("a cached response is returned without a token and without the network, and reported as cached", async () => {
    const { service, client, clock, last } = await served(() => balances("1.10"));
    await using _ = service;
    await client.getAccountBalances(ID);
    const sent = service.received.length;
    clock.advance({ days: 0, hours: 5 });
    expect((await client.getAccountBalances(ID)).balances[0]?.balanceAmount.amount).toBe("1.10");
    expect(service.received.length).toBe(sent);
    expect(last()).toMatchObject({
      path: `/accounts/${ID}/balances/`,
      fromCache: true,
      stale: false,
      createdAt: new Date("2026-11-23T09:00:00Z"),
      expiresAt: new Date("2026-11-23T15:00:00Z"),
      rateLimits: null,
    });
  });

  it("each caller gets a response of its own", async () => {
    const { service, client } = await served(() => balances("1.10"));
    await using _ = service;
    const first = await client.getAccountBalances(ID);
    first.balances.length = 0;
    expect((await client.getAccountBalances(ID)).balances).toHaveLength(1);
  });

  it("the cache key of daysBack stays the same past midnight", async () => {
    const { service, client, clock } = await served(() => ({ body: { transactions: { booked: [] } } }));
    await using _ = service;
    clock.advance({ hours: 14 });
    await client.getAccountTransactions(ID, { daysBack: 90 });
    clock.advance({ hours: 3 });
    await client.getAccountTransactions(ID, { daysBack: 90 });
    expect(service.asked()).toHaveLength(1);
    expect(
      await client.checkCacheStatus("GET", `/accounts/${ID}/transactions/`, { date_from: "2026-08-26" }),
    ).toMatchObject({ keyExists: true, isExpired: false });
  });

  it.each<[string, Reply]>([
    ["503", { status: 503, body: "" }],
    ["a bank's failure", { status: 500, body: { summary: "x", detail: "y", type: "UnknownRequestError" } }],
    [
      "an exhausted daily limit",
      {
        status: 429,
        body: {
          summary: "Rate limit exceeded",
          detail: "The rate limit for this resource is 4/day. Please try again in 85092 seconds",
        },
      },
    ],
    ["a dropped connection", (_, response) => response.destroy()],
  ])("an expired response is used after %s, and reported as stale", async (_, failure) => {
    const { service, client, clock, last, warnings } = await served((nth) =>
      nth === 1 ? balances("1.10") : failure,
    );
    await using _service = service;
    await client.getAccountBalances(ID);
    clock.advance({ days: 3 });
    expect((await client.getAccountBalances(ID)).balances[0]?.balanceAmount.amount).toBe("1.10");
    expect(last()).toMatchObject({
      status: 200,
      fromCache: true,
      stale: true,
      createdAt: new Date("2026-11-23T09:00:00Z"),
    });
    expect(warnings.at(-1)).toContain("using the cached response from");
  });

  it.each([400, 401, 403, 404, 409])("an expired response is never used after %d", async (status) => {
    const body = { summary: "rejected", detail: "for a reason", status_code: status };
    const { service, client, clock } = await served((nth) =>
      nth === 1 ? balances("1.10") : { status, body },
    );
    await using _ = service;
    await client.getAccountBalances(ID);
    clock.advance({ days: 3 });
    await expect(client.getAccountBalances(ID)).rejects.toMatchObject({ status });
  });

  it("no expired response is used if the option is off", async () => {
    const limited: Reply = {
      status: 429,
      body: { detail: "The rate limit for this resource is 4/day. Please try again in 85092 seconds" },
    };
    const { service, client, clock } = await served((nth) => (nth === 1 ? balances("1.10") : limited), {
      cacheOptions: { backend: "memory", oldDataOnError: false },
    });
    await using _ = service;
    await client.getAccountBalances(ID);
    clock.advance({ days: 1 });
    await expect(client.getAccountBalances(ID)).rejects.toBeInstanceOf(RateLimitError);
  });

  it("a response that could not be read is not stored", async () => {
    const { service, client } = await served((nth) =>
      nth === 1 ? { body: '{"balances": [' } : balances("2.00"),
    );
    await using _ = service;
    await expect(client.getAccountBalances(ID)).rejects.toMatchObject({ name: "InvalidResponseError" });
    expect((await client.getAccountBalances(ID)).balances[0]?.balanceAmount.amount).toBe("2.00");
  });

  it("a request is sent again after a write", async () => {
    const { service, client } = await served(
      () => ({ body: { id: "r", results: [], count: 0, status: "LN" } }),
      { cacheOptions: { backend: "memory", expireAfter: "forever" } },
    );
    await using _ = service;
    await client.getRequisitions();
    await client.getRequisitions();
    expect(service.asked()).toHaveLength(1);
    await client.createRequisition({ redirect: null, institution_id: "B" });
    await client.getRequisitions();
    expect(service.asked()).toEqual(["GET /requisitions/", "POST /requisitions/", "GET /requisitions/"]);
  });

  it("an expired response is returned at once and renewed in the background, if the option allows it", async () => {
    const { service, client, clock, last } = await served((nth) => balances(`${nth}.00`), {
      cacheOptions: { backend: "memory", expireAfter: 60, staleWhileRevalidate: 3600 },
    });
    await using _ = service;
    const amount = async () => (await client.getAccountBalances(ID)).balances[0]?.balanceAmount.amount;
    expect(await amount()).toBe("1.00");
    clock.advance({ hours: 1 });
    expect(await amount()).toBe("1.00");
    expect(last()).toMatchObject({ fromCache: true, stale: true });
    await client.close();
    expect(service.asked()).toHaveLength(2);
    expect(await client.cache?.count()).toBe(1);
    clock.advance({ seconds: 30 });
    expect((await client.getAccountBalances(ID)).balances[0]?.balanceAmount.amount).toBe("2.00");
    expect(service.asked()).toHaveLength(2);
    clock.advance({ hours: 2 });
    expect(await amount()).toBe("3.00");
  });

  it("checkCacheStatus sends nothing", async () => {
    const { service, client, clock } = await served(() => balances("1.10"));
    await using _ = service;
    const path = `/accounts/${ID}/balances/`;
    expect(await client.checkCacheStatus("GET", path)).toMatchObject({ keyExists: false });
    expect(service.received).toEqual([]);
    await client.getAccountBalances(ID);
    const sent = service.received.length;
    for (const url of [path, path.slice(0, -1), service.baseUrl + path]) {
      expect(await client.checkCacheStatus("get", url)).toMatchObject({
        keyExists: true,
        isExpired: false,
        cacheKey: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    }
    clock.advance({ days: 1 });
    expect(await client.checkCacheStatus("GET", path)).toMatchObject({ keyExists: true, isExpired: true });
    expect(service.received.length).toBe(sent);
  });
});

describe("a response that is invalidated while it is requested", () => {
  const list = (count: number) => ({
    body: {
      count,
      next: null,
      previous: null,
      results: Array.from({ length: count }, (_, at) => ({ id: `r${at}` })),
    },
  });

  /** A client whose first list of requisitions is held back. */
  async function heldBack(cacheName: string | undefined) {
    const held = Promise.withResolvers<void>();
    const sent = Promise.withResolvers<void>();
    const service = await startService(({ method, path }, nth) => {
      if (path.startsWith("/token/")) return undefined;
      if (method === "DELETE") return { body: { summary: "Requisition deleted" } };
      if (path !== "/requisitions/") return list(0);
      if (nth > 1) return list(1);
      return (_, response) => {
        sent.resolve();
        void held.promise.then(() => response.end(JSON.stringify(list(2).body)));
      };
    });
    const client = new GoCardlessClient({
      secretId: "id",
      secretKey: "key",
      baseUrl: service.baseUrl,
      cacheOptions: cacheName === undefined ? { backend: "memory" } : { cacheName },
    });
    return { client, service, sent: sent.promise, release: () => held.resolve() };
  }

  const before = (store: string) =>
    store === "memory" ? undefined : join(mkdtempSync(join(tmpdir(), "bankdata-")), "cache.sqlite");

  it.each([
    ["deleteRequisition", "memory", (c: GoCardlessClient) => c.deleteRequisition("r1")],
    ["deleteRequisition", "a file", (c: GoCardlessClient) => c.deleteRequisition("r1")],
    ["cache.clear()", "memory", (c: GoCardlessClient) => c.cache?.clear()],
    ["cache.clear()", "a file", (c: GoCardlessClient) => c.cache?.clear()],
    ["cache.delete()", "memory", (c: GoCardlessClient) => c.cache?.delete({ match: "/requisitions/*" })],
  ] as const)(
    "after %s it is returned, but neither kept in %s nor shared with later calls",
    async (_, store, invalidate) => {
      const file = before(store);
      const { client, service, sent, release } = await heldBack(file);
      await using _service = service;
      await using _client = client;
      const early = client.getRequisitions({ expireAfter: 3600 });
      await sent;
      await invalidate(client);
      const late = client.getRequisitions({ expireAfter: 3600 });
      release();
      expect(await late).toHaveLength(1);
      expect(await early).toHaveLength(2);
      expect(await client.getRequisitions()).toHaveLength(1);
      expect(service.asked().filter((line) => line === "GET /requisitions/")).toHaveLength(2);
      if (file !== undefined) rmSync(dirname(file), { recursive: true });
    },
  );

  it("what a write does not concern is kept, although it was requested before", async () => {
    const { client, service, sent, release } = await heldBack(undefined);
    await using _service = service;
    const early = client.getRequisitions({ expireAfter: 3600 });
    await sent;
    await client.deleteAgreement("e");
    await client.cache?.delete({ match: "/accounts/*" });
    release();
    await early;
    expect(await client.getRequisitions()).toHaveLength(2);
  });
});
