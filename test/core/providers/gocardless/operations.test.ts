import { describe, expect, it } from "vitest";
import { GoCardlessClient, type ResponseInfo } from "../../../../packages/core/src/index.ts";
import { accountDataOf } from "../../../../packages/core/src/pipeline/operation.ts";
import type { Method } from "../../../../packages/core/src/pipeline/path.ts";
import { operationAt, operations } from "../../../../packages/core/src/providers/gocardless/operations.ts";
import { TestClock } from "../../../support/clock.ts";
import { type Reply, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const DAY = 86_400;

function clientOf(baseUrl: string, clock = new TestClock(), onResponse?: (info: ResponseInfo) => void) {
  return new GoCardlessClient({
    secretId: "the-secret-id",
    secretKey: "the-secret-key",
    baseUrl,
    now: clock.now,
    sleep: clock.sleep,
    retries: 0,
    cacheOptions: { backend: "memory" },
    onResponse,
  });
}

const balances: Reply = { body: { balances: [] } };

describe("the table of operations", () => {
  it("each operation has a name of its own, and is found by its own path", () => {
    for (const [name, operation] of Object.entries(operations)) {
      expect(operation.name).toBe(name);
      const path = operation.path.replaceAll("{id}", "an-id");
      expect(operationAt(operation.method, path).operation).toBe(operation);
      expect(operationAt(operation.method, path.slice(0, -1)).operation).toBe(operation);
    }
  });

  it("three data kinds have a daily limit, and what rarely changes has a lifetime", () => {
    const listed = Object.values(operations);
    expect(
      listed.flatMap(({ dataKind, path }) => (dataKind === undefined ? [] : [[dataKind, path]])),
    ).toEqual([
      ["balances", "/accounts/{id}/balances/"],
      ["details", "/accounts/{id}/details/"],
      ["transactions", "/accounts/{id}/transactions/"],
    ]);
    expect(
      Object.fromEntries(listed.flatMap(({ name, lifetime }) => (lifetime ? [[name, lifetime]] : []))),
    ).toEqual({
      getInstitutions: DAY,
      getInstitution: DAY,
      getAccount: DAY / 24,
      getAccountBalances: DAY / 4,
      getAccountDetails: DAY,
      getAccountTransactions: DAY / 4,
    });
  });

  it.each<[Method, string, string, string, string | undefined]>([
    ["GET", `/accounts/${ID}/balances/`, "getAccountBalances", "accounts", ID],
    ["GET", `/accounts/${ID}/balances`, "getAccountBalances", "accounts", ID],
    ["GET", `/accounts/${ID}/%62alances/`, "getAccountBalances", "accounts", ID],
    ["GET", "/accounts/a%3Ab/details/", "getAccountDetails", "accounts", "a:b"],
    ["GET", `/accounts/${ID}/`, "getAccount", "accounts", undefined],
    ["GET", `/accounts/${ID}/balances/more/`, "GET /accounts/{id}/*", "accounts", undefined],
    ["POST", `/accounts/${ID}/balances/`, "POST /accounts/{id}/balances/", "accounts", ID],
    ["GET", "/accounts/a%0Ab/details/", "getAccountDetails", "accounts", "a%0Ab"],
    ["GET", "/token/new/", "GET /token/new/*", "newTokens", undefined],
    ["GET", "/accounts/", "GET /accounts/*", "accounts", undefined],
    ["GET", "/institutions/x/y/", "GET /institutions/{id}/*", "institutions", undefined],
    ["POST", "/institutions/", "POST /institutions/*", "writes", undefined],
    ["GET", "/agreements/enduser/a/b/c/", "GET /agreements/enduser/{id}/*", "reads", undefined],
    ["DELETE", "/elsewhere/", "DELETE /*", "writes", undefined],
    ["GET", "/accountsplus/", "GET /*", "reads", undefined],
    ["GET", "/", "GET /*", "reads", undefined],
  ])("%s %s is the operation %s", (method, path, name, bucket, account) => {
    const target = operationAt(method, path);
    expect([target.operation.name, target.operation.bucket]).toEqual([name, bucket]);
    expect(accountDataOf(target)?.accountId).toBe(account);
  });
});

describe("a call to any path", () => {
  it("a call to any path counts against the account's limit as its method does, however the path is spelled", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : balances,
    );
    const reported: ResponseInfo[] = [];
    const client = clientOf(service.baseUrl, new TestClock(), (info) => reported.push(info));
    for (const path of [
      `/accounts/${ID}/balances/`,
      `accounts/${ID}/balances`,
      `/accounts/${ID}/%62alances/`,
    ]) {
      await client.get(path, {}, { forceRefresh: true });
    }
    await client.getAccountBalances(ID, { forceRefresh: true });
    expect(reported.map(({ operation, dataKind }) => [operation, dataKind])).toEqual(
      Array.from({ length: 4 }, () => ["getAccountBalances", "balances"]),
    );
    expect((await client.quota(ID)).balances.remaining).toBe(0);
    await expect(client.get(`/accounts/${ID}/balances`, {}, { forceRefresh: true })).rejects.toMatchObject({
      name: "RateLimitError",
      sent: false,
      scope: "balances",
      method: "GET",
    });
  });

  it("one request is sent for one resource, however its path is spelled", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : balances,
    );
    const client = clientOf(service.baseUrl);
    await client.getAccountBalances(ID);
    await client.get(`/accounts/${ID}/%62alances/`);
    await client.get(`accounts/${ID}/balances`);
    expect(service.asked()).toEqual([`GET /accounts/${ID}/balances/`]);
  });

  it("a call to any path is cached as its method's response is, and found by it", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : balances,
    );
    const clock = new TestClock();
    const client = clientOf(service.baseUrl, clock);
    await client.get(`/accounts/${ID}/balances/`);
    clock.advance({ hours: 5 });
    await client.getAccountBalances(ID);
    expect(service.asked()).toHaveLength(1);
    clock.advance({ hours: 1 });
    await client.getAccountBalances(ID);
    expect(service.asked()).toHaveLength(2);
  });
});

describe("a range of transactions", () => {
  const startEmpty = () =>
    startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { transactions: { booked: [], pending: [] } } },
    );

  it("a range that ends today has the same cache key after midnight, with daysBack or with a date", async () => {
    await using service = await startEmpty();
    const clock = new TestClock("2026-11-23T22:00:00Z");
    const client = clientOf(service.baseUrl, clock);
    const read = async (dateTo: string) => {
      await client.getAccountTransactions(ID, { daysBack: 90, dateTo });
      await client.getAccountTransactions(ID, { dateFrom: "2026-08-01", dateTo });
    };
    await read("2026-11-23");
    clock.advance({ hours: 3 });
    await read("2026-11-24");
    expect(service.asked()).toEqual([
      `GET /accounts/${ID}/transactions/?date_from=2026-08-25&date_to=2026-11-23`,
      `GET /accounts/${ID}/transactions/?date_from=2026-08-01&date_to=2026-11-23`,
    ]);
  });

  it("a range has the same cache key if midnight passes before its response has arrived", async () => {
    const clock = new TestClock("2026-11-23T23:59:59Z");
    await using service = await startService(({ path }) => {
      if (path.startsWith("/token/")) return undefined;
      clock.advance({ seconds: 2 });
      return { body: { transactions: { booked: [], pending: [] } } };
    });
    const client = clientOf(service.baseUrl, clock);
    await client.getAccountTransactions(ID, { daysBack: 30, dateTo: "2026-11-23" });
    await client.getAccountTransactions(ID, { daysBack: 30, dateTo: "2026-11-24" });
    expect(service.asked()).toHaveLength(1);
  });

  it("daysBack has another cache key than a parameter days_back", async () => {
    await using service = await startEmpty();
    const client = clientOf(service.baseUrl);
    await client.get(`/accounts/${ID}/transactions/`, { days_back: 30 });
    await client.getAccountTransactions(ID, { daysBack: 30 });
    expect(service.asked()).toEqual([
      `GET /accounts/${ID}/transactions/?days_back=30`,
      `GET /accounts/${ID}/transactions/?date_from=2026-10-24`,
    ]);
  });

  it("a range that ended before today has a cache key of its own", async () => {
    await using service = await startEmpty();
    const clock = new TestClock("2026-11-23T22:00:00Z");
    const client = clientOf(service.baseUrl, clock);
    for (const dateTo of ["2026-11-22", "2026-11-21"]) {
      await client.getAccountTransactions(ID, { daysBack: 90, dateTo });
      await client.getAccountTransactions(ID, { dateFrom: "2026-08-01", dateTo });
    }
    expect(service.asked()).toHaveLength(4);
  });

  it("a range is found in the cache by the path and query that were sent, even if it ends today", async () => {
    await using service = await startEmpty();
    const clock = new TestClock();
    const client = clientOf(service.baseUrl, clock);
    const path = `/accounts/${ID}/transactions/`;
    await client.getAccountTransactions(ID, { dateFrom: "2026-08-01", dateTo: "2026-11-23" });
    const query = { date_from: "2026-08-01", date_to: "2026-11-23" };
    expect(await client.cache?.has(path, Object.entries(query))).toBe(true);
    expect(await client.checkCacheStatus("get", path, query)).toMatchObject({ keyExists: true });
    expect(await client.checkCacheStatus("GET", path, { date_from: "2026-08-01" })).toMatchObject({
      keyExists: false,
    });
  });
});

describe("a path without an operation", () => {
  it.each<[Method, string, string]>([
    ["GET", "/requisitions/abc/foo/", "Requisition abc"],
    ["PUT", "/requisitions/abc/", "Requisition abc"],
    ["GET", "/institutions/abc/foo/", "Institution abc"],
    ["POST", "/integrations/abc/x/", "Integration abc"],
    ["GET", "/accounts/abc/foo/", "Account abc"],
    ["GET", "/agreements/enduser/abc/foo/", "Agreement abc"],
    ["GET", "/elsewhere/abc/", "/elsewhere/abc/"],
  ])("the error of %s %s names it as %s", async (method, path, subject) => {
    await using service = await startService(() => undefined);
    const client = clientOf(service.baseUrl);
    const acts: Record<Method, () => Promise<unknown>> = {
      GET: () => client.get(path),
      POST: () => client.post(path),
      PUT: () => client.put(path),
      DELETE: () => client.delete(path),
    };
    await expect(acts[method]()).rejects.toThrow(`${subject} does not exist (404)`);
  });
});

describe("a write", () => {
  const R = "/requisitions/";
  const E = "/agreements/enduser/";

  it.each<[string, (client: GoCardlessClient) => Promise<unknown>, string[]]>([
    ["createAgreement", (client) => client.createAgreement({ institution_id: "X" }), [E]],
    [
      "acceptAgreement",
      (client) => client.acceptAgreement("e-1", "x", "127.0.0.1"),
      [E, `${E}e-1/`, `${E}e-1/reconfirm/`],
    ],
    ["deleteAgreement", (client) => client.deleteAgreement("e-1"), [E, `${E}e-1/`, `${E}e-1/reconfirm/`]],
    [
      "reconfirmAgreement",
      (client) => client.reconfirmAgreement("e-1"),
      [E, `${E}e-1/`, `${E}e-1/reconfirm/`],
    ],
    [
      "createRequisition",
      (client) => client.createRequisition({ institution_id: "X", redirect: "http://localhost/" }),
      [R, E],
    ],
    [
      "deleteRequisition",
      (client) => client.deleteRequisition("r-1"),
      [R, `${R}r-1/`, E, `${E}e-1/`, `${E}e-1/reconfirm/`, "/accounts/a-1/", "/accounts/a-1/balances/"],
    ],
    ["post elsewhere", (client) => client.post("/elsewhere/"), []],
  ])("%s invalidates what it changes, and nothing else", async (_, act, invalidated) => {
    const everywhere = {
      id: "e-1",
      url: "http://localhost/",
      reconfirmation_url: "http://localhost/",
      status: "LN",
      agreement: "e-1",
      accounts: ["a-1"],
      results: [],
      balances: [],
      next: null,
    };
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: everywhere },
    );
    const client = clientOf(service.baseUrl);
    const kept = [R, E].flatMap((list) => [list, `${list}e-1/`, `${list}e-2/`, `${list}r-1/`]);
    const paths = [
      ...kept,
      `${E}e-1/reconfirm/`,
      "/accounts/a-1/",
      "/accounts/a-1/balances/",
      "/accounts/a-2/",
      "/institutions/",
    ];
    for (const path of paths) await client.get(path, {}, { expireAfter: "forever" });
    await act(client);
    const missing = await Promise.all(
      paths.map(async (path) => ((await client.cache?.has(path)) ? [] : [path])),
    );
    expect(new Set(missing.flat())).toEqual(new Set(invalidated));
  });

  it("a write invalidates the resource even if its id is spelled differently in a path", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { id: "a:b" } },
    );
    const client = clientOf(service.baseUrl);
    await client.getAgreement("a:b", { expireAfter: "forever" });
    await client.acceptAgreement("a:b", "Mozilla/5.0", "127.0.0.1");
    await client.getAgreement("a:b");
    expect(service.asked()).toEqual([
      "GET /agreements/enduser/a%3Ab/",
      "PUT /agreements/enduser/a%3Ab/accept/",
      "GET /agreements/enduser/a%3Ab/",
    ]);
  });

  it("a write to a path without an operation still invalidates its resource", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { id: "e-1", results: [], next: null } },
    );
    const client = clientOf(service.baseUrl);
    const read = () => client.getAgreement("e-1", { expireAfter: "forever" });
    await read();
    await read();
    await client.post("/agreements/enduser/e-1/extend/", {});
    await read();
    expect(service.asked()).toEqual([
      "GET /agreements/enduser/e-1/",
      "POST /agreements/enduser/e-1/extend/",
      "GET /agreements/enduser/e-1/",
    ]);
  });
});
