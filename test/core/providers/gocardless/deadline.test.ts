import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import {
  AccessDeniedError,
  AccountNotReadyError,
  ApiError,
  type ClientOptions,
  GoCardlessClient,
  TimeoutError,
} from "../../../../packages/core/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { failureOf } from "../../../support/failure.ts";
import { type Received, type Reply, type Service, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** A client without a cache, on a clock that only its own waits and the test advance. */
function clientOf(
  { baseUrl }: Pick<Service, "baseUrl">,
  clock = new TestClock(),
  options: Partial<ClientOptions> = {},
): GoCardlessClient {
  return new GoCardlessClient({
    secretId: "the-secret-id",
    secretKey: "the-secret-key",
    baseUrl,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    cacheOptions: false,
    ...options,
  });
}

/** Replies with a body after a delay in milliseconds. */
const late =
  (milliseconds: number, body: (request: Received) => unknown) =>
  (request: Received): Reply | undefined =>
    request.path.startsWith("/token/")
      ? undefined
      : (_, response) => {
          setTimeout(() => {
            response.writeHead(200, { "content-type": "application/json" });
            response.end(JSON.stringify(body(request)));
          }, milliseconds);
        };

const never: Reply = () => {};

const requisitions = [{ id: "r-1", status: "LN", accounts: [ID], reference: "mine" }];

/** A list of the service, each page of which links to the next. */
function pagesOf(baseUrl: () => string, path: string, pages: number, results: unknown[] = []) {
  return (request: Received) => {
    const offset = Number(new URL(request.path, "http://x").searchParams.get("offset") ?? 0);
    const next = offset + 1 < pages ? `${baseUrl()}${path}?limit=1&offset=${offset + 1}` : null;
    return { count: pages, next, previous: null, results };
  };
}

describe("a call has one deadline, however many requests it makes", () => {
  it.each<[string, (client: GoCardlessClient) => Promise<unknown>, string]>([
    [
      "getAllAccounts",
      (client) => client.getAllAccounts({ timeout: 400 }),
      "getAllAccounts, at GET /requisitions/",
    ],
    [
      "getRequisitions",
      (client) => client.getRequisitions({ timeout: 400 }),
      "getRequisitions, at GET /requisitions/",
    ],
    [
      "findRequisitionByReference",
      (client) => client.findRequisitionByReference("none", { timeout: 400 }),
      "findRequisitionByReference, at GET /requisitions/",
    ],
    [
      "createBankLink",
      (client) => client.createBankLink("none", "BANK", "http://localhost", {}, { timeout: 400 }),
      "createBankLink, at GET /requisitions/",
    ],
    [
      "iterateRequisitions",
      async (client) => {
        for await (const _ of client.iterateRequisitions({ timeout: 400 })) expect(_).toBeDefined();
      },
      "iterateRequisitions, at GET /requisitions/",
    ],
  ])(
    "%s ends within its timeout, although each of its six pages would arrive in time",
    async (_, act, named) => {
      let baseUrl = "";
      await using service = await startService(
        late(
          150,
          pagesOf(() => baseUrl, "/requisitions/", 6),
        ),
      );
      baseUrl = service.baseUrl;
      const error = await failureOf(act(clientOf(service)));
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error.message).toBe(`${named} took longer than 400 ms.`);
      expect(service.asked().filter((one) => one.includes("/requisitions/")).length).toBeLessThan(4);
    },
  );

  it("getAccountTransactions ends within its timeout, over all its pages", async () => {
    let baseUrl = "";
    const path = `/accounts/${ID}/transactions/`;
    await using service = await startService(
      late(150, (request) => {
        const { next } = pagesOf(() => baseUrl, path, 6)(request);
        return { transactions: { booked: [], pending: [] }, next };
      }),
    );
    baseUrl = service.baseUrl;
    const error = await failureOf(clientOf(service).getAccountTransactions(ID, {}, { timeout: 400 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toBe(`GET ${path} took longer than 400 ms.`);
  });

  it("getAllAccounts rejects instead of returning accounts without data as if they had failed", async () => {
    await using service = await startService(({ path }) => {
      if (path.startsWith("/requisitions/")) return { body: { next: null, results: requisitions } };
      if (path.startsWith("/agreements/")) return { body: { next: null, results: [] } };
      return path.startsWith("/accounts/") ? never : undefined;
    });
    const error = await failureOf(clientOf(service).getAllAccounts({ timeout: 200 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toBe(`getAllAccounts, at GET /accounts/${ID}/ took longer than 200 ms.`);
  });

  it("the error names the request that has been in flight longest", async () => {
    await using service = await startService(({ path }) => {
      if (path.startsWith("/agreements/")) return { body: { next: null, results: [] } };
      return path.startsWith("/requisitions/") ? never : undefined;
    });
    const error = await failureOf(clientOf(service).getAllAccounts({ timeout: 200 }));
    expect(error.message).toBe("getAllAccounts, at GET /requisitions/ took longer than 200 ms.");
  });

  it("a token that arrived too late costs none of the account's calls", async () => {
    await using service = await startService((request) =>
      request.path === "/token/new/"
        ? late(150, () => ({ access: "a-1", access_expires: 900, refresh: "r-1", refresh_expires: 900 }))({
            ...request,
            path: "",
          })
        : undefined,
    );
    const client = clientOf(service);
    expect(await failureOf(client.getAccountBalances(ID, { timeout: 50 }))).toBeInstanceOf(TimeoutError);
    await client.token();
    await client.close();
    expect((await client.quota(ID)).balances.remaining).toBe(4);
    expect(service.asked()).toEqual([]);
  });

  it("an account that fails by itself is still in the list, with its error", async () => {
    await using service = await startService(({ path }) => {
      if (path.startsWith("/requisitions/")) return { body: { next: null, results: requisitions } };
      if (path.startsWith("/agreements/")) return { body: { next: null, results: [] } };
      return path.startsWith("/accounts/")
        ? { status: 409, body: { id: ID, status: "PROCESSING" } }
        : undefined;
    });
    const [account] = await clientOf(service).getAllAccounts({ timeout: 10_000 });
    expect(account?.error).toBeInstanceOf(AccountNotReadyError);
  });

  it("a wait for Retry-After leaves less time for all requests that follow", async () => {
    let baseUrl = "";
    const page = pagesOf(() => baseUrl, "/requisitions/", 2);
    await using service = await startService((request, nth) => {
      if (request.path.startsWith("/token/")) return undefined;
      return nth === 1
        ? { status: 503, headers: { "retry-after": "30" }, body: {} }
        : { body: page(request) };
    });
    baseUrl = service.baseUrl;
    const clock = new TestClock();
    const error = await failureOf(clientOf(service, clock).getRequisitions({ timeout: 45_000 }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error.status).toBe(503);
    expect(clock.slept).toEqual([30_000]);
  });

  it("past the deadline, cached responses still serve the remaining requests", async () => {
    let baseUrl = "";
    let hangs = false;
    const page = pagesOf(() => baseUrl, "/requisitions/", 3, requisitions);
    await using service = await startService((request) => {
      if (request.path.startsWith("/token/")) return undefined;
      if (hangs) return never;
      if (request.path.startsWith("/requisitions/")) return { body: page(request) };
      if (request.path.startsWith("/agreements/")) return { body: { next: null, results: [] } };
      return { body: { id: ID, status: "READY" } };
    });
    baseUrl = service.baseUrl;
    const clock = new TestClock();
    const client = clientOf(service, clock, { cacheOptions: { backend: "memory" } });
    await client.getAllAccounts();
    clock.advance({ hours: 2 });
    hangs = true;
    const { value, meta } = await client.withMeta.getAllAccounts({ timeout: 100 });
    expect(value.map(({ id, status, error }) => ({ id, status, error }))).toEqual([
      { id: ID, status: "READY", error: undefined },
    ]);
    expect(meta.stale).toBe(true);
    expect(await client.getRequisitions({ timeout: 100 })).toHaveLength(3);
    expect(await failureOf(client.getRequisitions({ timeout: 100, forceRefresh: true }))).toBeInstanceOf(
      TimeoutError,
    );
  });

  it("a call of several requests leaves none in flight if one of them fails", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    await using service = await startService(({ path }) => {
      if (path.startsWith("/requisitions/")) {
        return (_, response) => {
          void arrived.then(() => {
            response.writeHead(403, { "content-type": "application/json" });
            response.end("{}");
          });
        };
      }
      if (!path.startsWith("/agreements/")) return undefined;
      return (_, response) => {
        response.once("close", resolve);
        arrive();
      };
    });
    const error = await failureOf(clientOf(service).getAllAccounts());
    expect(error).toBeInstanceOf(AccessDeniedError);
    await closed;
  });

  it("the deadline of a call does not abort the renewal of a token, which serves every call", async () => {
    await using service = await startService((request) =>
      request.path === "/token/new/"
        ? late(150, () => ({ access: "a-1", access_expires: 900, refresh: "r-1", refresh_expires: 900 }))({
            ...request,
            path: "",
          })
        : { body: { id: ID, status: "READY" } },
    );
    const client = clientOf(service, new TestClock(), { timeout: 50 });
    expect(await client.getAccount(ID, { timeout: 10_000 })).toMatchObject({ status: "READY" });
  });

  it("the caller's signal aborts whichever request is in flight", async () => {
    const controller = new AbortController();
    await using service = await startService(({ path }) => {
      if (path.startsWith("/requisitions/")) return { body: { next: null, results: [] } };
      return path.startsWith("/agreements/") ? () => controller.abort(new Error("enough")) : undefined;
    });
    const { signal } = controller;
    const fields = { max_historical_days: 90 };
    const result = clientOf(service).createBankLink("new", "BANK", "http://localhost", fields, { signal });
    await expect(result).rejects.toThrow("enough");
    expect(service.asked()).toEqual(["GET /requisitions/", "POST /agreements/enduser/"]);
  });
});

describe("the timeout of a call that yields items one by one", () => {
  it("the timeout of an iteration is paused while its caller handles an item", async () => {
    let baseUrl = "";
    const page = pagesOf(() => baseUrl, "/requisitions/", 2, requisitions);
    await using service = await startService((request, nth) => {
      if (request.path.startsWith("/token/")) return undefined;
      if (request.path.startsWith("/accounts/")) return never;
      const isSecondPage = request.path.includes("offset=1");
      return isSecondPage && nth === 1
        ? { status: 503, headers: { "retry-after": "30" }, body: {} }
        : { body: page(request) };
    });
    baseUrl = service.baseUrl;
    const clock = new TestClock();
    const client = clientOf(service, clock);
    const seen: string[] = [];
    for await (const { id } of client.iterateRequisitions({ timeout: 45_000 })) {
      seen.push(id);
      clock.advance({ seconds: 40 });
    }
    expect(seen).toEqual(["r-1", "r-1"]);
    expect(clock.slept).toEqual([30_000]);
    const quick = client.iterateRequisitions({ timeout: 100 });
    expect((await quick.next()).value).toMatchObject({ id: "r-1" });
    // By the real clock too, this takes longer than the timeout of the iteration.
    expect(await failureOf(client.getAccount(ID, { timeout: 200 }))).toBeInstanceOf(TimeoutError);
    expect((await quick.next()).value).toMatchObject({ id: "r-1" });
    expect((await quick.next()).done).toBe(true);
  });
});

it("an unfinished iteration leaves no listener on the client's signal", async () => {
  await using service = await startService(({ path }) =>
    path.startsWith("/token/") ? undefined : { body: { next: null, results: requisitions } },
  );
  const { signal } = new AbortController();
  const client = clientOf(service, new TestClock(), { signal });
  await client.iterateRequisitions().next();
  await client.getAccount(ID).catch(() => {});
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

describe("callers of the same request at once", () => {
  it.each([
    [20_000, 60_000],
    [60_000, 20_000],
  ])("callers share the longest of their timeouts (%i and %i ms)", async (first, second) => {
    await using service = await startService(({ path }, nth) => {
      if (path.startsWith("/token/")) return undefined;
      return nth === 1
        ? { status: 503, headers: { "retry-after": "30" }, body: {} }
        : { body: { id: ID, status: "READY" } };
    });
    const clock = new TestClock();
    const client = clientOf(service, clock);
    const both = await Promise.all([
      client.getAccount(ID, { timeout: first }),
      client.getAccount(ID, { timeout: second }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["READY", "READY"]);
    expect(both[0]).not.toBe(both[1]);
    expect(clock.slept).toEqual([30_000]);
    expect(service.asked()).toHaveLength(2);
  });
});
