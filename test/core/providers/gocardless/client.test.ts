import { readdirSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  type ClientOptions,
  ConfigurationError,
  GoCardlessClient,
  InstitutionError,
  InvalidRequestError,
  InvalidResponseError,
  NotFoundError,
  type ResponseInfo,
} from "../../../../packages/core/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { temporaryFolder } from "../../../support/folder.ts";
import { type Received, type Reply, type Service, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** A service with one reply for each `METHOD /path`, regardless of the query. */
async function serviceWith(replies: Readonly<Record<string, Reply>>): Promise<Service> {
  return await startService((request) => replies[`${request.method} ${request.path.split("?")[0]}`]);
}

function clientOf(service: Pick<Service, "baseUrl">, options: Partial<ClientOptions> = {}) {
  const clock = new TestClock();
  const client = new GoCardlessClient({
    secretId: "id",
    secretKey: "key",
    baseUrl: service.baseUrl,
    cacheOptions: false,
    now: clock.now,
    sleep: clock.sleep,
    ...options,
  });
  return { client, clock };
}

const page = (results: unknown[], next: string | null = null) => ({
  body: { count: results.length, next, previous: null, results },
});

describe("each method sends its request and returns the response", () => {
  it.each<[string, (client: GoCardlessClient) => Promise<unknown>, string, unknown, unknown]>([
    [
      "getInstitution",
      (c) => c.getInstitution("N26_NTSBDEB1"),
      "GET /institutions/N26_NTSBDEB1/",
      { id: "N26_NTSBDEB1", name: "N26" },
      undefined,
    ],
    [
      "getIntegration",
      (c) => c.getIntegration("X"),
      "GET /integrations/X/",
      { id: "X", name: "Y" },
      undefined,
    ],
    ["getAgreement", (c) => c.getAgreement(ID), `GET /agreements/enduser/${ID}/`, { id: ID }, undefined],
    [
      "createAgreement",
      (c) => c.createAgreement({ institution_id: "B", max_historical_days: 90, extra: { brand_new: 1 } }),
      "POST /agreements/enduser/",
      { id: ID },
      { institution_id: "B", max_historical_days: 90, brand_new: 1 },
    ],
    [
      "acceptAgreement",
      (c) => c.acceptAgreement(ID, "Firefox", "192.0.2.1"),
      `PUT /agreements/enduser/${ID}/accept/`,
      { id: ID, accepted: "2026-01-01T00:00:00Z" },
      { user_agent: "Firefox", ip_address: "192.0.2.1" },
    ],
    [
      "deleteAgreement",
      (c) => c.deleteAgreement(ID),
      `DELETE /agreements/enduser/${ID}/`,
      { summary: "deleted" },
      undefined,
    ],
    [
      "getReconfirmation",
      (c) => c.getReconfirmation(ID),
      `GET /agreements/enduser/${ID}/reconfirm/`,
      { accounts: { a: { reconfirmed: "", rejected: null } } },
      undefined,
    ],
    [
      "reconfirmAgreement",
      (c) => c.reconfirmAgreement(ID, { redirect: "http://localhost/" }),
      `POST /agreements/enduser/${ID}/reconfirm/`,
      { reconfirmation_url: "http://x/" },
      { redirect: "http://localhost/" },
    ],
    [
      "createRequisition",
      (c) => c.createRequisition({ redirect: "http://localhost/", institution_id: "B", reference: "r" }),
      "POST /requisitions/",
      { id: ID, link: "http://x/" },
      { redirect: "http://localhost/", institution_id: "B", reference: "r" },
    ],
    [
      "getRequisition",
      (c) => c.getRequisition(ID),
      `GET /requisitions/${ID}/`,
      { id: ID, accounts: null, ssn: null },
      undefined,
    ],
    [
      "deleteRequisition",
      (c) => c.deleteRequisition(ID),
      `DELETE /requisitions/${ID}/`,
      { summary: "Requisition deleted" },
      undefined,
    ],
    [
      "getAccount",
      (c) => c.getAccount(ID),
      `GET /accounts/${ID}/`,
      { id: ID, iban: "X", last_accessed: null },
      undefined,
    ],
    [
      "getAccountDetails",
      (c) => c.getAccountDetails(ID),
      `GET /accounts/${ID}/details/`,
      { account: { ownerName: "A", maskedPan: "X", resourceId: "r", cashAccountType: "CACC" } },
      undefined,
    ],
  ])("%s sends its request", async (_, call, expected, response, body) => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { body: response },
    );
    const { client } = clientOf(service);
    expect(await call(client)).toEqual(response);
    expect(service.asked()).toEqual([expected]);
    expect(service.received.at(-1)?.body).toBe(body === undefined ? "" : JSON.stringify(body));
  });

  it("getInstitutions accepts a country, or all filters of the specification", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { body: [{ id: "A", name: "Bank A" }] },
    );
    const { client } = clientOf(service);
    await client.getInstitutions("gb");
    await client.getInstitutions({
      country: "DE",
      card_accounts_supported: true,
      ssn_verification_supported: "false",
    });
    await client.getInstitutions();
    expect(await client.listBanks("FR")).toEqual(["Bank A"]);
    expect(service.asked()).toEqual([
      "GET /institutions/?country=GB",
      "GET /institutions/?country=DE&card_accounts_supported=true&ssn_verification_supported=false",
      "GET /institutions/",
      "GET /institutions/?country=FR",
    ]);
  });

  it("get, post, put and delete reach any path, and a schema types the response", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { body: { id: "a", n: 1 } },
    );
    const { client } = clientOf(service);
    const typed = await client.get(
      "/things/a/",
      { limit: 5, left: undefined },
      { schema: z.object({ id: z.string() }) },
    );
    expect(typed.id).toBe("a");
    expect(await client.post("things/", { a: 1 })).toEqual({ id: "a", n: 1 });
    await client.put("/things/a/", { b: [2] });
    await client.delete("/things/a/");
    expect(service.asked()).toEqual([
      "GET /things/a/?limit=5",
      "POST /things/",
      "PUT /things/a/",
      "DELETE /things/a/",
    ]);
    expect(service.received.map((one) => one.body).slice(2)).toEqual(['{"a":1}', '{"b":[2]}', ""]);
  });

  it("getIntegrations advises to use getInstitutions if the service has no list of integrations", async () => {
    await using service = await startService(() => undefined);
    const error = await clientOf(service)
      .client.getIntegrations()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(String(error)).toContain("no list of integrations");
  });

  it("call options are accepted in the last object", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { body: { id: ID } },
    );
    const { client } = clientOf(service);
    const ended = AbortSignal.abort(new Error("ended"));
    await expect(client.getAccount(ID, { signal: ended })).rejects.toThrow("ended");
    await expect(client.createAgreement({ institution_id: "B" }, { signal: ended })).rejects.toThrow("ended");
    await expect(client.getInstitutions({}, { signal: ended })).rejects.toThrow("ended");
    await expect(client.getAccountTransactions(ID, {}, { signal: ended })).rejects.toThrow("ended");
    const reported: ResponseInfo[] = [];
    const onResponse = (info: ResponseInfo) => reported.push(info);
    await client.createRequisition({ redirect: null, institution_id: "B" }, { onResponse });
    expect(reported.map((info) => info.status)).toEqual([200]);
    expect(service.received.at(-1)?.body).toBe('{"redirect":null,"institution_id":"B"}');
  });
});

describe("lists", () => {
  const requisitions =
    (service: () => Service) =>
    (request: Received): Reply => {
      const offset = Number(new URLSearchParams(request.path.split("?")[1]).get("offset") ?? 0);
      const next = offset < 2 ? `${service().baseUrl}/requisitions/?limit=1&offset=${offset + 1}` : null;
      return page([{ id: `r${offset}`, reference: `ref-${offset}`, status: "LN" }], next);
    };

  it("lists are read through every page, and searched for a reference up to the last one", async () => {
    let service: Service;
    await using running = await startService((request) =>
      request.path.startsWith("/requisitions/") ? requisitions(() => service)(request) : undefined,
    );
    service = running;
    const { client } = clientOf(running);
    expect((await client.getRequisitions()).map((one) => one.id)).toEqual(["r0", "r1", "r2"]);
    const iterated: string[] = [];
    for await (const one of client.iterateRequisitions()) iterated.push(one.id);
    expect(iterated).toEqual(["r0", "r1", "r2"]);
    expect((await client.findRequisitionByReference("ref-2"))?.id).toBe("r2");
    expect(await client.findRequisitionByReference("ref-9")).toBeNull();
    expect(
      (await client.getRequisitionsPaginated({ limit: 1, offset: 1 })).results.map((one) => one.id),
    ).toEqual(["r1"]);
  });

  it("limit 0 and a negative offset are rejected before anything is sent", async () => {
    await using service = await startService(() => undefined);
    const { client } = clientOf(service);
    await expect(client.getRequisitionsPaginated({ limit: 0 })).rejects.toMatchObject({
      sent: false,
      fields: { limit: [{ detail: "must be at least 1" }] },
    });
    await expect(client.getAgreementsPaginated({ offset: -1 })).rejects.toBeInstanceOf(InvalidRequestError);
    expect(service.received).toEqual([]);
  });

  it("pages at another origin, or that were already read, are not followed", async () => {
    await using other = await startService(() => ({ body: {} }));
    let self = "";
    await using service = await startService((request) => {
      if (request.path.startsWith("/agreements/"))
        return page([{ id: "a" }], `${other.baseUrl}/agreements/enduser/?offset=1`);
      return request.path.startsWith("/requisitions/")
        ? page([{ id: "r" }], `${self}/requisitions/?offset=1`)
        : undefined;
    });
    self = service.baseUrl;
    const { client } = clientOf(service);
    await expect(client.getAgreements()).rejects.toBeInstanceOf(InvalidResponseError);
    await expect(client.getRequisitions()).rejects.toThrow("already");
    expect(other.received).toEqual([]);
  });

  it("unreadable items are returned in addition to the others of a list", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/agreements/") ? page([{ id: "a" }, { no: "id" }]) : undefined,
    );
    const agreements = await clientOf(service).client.getAgreements();
    expect([...agreements]).toEqual([{ id: "a" }]);
    expect(agreements.unreadable).toMatchObject([{ list: "results", index: 1, raw: { no: "id" } }]);
  });
});

describe("getAccountTransactions", () => {
  const booked = (id: string) => ({
    transactionId: id,
    transactionAmount: { amount: "1.00", currency: "EUR" },
  });

  it.each<[object, string]>([
    [{}, "?date_from=2026-05-27"],
    [{ daysBack: 90 }, "?date_from=2026-08-25"],
    [{ daysBack: 1, dateTo: "2026-11-23" }, "?date_from=2026-11-22&date_to=2026-11-23"],
    [{ dateFrom: "2026-01-01" }, "?date_from=2026-01-01"],
    [{ dateTo: "2026-01-31" }, "?date_to=2026-01-31"],
    [{ dateFrom: "2026-01-01", dateTo: "2026-01-01" }, "?date_from=2026-01-01&date_to=2026-01-01"],
    // Tomorrow in UTC has begun for people further east; the service rejects any later day.
    [{ dateFrom: "2026-11-24" }, "?date_from=2026-11-23"],
    [{ dateFrom: "2026-11-24", dateTo: "2026-11-24" }, "?date_from=2026-11-23&date_to=2026-11-23"],
    [{ daysBack: 1, dateTo: "2026-11-24" }, "?date_from=2026-11-22&date_to=2026-11-23"],
    [{ dateTo: "2026-11-25" }, "?date_to=2026-11-25"],
  ])("getAccountTransactions sends %j as %s", async (range, query) => {
    await using service = await startService((request) =>
      request.path.startsWith("/accounts/") ? { body: { transactions: { booked: [] } } } : undefined,
    );
    await clientOf(service).client.getAccountTransactions(ID, range);
    expect(service.asked()).toEqual([`GET /accounts/${ID}/transactions/${query}`]);
  });

  it.each<[object, string]>([
    [{ daysBack: 0 }, "daysBack"],
    [{ daysBack: 731 }, "daysBack"],
    [{ daysBack: 1.5 }, "daysBack"],
    [{ daysBack: 5, dateFrom: "2026-01-01" }, "daysBack"],
    [{ dateFrom: "2026-02-30" }, "dateFrom"],
    [{ dateFrom: "01.02.2026" }, "dateFrom"],
    [{ dateTo: "2026-1-1" }, "dateTo"],
    [{ dateFrom: "2026-02-01", dateTo: "2026-01-31" }, "dateFrom"],
  ])("getAccountTransactions rejects %j before anything is sent", async (range, field) => {
    await using service = await startService(() => undefined);
    const error = await clientOf(service)
      .client.getAccountTransactions(ID, range)
      .catch((caught: unknown) => caught);
    if (!(error instanceof InvalidRequestError)) throw error;
    expect(Object.keys(error.fields)).toEqual([field]);
    expect(service.received).toEqual([]);
  });

  it("getAccountTransactions returns all pages as one, with unreadable items and last_updated", async () => {
    let base = "";
    await using service = await startService((request) => {
      if (!request.path.startsWith("/accounts/")) return undefined;
      const second = request.path.includes("page=2");
      return {
        body: second
          ? { transactions: { booked: [booked("3")], pending: [booked("p")] }, last_updated: "later" }
          : {
              transactions: { booked: [booked("1"), { odd: 1 }, booked("2")] },
              next: `${base}/accounts/${ID}/transactions/?page=2`,
              last_updated: "2026-11-23",
            },
      };
    });
    base = service.baseUrl;
    const response = await clientOf(service).client.getAccountTransactions(ID);
    expect(response.transactions.booked.map((one) => one.transactionId)).toEqual(["1", "2", "3"]);
    expect(response.transactions.pending.map((one) => one.transactionId)).toEqual(["p"]);
    expect(response.transactions.unreadable).toMatchObject([{ list: "booked", index: 1, raw: { odd: 1 } }]);
    expect(response.last_updated).toBe("2026-11-23");
    expect("next" in response).toBe(false);
  });

  it("getAccountTransactions keeps what each page sent in addition to its lists", async () => {
    let base = "";
    const pages = [
      { transactions: { booked: [booked("1")] }, bank: "one" },
      { transactions: { booked: [booked("2")], information: [{ a: 1 }] }, bank: "two" },
      { transactions: { booked: [booked("3")] } },
    ];
    await using service = await startService((request) => {
      if (!request.path.startsWith("/accounts/")) return undefined;
      const at = Number(/page=(\d+)/.exec(request.path)?.[1] ?? 0);
      const next = at === 2 ? {} : { next: `${base}/accounts/${ID}/transactions/?page=${at + 1}` };
      return { body: { ...pages[at], ...next } };
    });
    base = service.baseUrl;
    const { raw, furtherRaw, transactions } = await clientOf(service).client.getAccountTransactions(ID);
    expect(transactions.booked.map((one) => one.transactionId)).toEqual(["1", "2", "3"]);
    expect(raw).toMatchObject({ bank: "one" });
    expect(furtherRaw).toMatchObject([{ bank: "two", transactions: { information: [{ a: 1 }] } }, {}]);
  });

  it("getAccountTransactions rejects past MAX_PAGINATION_PAGES, and returns no incomplete list", async () => {
    let base = "";
    await using service = await startService((request, _) => {
      if (!request.path.startsWith("/accounts/")) return undefined;
      const at = Number(/page=(\d+)/.exec(request.path)?.[1] ?? 1);
      return {
        body: {
          transactions: { booked: [booked(String(at))] },
          next: `${base}/accounts/${ID}/transactions/?page=${at + 1}`,
        },
      };
    });
    base = service.baseUrl;
    await expect(clientOf(service).client.getAccountTransactions(ID)).rejects.toThrow("100 pages");
    expect(service.asked()).toHaveLength(GoCardlessClient.MAX_PAGINATION_PAGES);
  });

  it("getAccountTransactions rejects a next page outside the list", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/accounts/")
        ? { body: { transactions: { booked: [] }, next: "https://elsewhere.example/api/v2/x/" } }
        : undefined,
    );
    await expect(clientOf(service).client.getAccountTransactions(ID)).rejects.toThrow("not followed");
  });
});

describe("getAllAccounts", () => {
  const linked = (id: string, accounts: string[], agreement: string, status = "LN") => ({
    id,
    reference: `ref-${id}`,
    status,
    accounts,
    agreement,
    institution_id: "BANK",
  });
  const accepted = (id: string, at: string | null, days: number) => ({
    id,
    accepted: at,
    access_valid_for_days: days,
  });

  it("getAllAccounts lists each account once, under the consent that lasts longest, and failed ones in their place", async () => {
    await using service = await serviceWith({
      "GET /requisitions/": page([
        linked("r1", ["a", "b"], "e1"),
        linked("r2", ["b", "c"], "e2"),
        linked("r3", ["d"], "gone"),
        linked("r4", ["b"], "e4", "EX"),
      ]),
      "GET /agreements/enduser/": page([
        accepted("e1", "2026-11-01T00:00:00Z", 90),
        accepted("e2", "2026-06-01T00:00:00Z", 30),
        accepted("e4", "2026-11-20T00:00:00Z", 180),
      ]),
      "GET /accounts/a/": { body: { id: "a", iban: "A", status: "READY" } },
      "GET /accounts/b/": { body: { id: "b", iban: "B" } },
      "GET /accounts/c/": {
        status: 503,
        body: {
          summary: "Couldn't update account",
          detail: "Institution service unavailable",
          type: "ServiceError",
        },
      },
      "GET /accounts/d/": { body: { id: "d", status: "EXPIRED" } },
    });
    const accounts = await clientOf(service, { retries: 0 }).client.getAllAccounts();
    const connection = (id: string) => ({
      requisition_id: id,
      requisition_reference: `ref-${id}`,
      requisition_status: "LN",
      institution_id: "BANK",
    });
    expect(accounts.map(({ error, ...rest }) => rest)).toEqual([
      {
        id: "a",
        iban: "A",
        status: "READY",
        ...connection("r1"),
        access_valid_until: "2027-01-30T00:00:00.000Z",
        is_expired: false,
      },
      {
        id: "b",
        iban: "B",
        ...connection("r1"),
        access_valid_until: "2027-01-30T00:00:00.000Z",
        is_expired: false,
      },
      { id: "c", ...connection("r2"), access_valid_until: "2026-07-01T00:00:00.000Z", is_expired: true },
      { id: "d", status: "EXPIRED", ...connection("r3"), access_valid_until: null, is_expired: true },
    ]);
    expect(accounts[2]?.error).toBeInstanceOf(InstitutionError);
    expect(accounts.filter((one) => one.error !== undefined)).toHaveLength(1);
  });

  it("getAllAccounts requests many accounts at once, but at most 25", async () => {
    const ids = Array.from({ length: 50 }, (_, at) => `a${at}`);
    let running = 0;
    let most = 0;
    await using service = await startService((request) => {
      if (request.path.startsWith("/requisitions/")) return page([linked("r", ids, "e")]);
      if (request.path.startsWith("/agreements/")) return page([accepted("e", null, 90)]);
      if (!request.path.startsWith("/accounts/")) return undefined;
      running += 1;
      most = Math.max(most, running);
      return (one, response) =>
        setTimeout(() => {
          running -= 1;
          response.end(JSON.stringify({ id: one.path.split("/")[2] }));
        }, 5);
    });
    const accounts = await clientOf(service).client.listAccounts();
    expect(accounts.map((one) => one.id)).toEqual(ids);
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(25);
  });
});

describe("createBankLink", () => {
  it("createBankLink creates a requisition, or returns null if the reference exists", async () => {
    await using service = await serviceWith({
      "GET /requisitions/": page([{ id: "r", reference: "taken" }]),
      "POST /requisitions/": { status: 201, body: { id: "new", link: "https://bank.example/link" } },
    });
    const { client } = clientOf(service);
    expect(await client.createBankLink("taken", "BANK")).toBeNull();
    expect(await client.createBankLink("fresh", "BANK")).toBe("https://bank.example/link");
    expect(service.received.at(-1)?.body).toBe(
      '{"redirect":"http://localhost","institution_id":"BANK","reference":"fresh"}',
    );
  });

  it("createBankLink creates an agreement first if days or scopes are given", async () => {
    await using service = await serviceWith({
      "GET /requisitions/": page([]),
      "POST /agreements/enduser/": { status: 201, body: { id: "agreement-id" } },
      "POST /requisitions/": { status: 201, body: { id: "new", link: "https://bank.example/link" } },
    });
    await clientOf(service).client.createBankLink("fresh", "BANK", "http://localhost:9/", {
      max_historical_days: 60,
      access_scope: ["balances"],
      user_language: "EN",
    });
    const bodies = service.received
      .filter((one) => one.method === "POST" && !one.path.startsWith("/token/"))
      .map((one) => JSON.parse(one.body));
    expect(bodies).toEqual([
      { max_historical_days: 60, access_scope: ["balances"], institution_id: "BANK" },
      {
        user_language: "EN",
        agreement: "agreement-id",
        redirect: "http://localhost:9/",
        institution_id: "BANK",
        reference: "fresh",
      },
    ]);
  });
});

describe("bad input", () => {
  it("bad input is rejected before anything is sent, and the error names the field", async () => {
    await using service = await startService(() => undefined);
    const { client } = clientOf(service);
    const rejected: [Promise<unknown>, string][] = [
      [client.getInstitutions("GBA"), "country"],
      [client.getInstitutions(""), "country"],
      [client.createAgreement({ institution_id: "" }), "institution_id"],
      [client.createAgreement({ institution_id: "B", max_historical_days: 731 }), "max_historical_days"],
      [client.createRequisition({ institution_id: "B", redirect: "nowhere" }), "redirect"],
      [client.acceptAgreement(ID, "", "192.0.2.1"), "user_agent"],
      ...["../token", "", " ", "a b", "ü", ".."].map((id): [Promise<unknown>, string] => [
        client.getAccountBalances(id),
        "id",
      ]),
    ];
    for (const [call, field] of rejected) {
      const error = await call.catch((caught: unknown) => caught);
      if (!(error instanceof InvalidRequestError)) throw error;
      expect(Object.keys(error.fields)).toContain(field);
      expect(error.sent).toBe(false);
    }
    expect(service.received).toEqual([]);
  });

  it.each<[ClientOptions, string]>([
    [{ secretId: "", secretKey: "k" }, "secretId"],
    [{ secretId: "i", secretKey: "" }, "secretKey"],
    [{ secretId: "i", secretKey: "k", cacheOptions: { expireAfter: -1 } }, "expireAfter"],
    [{ secretId: "i", secretKey: "k", cacheOptions: { cacheName: "" } }, "cacheName"],
  ])("a bad option is a ConfigurationError: %#", (options, name) => {
    expect(() => new GoCardlessClient(options)).toThrow(ConfigurationError);
    expect(() => new GoCardlessClient(options)).toThrow(name);
  });
});

describe("what a client reveals and leaves behind", () => {
  it("a client reveals no secret, whether inspected or serialised", async () => {
    await using service = await startService(() => undefined);
    const { client } = clientOf(service, { secretId: "very-secret-id", secretKey: "very-secret-key" });
    await client.token();
    const shown =
      inspect(client, { depth: 20, showHidden: true, getters: true }) +
      JSON.stringify(client) +
      String(client);
    for (const secret of ["very-secret-id", "very-secret-key", "access-1", "refresh-1"])
      expect(shown).not.toContain(secret);
  });

  it("a client without a cache leaves nothing on disk", async () => {
    const home = temporaryFolder();
    for (const name of ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"]) vi.stubEnv(name, home);
    try {
      await using service = await startService((request) =>
        request.path.startsWith("/accounts/") ? { body: { id: ID } } : undefined,
      );
      await clientOf(service).client.getAccount(ID);
      expect(readdirSync(home)).toEqual([]);
      await using cached = clientOf(service, { cacheOptions: {} }).client;
      await cached.getAccount(ID);
      expect(readdirSync(home)).toEqual(["bankdata"]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("lastRateLimits returns what the headers reported", async () => {
    const headers = {
      HTTP_X_RATELIMIT_LIMIT: "100",
      HTTP_X_RATELIMIT_REMAINING: "92",
      HTTP_X_RATELIMIT_RESET: "1",
      HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_LIMIT: "10",
      HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING: "5",
      HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET: "5242",
    };
    await using service = await startService((request) =>
      request.path.startsWith("/accounts/") ? { body: { balances: [] }, headers } : undefined,
    );
    const { client, clock } = clientOf(service);
    expect(client.lastRateLimits()).toBeNull();
    await client.getAccountBalances(ID);
    expect(client.lastRateLimits()).toEqual({
      limit: 100,
      remaining: 92,
      resetAt: new Date(clock.now() + 1000),
    });
    expect(client.lastRateLimits(ID)).toEqual({
      balances: { limit: 10, remaining: 5, resetAt: new Date(clock.now() + 5_242_000) },
    });
  });
});
