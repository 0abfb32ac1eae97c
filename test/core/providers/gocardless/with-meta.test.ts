import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import {
  type Account,
  type AccountBalances,
  type AccountInfo,
  type CacheOptions,
  type Envelope,
  GoCardlessClient,
  type Institution,
  type ListWithUnreadable,
} from "../../../../packages/core/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { type Reply, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const START = new Date("2026-11-23T09:00:00Z");

async function served(
  replyTo: (path: string, nth: number) => Reply | undefined,
  cacheOptions: CacheOptions = {},
) {
  const clock = new TestClock();
  const service = await startService((request, nth) =>
    request.path.startsWith("/token/") ? undefined : replyTo(request.path, nth),
  );
  const client = new GoCardlessClient({
    secretId: "id",
    secretKey: "key",
    baseUrl: service.baseUrl,
    cacheOptions: { backend: "memory", ...cacheOptions },
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
  });
  return { service, client, clock };
}

describe("withMeta", () => {
  it("withMeta reports a response from the service with its limits and request id, and the next one as cached", async () => {
    const headers = { HTTP_X_RATELIMIT_LIMIT: "100", "x-request-id": "r-17" };
    const { service, client, clock } = await served(() => ({ body: { balances: [] }, headers }));
    await using _ = service;
    const first = await client.withMeta.getAccountBalances(ID);
    expect(first.value.balances).toEqual([]);
    expect(first.meta).toEqual({
      status: 200,
      fromCache: false,
      stale: false,
      staleReason: null,
      createdAt: START,
      expiresAt: new Date("2026-11-23T15:00:00Z"),
      rateLimits: { general: { limit: 100, remaining: null, resetAt: null }, account: null },
      requestId: "r-17",
    });
    expect(first.responses).toEqual([
      {
        operation: "getAccountBalances",
        dataKind: "balances",
        method: "GET",
        path: `/accounts/${ID}/balances/`,
        ...first.meta,
      },
    ]);

    clock.advance({ hours: 1 });
    const second = await client.withMeta.getAccountBalances(ID);
    expect(second.meta).toEqual({ ...first.meta, fromCache: true, rateLimits: null, requestId: null });
  });

  it("withMeta reports a fallback as stale, and leaves out the error responses before it", async () => {
    const { service, client, clock } = await served((_, nth) =>
      nth === 1 ? { body: { balances: [] } } : { status: 503, body: "" },
    );
    await using _ = service;
    await client.getAccountBalances(ID);
    clock.advance({ hours: 7 });
    const { meta, responses } = await client.withMeta.getAccountBalances(ID);
    expect(meta).toMatchObject({ stale: true, fromCache: true, createdAt: START, status: 200 });
    expect(responses).toHaveLength(1);
  });

  it("withMeta keeps concurrent calls apart, even if they share a request", async () => {
    const { service, client } = await served((path) => ({
      body: path.includes("balances") ? { balances: [] } : { account: {} },
    }));
    await using _ = service;
    const [one, two, three] = await Promise.all([
      client.withMeta.getAccountBalances(ID),
      client.withMeta.getAccountBalances(ID),
      client.withMeta.getAccountDetails(ID),
      client.getAccountBalances(ID),
    ]);
    expect([one, two, three].map(({ responses }) => responses.map(({ path }) => path))).toEqual([
      [`/accounts/${ID}/balances/`],
      [`/accounts/${ID}/balances/`],
      [`/accounts/${ID}/details/`],
    ]);
    expect(service.asked()).toHaveLength(2);
  });

  it("the metadata of several responses has the age of the oldest, and is stale if one of them is", async () => {
    const requisition = { id: "r", status: "LN", reference: "r", accounts: [ID] };
    const page = (results: unknown[]) => ({ body: { count: 1, next: null, previous: null, results } });
    const { service, client, clock } = await served((path, nth) => {
      if (path.startsWith("/requisitions/")) return page([requisition]);
      if (path.startsWith("/agreements/")) return page([]);
      return nth === 1 ? { body: { id: ID, status: "READY" } } : { status: 503, body: "" };
    });
    await using _ = service;
    await client.getAccount(ID);
    clock.advance({ hours: 2 });
    const { value, meta, responses } = await client.withMeta.getAllAccounts();
    expect(value).toHaveLength(1);
    expect(responses.map(({ path }) => path).sort()).toEqual([
      `/accounts/${ID}/`,
      "/agreements/enduser/",
      "/requisitions/",
    ]);
    expect(meta).toMatchObject({ stale: true, fromCache: false, createdAt: START });
  });

  it("withMeta reports only the responses of its own call, not those of calls that a callback makes", async () => {
    const requisition = { id: "r", status: "LN", reference: "r", accounts: [ID] };
    const page = (results: unknown[]) => ({ body: { count: 1, next: null, previous: null, results } });
    const { service, client } = await served((path) => {
      if (path.startsWith("/requisitions/")) return page([requisition]);
      if (path.startsWith("/agreements/")) return page([]);
      return { body: path.includes("details") ? { account: {} } : { id: ID, status: "READY" } };
    });
    await using _ = service;
    await client.getAccountDetails(ID);
    const others: Promise<unknown>[] = [];
    const onResponse = () => void others.push(client.getAccountDetails(ID, { onlyIfCached: true }));
    const { responses } = await client.withMeta.getAllAccounts({ onResponse });
    await Promise.all(others);
    expect(others).toHaveLength(3);
    expect(responses.map(({ path }) => path).sort()).toEqual([
      `/accounts/${ID}/`,
      "/agreements/enduser/",
      "/requisitions/",
    ]);
  });

  it("withMeta returns responses that a renewal in the background does not add to", async () => {
    const { service, client, clock } = await served(() => ({ body: { balances: [] } }), {
      staleWhileRevalidate: true,
    });
    await using _ = service;
    await client.getAccountBalances(ID);
    clock.advance({ hours: 7 });
    const { responses } = await client.withMeta.getAccountBalances(ID);
    await client.close();
    expect(service.asked()).toHaveLength(2);
    expect(responses.map(({ stale }) => stale)).toEqual([true]);
  });

  it("withMeta rejects as the call does", async () => {
    const { service, client } = await served(() => undefined);
    await using _ = service;
    await expect(client.withMeta.getAccount(ID)).rejects.toMatchObject({ name: "NotFoundError" });
  });

  it("withMeta has no methods that send no request, or that yield items one by one", async () => {
    const { service, client } = await served(() => undefined);
    await using _ = service;
    for (const name of [
      "token",
      "quota",
      "close",
      "checkCacheStatus",
      "lastRateLimits",
      "iterateRequisitions",
    ]) {
      expect(Reflect.get(client.withMeta, name)).toBeUndefined();
    }
  });

  it("withMeta has the types of the methods", () => {
    type Meta = GoCardlessClient["withMeta"];
    expectTypeOf<Meta["getAccountBalances"]>().returns.resolves.toEqualTypeOf<Envelope<AccountBalances>>();
    expectTypeOf<Meta["getAccountBalances"]>().parameters.toEqualTypeOf<
      Parameters<GoCardlessClient["getAccountBalances"]>
    >();
    expectTypeOf<Meta["getAllAccounts"]>().returns.resolves.toEqualTypeOf<
      Envelope<ListWithUnreadable<AccountInfo>>
    >();
    expectTypeOf<Meta["createBankLink"]>().returns.resolves.toEqualTypeOf<Envelope<string | null>>();
    expectTypeOf<Meta["getInstitution"]>().returns.resolves.toEqualTypeOf<Envelope<Institution>>();
    expectTypeOf<Meta>().not.toHaveProperty("token");
    expectTypeOf<Meta>().not.toHaveProperty("quota");
    expectTypeOf<Meta>().not.toHaveProperty("iterateRequisitions");
    const typed = (meta: Meta) => meta.get("/accounts/x/", {}, { schema: z.object({ id: z.string() }) });
    expectTypeOf(typed).returns.resolves.toEqualTypeOf<Envelope<{ id: string }>>();
    const untyped = (meta: Meta) => meta.get("/accounts/x/");
    expectTypeOf(untyped).returns.resolves.toEqualTypeOf<Envelope<unknown>>();
    expectTypeOf<Meta["getAccount"]>().returns.resolves.toEqualTypeOf<Envelope<Account>>();
  });
});
