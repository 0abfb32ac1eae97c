import { describe, expect, it } from "vitest";
import {
  type CallOptions,
  GoCardlessClient,
  goCardlessProvider,
  type ResponseInfo,
} from "../../../packages/core/src/index.ts";
import { TestClock } from "../../support/clock.ts";
import { type Reply, startService } from "../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** A client whose first response is cached, and expired. */
async function expired(later: Reply) {
  const clock = new TestClock("2026-11-23T09:00:00Z");
  const log = { info: [] as string[], warn: [] as string[] };
  const service = await startService(({ path }, nth) => {
    if (path.startsWith("/token/")) return undefined;
    return nth === 1 ? { body: { balances: [] } } : later;
  });
  const client = new GoCardlessClient({
    ...{ secretId: "id", secretKey: "key", baseUrl: service.baseUrl, now: clock.now, sleep: clock.sleep },
    ...{ cacheOptions: { backend: "memory", expireAfter: 60 }, retries: 0 },
    logger: {
      debug() {},
      info: (text) => log.info.push(text),
      warn: (text) => log.warn.push(text),
      error() {},
    },
  });
  await client.getAccountBalances(ID);
  clock.advance({ hours: 1 });
  const last = async (options: CallOptions = {}) => {
    const reported: ResponseInfo[] = [];
    await client.getAccountBalances(ID, { ...options, onResponse: (info) => reported.push(info) });
    return reported.at(-1);
  };
  return { service, client, clock, last, log };
}

const unavailable: Reply = { status: 503, body: "" };

describe("the reason of a stale response", () => {
  it("is the error that the service responded with", async () => {
    const { service, last } = await expired(unavailable);
    await using _ = service;
    expect(await last()).toMatchObject({ stale: true, staleReason: { name: "ApiError", status: 503 } });
  });

  it("is the spent limit if nothing was sent, which the log says too", async () => {
    const { service, client, clock, last, log } = await expired({ body: { balances: [] } });
    await using _ = service;
    for (let nth = 0; nth < 3; nth += 1) await client.getAccountBalances(ID, { refresh: true });
    clock.advance({ hours: 1 });
    const asked = service.asked().length;
    expect(await last({ refresh: true })).toMatchObject({
      stale: true,
      staleReason: { name: "RateLimitError", sent: false, resetAt: new Date("2026-11-24T09:00:00Z") },
    });
    await client.getAccountBalances(ID, { refresh: true });
    expect(service.asked()).toHaveLength(asked);
    expect(log.warn).toEqual([
      `GET /accounts/${ID}/balances/ was not sent (RateLimitError); using the cached response from 2026-11-23T10:00:00.000Z.`,
    ]);
  });

  it("is in the reading of a provider, and then not logged as a warning", async () => {
    const { service, client, log } = await expired(unavailable);
    await using _ = service;
    expect(await goCardlessProvider(client).balances(ID)).toMatchObject({
      stale: true,
      staleReason: { status: 503 },
    });
    expect(log.warn).toEqual([]);
    expect(log.info.join()).toContain("failed (ApiError); using the cached response");
  });

  it("is null for a fresh response, and for an expired one if none was requested", async () => {
    const { service, client, last } = await expired(unavailable);
    await using _ = service;
    expect(await last({ onlyIfCached: true })).toMatchObject({ stale: true, staleReason: null });
    const { meta } = await client.withMeta.getAccountBalances(ID, { onlyIfCached: true });
    expect(meta).toMatchObject({ stale: true, staleReason: null });
  });
});
