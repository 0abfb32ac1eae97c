import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  ApiError,
  AuthenticationError,
  type ClientOptions,
  GoCardlessClient,
  InstitutionError,
  InvalidResponseError,
  MAX_LIST_PAGES,
  NotFoundError,
  RateLimitError,
  type ResponseInfo,
} from "../../../../packages/core/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { mapAdapter } from "../../../support/map-adapter.ts";
import { type Received, type Reply, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const folder = mkdtempSync(join(tmpdir(), "bankdata-untrusted-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const backends: [string, () => ClientOptions["cacheOptions"]][] = [
  ["memory", () => ({ backend: "memory" })],
  ["a file", () => ({ cacheName: join(folder, `${randomUUID()}.sqlite`) })],
  ["a Keyv adapter", () => ({ backend: mapAdapter() })],
];

/** A client of a service that replies as a test says, with the warnings and responses that the client reports. */
async function served(
  replyTo: (request: Received, nth: number, baseUrl: string) => Reply | undefined,
  options: Partial<ClientOptions> = {},
) {
  const clock = new TestClock();
  const warnings: string[] = [];
  const reported: ResponseInfo[] = [];
  let baseUrl = "";
  const service = await startService((request, nth) => replyTo(request, nth, baseUrl));
  baseUrl = service.baseUrl;
  const start = (more: Partial<ClientOptions> = {}) =>
    new GoCardlessClient({
      secretId: "id",
      secretKey: "key",
      baseUrl,
      cacheOptions: { backend: "memory" },
      now: clock.now,
      sleep: clock.sleep,
      logger: { debug() {}, info() {}, warn: (line) => warnings.push(line), error() {} },
      onResponse: (info) => reported.push(info),
      ...options,
      ...more,
    });
  return { service, clock, warnings, reported, start, client: start() };
}

const failureOf = async (call: Promise<unknown>): Promise<unknown> =>
  await call.then(
    () => "no failure",
    (error: unknown) => error,
  );

/** Every method that reads a response, any of which may come without data. */
const METHODS: [string, (client: GoCardlessClient) => Promise<unknown>][] = [
  ["getInstitutions", (client) => client.getInstitutions("GL")],
  ["getInstitution", (client) => client.getInstitution("BANK")],
  ["getIntegrations", (client) => client.getIntegrations()],
  ["getAgreements", (client) => client.getAgreements()],
  ["getAgreementsPaginated", (client) => client.getAgreementsPaginated()],
  ["getAgreement", (client) => client.getAgreement(ID)],
  ["getRequisitions", (client) => client.getRequisitions()],
  ["getRequisition", (client) => client.getRequisition(ID)],
  ["findRequisitionByReference", (client) => client.findRequisitionByReference("mine")],
  ["createBankLink", (client) => client.createBankLink("mine", "BANK")],
  ["getAccount", (client) => client.getAccount(ID)],
  ["getAccountBalances", (client) => client.getAccountBalances(ID)],
  ["getAccountDetails", (client) => client.getAccountDetails(ID)],
  ["getAccountTransactions", (client) => client.getAccountTransactions(ID)],
  ["getAllAccounts", (client) => client.getAllAccounts()],
  ["acceptAgreement", (client) => client.acceptAgreement(ID, "Firefox", "::1")],
  ["createAgreement", (client) => client.createAgreement({ institution_id: "B" })],
  ["createRequisition", (client) => client.createRequisition({ institution_id: "B", redirect: null })],
];

const NO_DATA = [
  "{}",
  "null",
  "",
  '""',
  '"null"',
  "5",
  "false",
  '{"summary":"Maintenance","detail":"Back soon"}',
  '{"transactions":{}}',
  '{"transactions":{"booked":null,"pending":null}}',
  '{"results":null,"balances":null,"account":null}',
  "<html><title>Maintenance</title></html>",
];

describe("a response without data", () => {
  it.each(METHODS)("a response without data makes %s reject, and is not cached", async (_, call) => {
    let body = "";
    const { service, client } = await served(
      (request) =>
        request.path.startsWith("/token/") ? undefined : (_request, response) => response.end(body),
      { quota: false },
    );
    await using _service = service;
    for (body of NO_DATA) {
      expect(await failureOf(call(client)), body).toBeInstanceOf(InvalidResponseError);
    }
    expect(await client.cache?.count()).toBe(0);
    const created = service.asked().filter((one) => one.startsWith("POST"));
    if (!/^create(Agreement|Requisition)$/.test(_)) expect(created).toEqual([]);
  });

  it.each<[number, new (...given: never[]) => Error]>([
    [401, AuthenticationError],
    [404, NotFoundError],
    [429, RateLimitError],
    [500, ApiError],
  ])("a success with status_code %i is the error of that status", async (status_code, kind) => {
    const body = { summary: "Rate limit exceeded", detail: "in 17 words", status_code };
    const { service, client, reported } = await served(
      (request) => (request.path.startsWith("/token/") ? undefined : { body }),
      { retries: 0 },
    );
    await using _ = service;
    for (const call of [
      () => client.getAccountBalances(ID),
      () => client.getRequisitions(),
      () => client.get(`/accounts/${ID}/details/`),
      () => client.deleteRequisition(ID),
      () => client.createBankLink("mine", "BANK"),
    ]) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({ status: status_code, summary: "Rate limit exceeded" });
    }
    expect(reported.map(({ status }) => status)).toEqual(new Array(5).fill(status_code));
    expect(await client.cache?.count()).toBe(0);
    expect(service.asked().filter((one) => one.startsWith("POST"))).toEqual([]);
  });

  it("a success that names a failure of the bank counts for the account, and an expired response is used", async () => {
    const good = { balances: [{ balanceAmount: { amount: "1.10", currency: "EUR" } }] };
    const bad = { summary: "x", detail: "y", type: "UnknownRequestError", status_code: "500" };
    const { service, client, clock, reported } = await served((request, nth) =>
      request.path.startsWith("/token/") ? undefined : { body: nth === 1 ? good : bad },
    );
    await using _ = service;
    await client.getAccountBalances(ID);
    clock.advance({ days: 1 });
    expect((await client.getAccountBalances(ID)).balances[0]?.balanceAmount.amount).toBe("1.10");
    expect(reported.at(-1)).toMatchObject({ stale: true, status: 200 });
    expect(await failureOf(client.getAccountBalances(ID, { forceRefresh: true }))).toBeInstanceOf(
      InstitutionError,
    );
  });

  it("data with a status_code in a text or deeper inside stays data", async () => {
    const balance = {
      balanceAmount: { amount: "1", currency: "EUR" },
      balanceType: '"status_code":500',
      status_code: 500,
    };
    const { service, client } = await served((request) =>
      request.path.startsWith("/token/") ? undefined : { body: { balances: [balance], status_code: 200 } },
    );
    await using _ = service;
    const { status_code: _status, ...view } = balance;
    expect((await client.getAccountBalances(ID)).balances).toEqual([{ ...view, raw: balance }]);
  });

  it.each([206, 304])("an unrequested response with status %i is an InvalidResponseError", async (status) => {
    const { service, client } = await served((request) =>
      request.path.startsWith("/token/")
        ? undefined
        : (_request, response) => {
            response.writeHead(status);
            response.end(status === 304 ? undefined : '{"balances":[]}');
          },
    );
    await using _ = service;
    for (const call of [() => client.getAccountBalances(ID), () => client.get("/anything/")]) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(InvalidResponseError);
      expect(error).toMatchObject({ status });
    }
    expect(await client.cache?.count()).toBe(0);
  });

  it("a response without data to an untyped call is returned, but not cached", async () => {
    const { service, client } = await served((request) =>
      request.path.startsWith("/token/") ? undefined : { body: { summary: "Maintenance" } },
    );
    await using _ = service;
    expect(await client.get(`/accounts/${ID}/details/`)).toEqual({ summary: "Maintenance" });
    expect(await client.cache?.count()).toBe(0);
  });
});

describe("a cached response that cannot be read", () => {
  const details = { account: { currency: "EUR" } };
  const path = `/accounts/${ID}/details/`;

  it.each(backends)("an unreadable cached response is requested again: in %s", async (_, cacheOptions) => {
    const { service, client, start, warnings } = await served(
      (request, nth) =>
        request.path.startsWith("/token/") ? undefined : { body: nth === 1 ? { odd: "shape" } : details },
      { cacheOptions: cacheOptions() },
    );
    await using _service = service;
    expect(await client.get(path)).toEqual({ odd: "shape" });
    expect(await client.cache?.count()).toBe(1);
    await using other = start();
    const [one, two] = await Promise.all([client.getAccountDetails(ID), client.getAccountDetails(ID)]);
    expect([one, two, await other.getAccountDetails(ID)]).toEqual([details, details, details]);
    expect(service.asked()).toHaveLength(_ === "memory" ? 3 : 2);
    expect(warnings.filter((line) => line.includes("cannot be read")).length).toBeGreaterThan(0);
    await client.close();
  });

  it.each(backends)(
    "an unreadable cached response is dropped even if the service fails next, and is not used as a fallback: in %s",
    async (_, cacheOptions) => {
      const { service, client } = await served(
        (request, nth) => {
          if (request.path.startsWith("/token/")) return undefined;
          return nth === 1 ? { body: { odd: "shape" } } : { status: 503, body: "" };
        },
        { cacheOptions: cacheOptions(), retries: 0 },
      );
      await using _service = service;
      await client.get(path);
      expect(await failureOf(client.getAccountDetails(ID))).toMatchObject({ status: 503 });
      expect(await client.checkCacheStatus("GET", path)).toMatchObject({ keyExists: false });
      await client.close();
    },
  );

  it("an unreadable cached response is not confirmed by a 304", async () => {
    const { service, client } = await served(
      (request, nth) => {
        if (request.path.startsWith("/token/")) return undefined;
        if (request.headers["if-none-match"] !== undefined) return { status: 304 };
        const headers = { etag: '"1"', "cache-control": "max-age=0" };
        return { body: nth === 1 ? { odd: "shape" } : details, headers };
      },
      { cacheOptions: { backend: "memory", cacheControl: true } },
    );
    await using _ = service;
    await client.get(path);
    expect(await client.getAccountDetails(ID)).toEqual(details);
  });
});

describe("the pages of a list", () => {
  const entry = { transactionAmount: { amount: "1.00", currency: "EUR" } };
  const bodyOf = (path: string, next: unknown) =>
    path.startsWith("/accounts/")
      ? { transactions: { booked: [entry] }, next }
      : { count: 1, results: [{ id: "x", reference: "other" }], previous: null, next };

  const LISTS: [string, (client: GoCardlessClient) => Promise<unknown>, string][] = [
    ["getRequisitions", (client) => client.getRequisitions(), "/requisitions/"],
    ["getAgreements", (client) => client.getAgreements(), "/agreements/enduser/"],
    [
      "getAccountTransactions",
      (client) => client.getAccountTransactions(ID),
      `/accounts/${ID}/transactions/`,
    ],
    ["findRequisitionByReference", (client) => client.findRequisitionByReference("r"), "/requisitions/"],
    [
      "iterateRequisitions",
      async (client) => {
        for await (const _ of client.iterateRequisitions());
      },
      "/requisitions/",
    ],
    [
      "iterateAgreements",
      async (client) => {
        for await (const _ of client.iterateAgreements());
      },
      "/agreements/enduser/",
    ],
  ];

  /** What `next` is on every page of a list at an address. */
  const LOOPS: [string, (at: string, path: string, nth: number) => unknown][] = [
    ["the same address", (at) => `${at}?limit=5&offset=5`],
    [
      "its own address",
      (at, path) => at + (path.split("?")[1] === undefined ? "" : `?${path.split("?")[1]}`),
    ],
    [
      "an address whose query changes its order",
      (at, path) => `${at}${path.includes("a=1&b") ? "?b=2&a=1" : "?a=1&b=2"}`,
    ],
    [
      "an address spelt in capitals",
      (at, path) => `${at.replace("http://", "HTTP://")}${path.includes("a=1") ? "?a=1#again" : "?a=1"}`,
    ],
    [
      "the first page without its slash",
      (at, path) => `${at.slice(0, -1)}${path.includes("?") ? `?${path.split("?")[1]}` : ""}`,
    ],
    ["a number", () => 5],
    ["an object", () => ({})],
    ["false", () => false],
    ["a list", () => []],
    ["an invalid URL", () => "http://"],
    [
      "another account",
      (at) =>
        at
          .replace(ID, "00000000-0000-40bc-b784-660c7ab5fe78")
          .replace("requisitions", "agreements/enduser")
          .replace("agreements/enduser/agreements", "x"),
    ],
    ['an address with ".." segments', (at) => `${at}..%2f..%2faccounts/`],
  ];

  it.each(
    LISTS.flatMap(([name, call, path]) =>
      LOOPS.map(([what, next]) => [name, what, call, path, next] as const),
    ),
  )("%s rejects after at most two requests if next is %s", async (name, what, call, path, next) => {
    if (what === "another account" && path.startsWith("/agreements/")) return;
    const { service, client } = await served(
      (request, nth, baseUrl) =>
        request.path.startsWith("/token/")
          ? undefined
          : { body: bodyOf(request.path, next(`${baseUrl}${path}`, request.path, nth)) },
      { cacheOptions: false },
    );
    await using _ = service;
    const error = await failureOf(call(client));
    expect(error, name).toBeInstanceOf(InvalidResponseError);
    expect(String(error)).not.toMatch(/fewer days|base URL/);
    expect(service.asked().length).toBeLessThanOrEqual(2);
  });

  it.each(LISTS)("%s ends at an absent, null or empty next", async (_, call) => {
    for (const next of [undefined, null, ""]) {
      const { service, client } = await served((request) =>
        request.path.startsWith("/token/") ? undefined : { body: bodyOf(request.path, next) },
      );
      await using _service = service;
      expect(await failureOf(call(client))).toBe("no failure");
      expect(service.asked()).toHaveLength(1);
    }
  });

  it.each(LISTS)("%s rejects pages that never end", async (_, call, path) => {
    const { service, client } = await served(
      (request, _nth, baseUrl) => {
        if (request.path.startsWith("/token/")) return undefined;
        const at = Number(/offset=(\d+)/.exec(request.path)?.[1] ?? 0);
        return { body: bodyOf(request.path, `${baseUrl}${path}?offset=${at + 1}`) };
      },
      { cacheOptions: false },
    );
    await using _service = service;
    const error = await failureOf(call(client));
    expect(error).toBeInstanceOf(InvalidResponseError);
    const most = path.startsWith("/accounts/") ? GoCardlessClient.MAX_PAGINATION_PAGES : MAX_LIST_PAGES;
    expect(String(error)).toContain(`${most} pages`);
    expect(service.asked()).toHaveLength(most);
  });

  it("pages may have more unreadable entries than fit on the stack", async () => {
    const odd = new Array(140_000).fill(0);
    const { service, client } = await served(
      (request, _nth, baseUrl) => {
        if (request.path.startsWith("/token/")) return undefined;
        if (request.path.includes("offset")) return { body: bodyOf(request.path, null) };
        const next = `${baseUrl}${request.path.split("?")[0]}?offset=1`;
        return { body: { results: odd, transactions: { booked: odd }, next } };
      },
      { cacheOptions: false },
    );
    await using _ = service;
    expect((await client.getRequisitions()).unreadable).toHaveLength(140_000);
    expect((await client.getAccountTransactions(ID)).transactions.unreadable).toHaveLength(140_000);
  }, 60_000);
});

describe("getAllAccounts", () => {
  const requisition = (id: string, agreement: string) => ({
    id,
    reference: id,
    status: "LN",
    agreement,
    accounts: [`a-${id}`],
  });
  const page = (results: unknown[]) => ({ body: { count: 0, next: null, previous: null, results } });
  const accountOf = ({ path }: Received) => {
    const id = /^\/accounts\/([^/]+)\/$/.exec(path)?.[1];
    return id === undefined ? undefined : { body: { id, status: "READY" } };
  };

  it("getAllAccounts returns every account, however odd one agreement is", async () => {
    const odd: Record<string, unknown>[] = [
      { accepted: "soon" },
      { accepted: "+275760-09-13T00:00:00Z" },
      { accepted: 5 },
      { access_valid_for_days: 9007199254740991 },
      { access_valid_for_days: "9".repeat(30) },
      { access_valid_for_days: "" },
      { access_valid_for_days: 0 },
      { access_valid_for_days: -1 },
      { access_valid_for_days: {} },
    ];
    const all = [...odd, {}].map((more, at) => ({
      id: `e${at}`,
      accepted: "2026-11-01T00:00:00Z",
      access_valid_for_days: "30",
      ...more,
    }));
    const { service, client } = await served((request) => {
      if (request.path.startsWith("/requisitions/"))
        return page(all.map((_, at) => requisition(`r${at}`, `e${at}`)));
      if (request.path.startsWith("/agreements/")) return page(all);
      return accountOf(request);
    });
    await using _ = service;
    const accounts = await client.getAllAccounts();
    expect(accounts.map(({ id, access_valid_until }) => [id, access_valid_until])).toEqual([
      ...odd.map((_, at) => [`a-r${at}`, null]),
      [`a-r${odd.length}`, "2026-12-01T00:00:00.000Z"],
    ]);
    expect(accounts.filter(({ is_expired, error }) => is_expired || error !== undefined)).toEqual([]);
    expect(accounts.unreadable).toEqual([]);
  });

  it.each<[string, Reply]>([
    ["fails", { status: 503, body: "" }],
    ["is rejected", { status: 403, body: { summary: "IP address access denied", detail: "x" } }],
    ["is not a list", { body: {} }],
    ["links to itself", { body: { results: [{ id: "e" }], next: 5 } }],
    ["breaks off", (_request, response) => response.destroy()],
  ])(
    "getAllAccounts returns all accounts without the end of access, and warns, if the list of agreements %s",
    async (_, reply) => {
      const { service, client, warnings } = await served(
        (request) => {
          if (request.path.startsWith("/requisitions/")) return page([requisition("r", "e")]);
          return request.path.startsWith("/agreements/") ? reply : accountOf(request);
        },
        { retries: 0 },
      );
      await using _service = service;
      expect(await client.getAllAccounts()).toMatchObject([
        { id: "a-r", status: "READY", access_valid_until: null, is_expired: false },
      ]);
      expect(warnings.join()).toContain("the end of access is unknown");
    },
  );

  it("getAllAccounts ends when its caller aborts", async () => {
    const stop = new AbortController();
    const { service, client } = await served((request) => {
      if (request.path.startsWith("/requisitions/")) return page([requisition("r", "e")]);
      if (!request.path.startsWith("/agreements/")) return accountOf(request);
      return (_request, response) => {
        stop.abort(new InvalidResponseError("enough", { status: 0, bodyStart: "" }));
        setTimeout(() => response.end("{}"), 50);
      };
    });
    await using _ = service;
    await expect(client.getAllAccounts({ signal: stop.signal })).rejects.toThrow("enough");
  });

  it("getAllAccounts reports requisitions and agreements that could not be understood, and returns odd accounts in full", async () => {
    const { service, client, warnings } = await served((request) => {
      if (request.path.startsWith("/requisitions/"))
        return page([{ accounts: ["lost"] }, requisition("r", "e")]);
      if (request.path.startsWith("/agreements/")) return page([null]);
      return request.path.startsWith("/accounts/")
        ? { body: { id: "a-r", iban: ["GL"], error: "of the bank" } }
        : undefined;
    });
    await using _ = service;
    const accounts = await client.getAllAccounts();
    expect(accounts).toMatchObject([{ id: "a-r", raw: { id: "a-r", iban: ["GL"], error: "of the bank" } }]);
    expect(accounts[0]?.error).toBeUndefined();
    expect(accounts.unreadable).toMatchObject([
      { list: "requisitions", index: 0, raw: { accounts: ["lost"] } },
      { list: "agreements", index: 0, raw: null },
    ]);
    expect(warnings).toHaveLength(2);
  });
});

describe("createBankLink", () => {
  it("createBankLink creates no second requisition if an unreadable one has the same reference", async () => {
    const { service, client } = await served((request) =>
      request.path.startsWith("/requisitions/")
        ? { body: { results: [{ reference: "mine" }], next: null } }
        : undefined,
    );
    await using _ = service;
    await expect(client.createBankLink("mine", "BANK")).rejects.toBeInstanceOf(InvalidResponseError);
    expect(service.asked()).toEqual(["GET /requisitions/"]);
  });
});

describe("tokens", () => {
  it("tokens are kept, however odd their lifetime", async () => {
    for (const life of ["soon", 1e300, -1, null, {}]) {
      const { service, client } = await served((request) =>
        request.path === "/token/new/"
          ? { body: { access: "a", refresh: "r", access_expires: life, refresh_expires: life } }
          : { body: { id: ID } },
      );
      await using _ = service;
      await client.getRequisition(ID);
      await client.getAgreement(ID);
      expect(service.received.map(({ path }) => path)).toEqual([
        "/token/new/",
        `/requisitions/${ID}/`,
        `/agreements/enduser/${ID}/`,
      ]);
    }
  });
});
