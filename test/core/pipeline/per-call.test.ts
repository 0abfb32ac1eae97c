import { expect, it } from "vitest";
import {
  type ClientOptions,
  GoCardlessClient,
  NotCachedError,
  type ResponseInfo,
} from "../../../packages/core/src/index.ts";
import { TestClock } from "../../support/clock.ts";
import { type Reply, startService } from "../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const NOON = new Date("2026-11-23T12:00:00Z");

async function served(replyTo: (nth: number) => Reply, options: Partial<ClientOptions> = {}) {
  const clock = new TestClock(NOON.toISOString());
  const reported: ResponseInfo[] = [];
  const service = await startService((request, nth) =>
    request.path.startsWith("/token/") ? undefined : replyTo(nth),
  );
  const client = new GoCardlessClient({
    secretId: "the-secret-id",
    secretKey: "the-secret-key",
    baseUrl: service.baseUrl,
    cacheOptions: { backend: "memory", expireAfter: 3600 },
    retries: 0,
    now: clock.now,
    sleep: clock.sleep,
    onResponse: (info) => reported.push(info),
    ...options,
  });
  return { service, client, clock, reported };
}
const ok: Reply = { body: { balances: [] } };
const away: Reply = { status: 503, body: "" };

it("refresh sends a request despite a fresh response, stores the new one, and uses the old one on failure", async () => {
  const { service, client, clock, reported } = await served((nth) => (nth <= 2 ? ok : away));
  await using _ = service;
  await client.getAccountBalances(ID);
  clock.advance({ seconds: 600 });
  await client.getAccountBalances(ID, { refresh: true });
  expect(service.asked()).toHaveLength(2);
  await client.getAccountBalances(ID);
  expect(reported.at(-1)).toMatchObject({ fromCache: true, createdAt: new Date(NOON.getTime() + 600_000) });
  await client.getAccountBalances(ID, { refresh: true });
  expect(service.asked()).toHaveLength(3);
  expect(reported.at(-1)).toMatchObject({ fromCache: true, stale: true });
});

it("forceRefresh uses no cached response on failure", async () => {
  const { service, client } = await served((nth) => (nth === 1 ? ok : away));
  await using _ = service;
  await client.getAccountBalances(ID);
  await expect(client.getAccountBalances(ID, { forceRefresh: true })).rejects.toMatchObject({ status: 503 });
  expect(await client.getAccountBalances(ID)).toHaveProperty("balances");
});

it("onlyIfCached sends nothing, not even for a token: it returns a fresh response, or a stale one marked so, or throws", async () => {
  const { service, client, clock, reported } = await served(() => ok);
  await using _ = service;
  await expect(client.getAccountBalances(ID, { onlyIfCached: true })).rejects.toBeInstanceOf(NotCachedError);
  expect(service.received).toEqual([]);
  await client.getAccountBalances(ID);
  const received = service.received.length;
  await client.getAccountBalances(ID, { onlyIfCached: true });
  expect(reported.at(-1)).toMatchObject({ fromCache: true, stale: false });
  clock.advance({ hours: 2 });
  await client.getAccountBalances(ID, { onlyIfCached: true });
  expect(reported.at(-1)).toMatchObject({ fromCache: true, stale: true, createdAt: NOON });
  expect(service.received).toHaveLength(received);
});

it("onlyIfCached returns no expired response if staleness is not allowed, and none without a cache", async () => {
  const { service, client, clock } = await served(() => ok, {
    cacheOptions: { backend: "memory", expireAfter: 60, oldDataOnError: false },
  });
  await using _ = service;
  await client.getAccountBalances(ID);
  clock.advance({ seconds: 61 });
  await expect(client.getAccountBalances(ID, { onlyIfCached: true })).rejects.toBeInstanceOf(NotCachedError);
  const without = await served(() => ok, { cacheOptions: false });
  await using __ = without.service;
  await expect(without.client.getAccount(ID, { onlyIfCached: true })).rejects.toThrow(
    "holds no usable response",
  );
});

it("a call option stands in an object of its own, and is not sent to the service", async () => {
  const { service, client } = await served(() => ({
    body: { transactions: { booked: [], pending: [] } },
  }));
  await using _ = service;
  await client.getAccountTransactions(ID, { dateFrom: "2026-11-01" }, { refresh: true });
  await client.getAccountTransactions(ID, { dateFrom: "2026-11-01" }, { onlyIfCached: true });
  expect(service.asked()).toEqual([`GET /accounts/${ID}/transactions/?date_from=2026-11-01`]);
});

it("expireAfter of a call applies to the response of that call", async () => {
  const { service, client, clock } = await served(() => ok);
  await using _ = service;
  await client.getAccountBalances(ID, { expireAfter: 10 });
  clock.advance({ seconds: 10 });
  await client.getAccountBalances(ID, { expireAfter: "forever" });
  expect(service.asked()).toHaveLength(2);
  clock.advance({ days: 300 });
  await client.getAccountBalances(ID);
  expect(service.asked()).toHaveLength(2);
});

it("an expired response is revalidated by its ETag with cacheControl, and a 304 makes it fresh again", async () => {
  const headers = { etag: '"1"', "cache-control": "max-age=60" };
  const { service, client, clock, reported } = await served(
    (nth) => (nth === 1 ? { body: { balances: [] }, headers } : { status: 304, body: "", headers }),
    { cacheOptions: { backend: "memory", cacheControl: true } },
  );
  await using _ = service;
  await client.getAccountBalances(ID);
  clock.advance({ seconds: 61 });
  expect(await client.getAccountBalances(ID)).toMatchObject({ balances: [] });
  expect(service.received.at(-1)?.headers["if-none-match"]).toBe('"1"');
  expect(reported.at(-1)).toMatchObject({ status: 200, stale: false });
  await client.getAccountBalances(ID);
  expect(service.asked()).toHaveLength(2);
});
