import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  BankDataError,
  type CacheOptions,
  type ClientOptions,
  ConfigurationError,
  GoCardlessClient,
  InvalidRequestError,
} from "../../../../packages/core/src/index.ts";
import { startSandbox } from "../../../../packages/sandbox/src/index.ts";
import { failureOf } from "../../../support/failure.ts";
import { type Service, startService } from "../../../support/service.ts";
import { untyped } from "../../../support/untyped.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const credentials = { secretId: "id", secretKey: "key" };

function clientOf({ baseUrl }: Service): GoCardlessClient {
  return new GoCardlessClient({ ...credentials, baseUrl, cacheOptions: false });
}

describe("an option that does not exist", () => {
  it.each<[string, object, string]>([
    [
      "the client",
      { secret_id: "x" },
      'Unknown option "secret_id" in the options of GoCardlessClient: did you mean secretId?',
    ],
    [
      "the client",
      { onAnswer: () => {} },
      'Unknown option "onAnswer" in the options of GoCardlessClient: the options are baseUrl, ',
    ],
    ["the client", { cacheOption: {} }, "did you mean cacheOptions?"],
    [
      "the cache",
      { cacheOptions: { expire_after: 3600 } },
      'Unknown option "expire_after" in cacheOptions: did you mean expireAfter?',
    ],
    ["the cache", { cacheOptions: { old_data_on_error: true } }, "did you mean oldDataOnError?"],
    [
      "the cache",
      { cacheOptions: "sqlite" },
      'cacheOptions must be an object, or false for no cache, not "sqlite".',
    ],
    ["the timeout", { timeout: { pertry: 5 } }, 'Unknown option "pertry" in timeout: did you mean perTry?'],
    [
      "the timeout",
      { timeout: "5s" },
      'timeout must be a number of milliseconds above 0, or an object with perTry and perCall, not "5s".',
    ],
    [
      "the retries",
      { retries: false },
      "retries must be a number of at least 0, or an object with limit, firstDelay, ",
    ],
    [
      "the cache",
      { cacheOptions: { urlsExpireAfter: 5 } },
      "cacheOptions.urlsExpireAfter must be a list of [pattern, time]: ",
    ],
    [
      "the retries",
      { retries: { first_delay: 5 } },
      'Unknown option "first_delay" in retries: did you mean firstDelay?',
    ],
  ])(
    "an unknown option of %s is a ConfigurationError that says what was meant: %j",
    (_, options, message) => {
      const make = () =>
        new GoCardlessClient({ ...credentials, ...untyped<Partial<ClientOptions>>(options) });
      expect(make).toThrow(ConfigurationError);
      expect(make).toThrow(message);
    },
  );

  it("a string or undefined in place of the client's options is rejected without showing it", () => {
    expect(() => new GoCardlessClient(untyped<ClientOptions>("my-secret-id"))).toThrow(
      "GoCardlessClient takes one object, not a string: new GoCardlessClient({ secretId, secretKey }).",
    );
    expect(() => new GoCardlessClient(untyped<ClientOptions>(undefined))).toThrow(ConfigurationError);
  });

  const call = (name: string) => `Unknown option "${name}" in the call options: `;

  it.each<[string, (client: GoCardlessClient, options: object) => Promise<unknown>]>([
    ["getAccount", (client, options) => client.getAccount(ID, options)],
    ["getAccountTransactions", (client, options) => client.getAccountTransactions(ID, {}, options)],
    ["getAllAccounts", (client, options) => client.getAllAccounts(options)],
    ["getInstitutions", (client, options) => client.getInstitutions("GB", options)],
    ["listBanks", (client, options) => client.listBanks("GB", options)],
    ["getRequisitionsPaginated", (client, options) => client.getRequisitionsPaginated({}, options)],
    ["iterateRequisitions", (client, options) => client.iterateRequisitions(options).next()],
    [
      "createRequisition",
      (client, options) => client.createRequisition({ redirect: null, institution_id: "B" }, options),
    ],
    ["acceptAgreement", (client, options) => client.acceptAgreement(ID, "Firefox", "192.0.2.1", options)],
    ["createBankLink", (client, options) => client.createBankLink("r", "B", "http://localhost", {}, options)],
    ["deleteRequisition", (client, options) => client.deleteRequisition(ID, options)],
    ["withMeta", (client, options) => client.withMeta.getAccount(ID, options)],
    ["get", (client, options) => client.get("/accounts/", {}, options)],
    ["post", (client, options) => client.post("/requisitions/", {}, options)],
    ["delete", (client, options) => client.delete(`/requisitions/${ID}/`, options)],
  ])("%s rejects an unknown call option before anything is sent", async (_, make) => {
    await using service = await startService(() => undefined);
    const client = clientOf(service);
    for (const [options, message] of [
      [{ expire_after: 60 }, `${call("expire_after")}did you mean expireAfter?`],
      [{ time_out: 60 }, `${call("time_out")}did you mean timeout?`],
      [{ daysBack: 60 }, `${call("daysBack")}the options are signal, timeout, `],
    ] as const) {
      const error = await failureOf(make(client, options));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain(message);
    }
    expect(service.received).toEqual([]);
  });

  it("schema is an option of get, post, put and delete only", async () => {
    await using service = await startService(() => undefined);
    const error = await failureOf(clientOf(service).getAccount(ID, untyped({ schema: {} })));
    expect(error.message).toBe(`${call("schema")}it is an option of get, post, put and delete.`);
    expect(service.received).toEqual([]);
  });

  it.each<[object, string]>([
    [{ daysback: 10 }, 'Unknown option "daysback" in the range: did you mean daysBack?'],
    [{ date_from: "2026-11-01" }, 'Unknown option "date_from" in the range: did you mean dateFrom?'],
    [
      { daysBack: 10, refresh: true },
      'Unknown option "refresh" in the range: it is a call option, which goes into an object of its own, the last argument.',
    ],
  ])("an unknown option of a range is rejected: %j", async (range, message) => {
    await using service = await startService(() => undefined);
    const error = await failureOf(clientOf(service).getAccountTransactions(ID, range));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe(message);
    expect(service.received).toEqual([]);
  });

  it("an unknown option of the cache is also a type error", () => {
    // @ts-expect-error a name in snake case
    const options: CacheOptions = { expire_after: 1 };
    expect(() => new GoCardlessClient({ ...credentials, cacheOptions: options })).toThrow("expireAfter");
  });
});

describe("a member of a request that the client does not know", () => {
  const redirect = "http://localhost/";
  const cases: [string, string, string, (client: GoCardlessClient, request: object) => Promise<unknown>][] = [
    [
      "createAgreement",
      "max_historic_days",
      "did you mean max_historical_days?",
      (client, request) => client.createAgreement({ institution_id: "B", ...request }),
    ],
    [
      "createRequisition",
      "accountSelection",
      "did you mean account_selection?",
      (client, request) => client.createRequisition({ institution_id: "B", redirect, ...request }),
    ],
    [
      "reconfirmAgreement",
      "redirect_url",
      "put members that the client does not know in extra",
      (client, request) => client.reconfirmAgreement(ID, request),
    ],
    [
      "getInstitutions",
      "payments_enabled",
      "put members that the client does not know in extra",
      (client, request) => client.getInstitutions({ country: "GB", ...request }),
    ],
    [
      "getRequisitionsPaginated",
      "ofset",
      "did you mean offset?",
      (client, request) => client.getRequisitionsPaginated({ limit: 5, ...request }),
    ],
    [
      "getAgreementsPaginated",
      "page",
      "put members that the client does not know in extra",
      (client, request) => client.getAgreementsPaginated({ limit: 5, ...request }),
    ],
    [
      "createBankLink",
      "user_langauge",
      "did you mean user_language?",
      (client, request) => client.createBankLink("r", "B", redirect, { max_historical_days: 90, ...request }),
    ],
  ];

  it.each(cases)("%s rejects the unknown member %s, unless it is in extra", async (_, name, advice, make) => {
    const service = await startService(({ path }) =>
      path.startsWith("/token/")
        ? undefined
        : {
            body: path.startsWith("/institutions/")
              ? []
              : { id: ID, results: [], created: "", link: "https://bank/" },
          },
    );
    await using _service = service;
    const error = await failureOf(make(clientOf(service), { [name]: "x" }));
    if (!(error instanceof InvalidRequestError)) throw error;
    expect(error.sent).toBe(false);
    expect(error.fields[name]?.[0]?.detail).toContain("is not a member of this request");
    expect(error.message).toContain(advice);
    expect(service.received).toEqual([]);

    await make(clientOf(service), { extra: { [name]: "x" } });
    const last = service.received.at(-1);
    if (last?.method === "GET") expect(new URL(last.path, service.baseUrl).searchParams.get(name)).toBe("x");
    else expect(JSON.parse(last?.body ?? "")).toHaveProperty(name, "x");
    expect(last?.body).not.toContain("extra");
    expect(last?.path).not.toContain("extra");
  });

  it.each(cases)(
    "%s rejects a call option among the members of its request",
    async (_, _name, _advice, make) => {
      await using service = await startService(() => undefined);
      for (const option of ["timeout", "signal", "onResponse", "refresh", "expireAfter"]) {
        const error = await failureOf(make(clientOf(service), { [option]: undefined }));
        expect(error).toBeInstanceOf(ConfigurationError);
        expect(error.message).toBe(
          `${option} cannot be sent in a request: it is a call option, which goes into an object of its own, the last argument.`,
        );
      }
      expect(service.received).toEqual([]);
    },
  );

  it("extra may not hold a known member, which would not be validated there", async () => {
    await using service = await startService(() => undefined);
    const request = { institution_id: "B", extra: { max_historical_days: 9999 } };
    const error = await failureOf(clientOf(service).createAgreement(request));
    expect(error.message).toContain("extra.max_historical_days: is a known member: move it out of extra");
    for (const extra of ["x", 5, [1], null]) {
      const odd = await failureOf(clientOf(service).createAgreement(untyped({ institution_id: "B", extra })));
      expect(odd.message).toContain("extra: must be an object");
    }
    expect(service.received).toEqual([]);
  });
});

describe("createBankLink", () => {
  const agreement = { max_historical_days: 90 };
  const none = { next: null, results: [] };

  it("createBankLink sends nothing if either request is invalid", async () => {
    await using service = await startService(() => undefined);
    const client = clientOf(service);
    const link = (fields: object, reference = "r", redirect = "http://localhost") =>
      failureOf(client.createBankLink(reference, "B", redirect, { ...agreement, ...fields }));
    for (const [error, message] of [
      [await link({ user_language: "german" }), "user_language"],
      [await link({ access_valid_for_days: 0 }), "access_valid_for_days"],
      [await link({}, "r", "nowhere"), "redirect"],
      [await link({ agreement: "a" }), "agreement cannot be combined with max_historical_days"],
      [await link({ redirect: "https://example.org/" }), "redirect is a parameter of createBankLink"],
      [
        await link({ institution_id: "C", reference: "s" }),
        "institution_id is a parameter of createBankLink; reference is",
      ],
      [await link({ extra: { count: 1n } }), "cannot be written as JSON"],
      [await link({}, ""), "reference must be a string that is not blank"],
      [await link({}, untyped(null)), "reference must be a string that is not blank"],
    ] as const) {
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(error.message).toContain(message);
    }
    const error = await failureOf(client.findRequisitionByReference(untyped(undefined)));
    expect(error.message).toContain("reference must be a string that is not blank");
    expect(service.received).toEqual([]);
  });

  it("createBankLink asks the service whether the reference exists, even if a list is cached", async () => {
    let results: object[] = [];
    await using service = await startService(({ path }) =>
      path.startsWith("/token/")
        ? undefined
        : { body: { next: null, results, id: "e", link: "https://bank/" } },
    );
    const client = new GoCardlessClient({
      ...credentials,
      baseUrl: service.baseUrl,
      cacheOptions: { backend: "memory", expireAfter: "forever" },
    });
    await client.getRequisitions();
    results = [{ id: "q", reference: "r" }];
    expect(await client.createBankLink("r", "B")).toBeNull();
    expect(await client.createBankLink("s", "B")).toBe("https://bank/");
    expect(service.asked()).toEqual([
      "GET /requisitions/",
      "GET /requisitions/",
      "GET /requisitions/",
      "POST /requisitions/",
    ]);
  });

  it("createBankLink creates nothing if the service cannot say whether the reference exists", async () => {
    let isDown = false;
    await using service = await startService(({ path }) => {
      if (path.startsWith("/token/")) return undefined;
      return isDown ? { status: 503, body: "" } : { body: none };
    });
    const client = new GoCardlessClient({
      ...credentials,
      baseUrl: service.baseUrl,
      retries: 0,
      cacheOptions: { backend: "memory" },
    });
    await client.getRequisitions();
    isDown = true;
    expect(await failureOf(client.createBankLink("r", "B"))).toMatchObject({ status: 503 });
    expect(service.asked()).toEqual(["GET /requisitions/", "GET /requisitions/"]);
  });

  it.each([
    ["is rejected", { status: 400 }],
    ["fails", { status: 503 }],
    ["is lost on the way", { drop: "connection" }],
  ] as const)("createBankLink leaves nothing behind if the requisition %s", async (_, fault) => {
    await using sandbox = await startSandbox({ port: 0 });
    const client = new GoCardlessClient({
      ...sandbox.credentials,
      baseUrl: sandbox.baseUrl,
      cacheOptions: false,
      retries: 0,
    });
    sandbox.inject({ operation: "createRequisition", times: 1, ...fault });
    const link = client.createBankLink("mine", "N26_NTSBDEB1", undefined, agreement);
    expect(await failureOf(link)).toBeInstanceOf(BankDataError);
    const { agreements, requisitions } = sandbox.state();
    expect([agreements.length, requisitions.length]).toEqual([0, 0]);
  });

  it.each([408, 409, 502])(
    "createBankLink leaves nothing behind if a gateway answers with %d after the requisition was created",
    async (status) => {
      await using sandbox = await startSandbox({ port: 0 });
      let isLost = true;
      const client = new GoCardlessClient({
        ...sandbox.credentials,
        baseUrl: sandbox.baseUrl,
        cacheOptions: false,
        retries: 0,
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          if (!isLost || init.method !== "POST" || !url.endsWith("/requisitions/")) return response;
          isLost = false;
          await response.arrayBuffer();
          return new Response("gateway", { status });
        },
      });
      sandbox.inject({ operation: "deleteRequisition", status: 503, times: 1 });
      const error = await failureOf(client.createBankLink("mine", "N26_NTSBDEB1", undefined, agreement));
      expect(error).toMatchObject({ status });
      const { agreements, requisitions } = sandbox.state();
      expect([agreements.length, requisitions.length]).toEqual([0, 0]);
    },
  );

  it("createBankLink leaves a requisition whose response was lost, if no agreement proves whose it is", async () => {
    await using sandbox = await startSandbox({ port: 0 });
    const client = new GoCardlessClient({
      ...sandbox.credentials,
      baseUrl: sandbox.baseUrl,
      cacheOptions: false,
      retries: 0,
    });
    sandbox.inject({ operation: "createRequisition", drop: "body" });
    await expect(client.createBankLink("mine", "N26_NTSBDEB1")).rejects.toBeInstanceOf(BankDataError);
    expect((await client.findRequisitionByReference("mine"))?.link).toContain("http://127.0.0.1:");
    expect(await client.createBankLink("mine", "N26_NTSBDEB1")).toBeNull();
  });

  const taken = {
    ofField: {
      reference: [
        { summary: "Client reference must be unique", detail: "Client reference: mine already exists" },
      ],
    },
    flat: { summary: "Client reference must be unique", detail: "Client reference: mine already exists" },
    texts: { reference: ["Client reference: mine already exists"] },
  };

  /** A service that knows no requisition until one is created, which it rejects because of its reference. */
  const raceFor = (body: object, listed: readonly object[]) => {
    let isCreated = false;
    return startService(({ method, path }) => {
      if (path.startsWith("/token/")) return undefined;
      if (method === "DELETE") return { body: { summary: "Requisition deleted" } };
      if (path === "/agreements/enduser/") return { body: { id: "e-1" } };
      if (method === "GET") return isCreated ? { body: { ...none, results: listed } } : { body: none };
      if (isCreated) return { body: { id: "attached" } };
      isCreated = true;
      return { status: 400, body: { ...body, status_code: 400 } };
    });
  };

  it.each(Object.entries(taken))(
    "createBankLink returns null if another process has just taken the reference (%s), and removes its agreement",
    async (_, body) => {
      await using service = await raceFor(body, [{ id: "other", reference: "mine", agreement: "theirs" }]);
      expect(await clientOf(service).createBankLink("mine", "B", undefined, agreement)).toBeNull();
      expect(service.asked()).toContain("DELETE /requisitions/attached/");
      expect(service.asked()).not.toContain("DELETE /requisitions/other/");
    },
  );

  it("createBankLink without an agreement returns null if another process has just taken the reference", async () => {
    await using service = await raceFor(taken.ofField, [{ id: "other", reference: "mine" }]);
    expect(await clientOf(service).createBankLink("mine", "B")).toBeNull();
    expect(service.asked()).toEqual(["GET /requisitions/", "POST /requisitions/", "GET /requisitions/"]);
  });

  it.each<[string, object, object[]]>([
    ["the requisition that had the reference is gone", taken.ofField, []],
    ["a proxy sent the request twice", taken.ofField, [{ id: "ours", reference: "mine", agreement: "e-1" }]],
    ["another field is at fault", { redirect: ["must be unique"] }, [{ id: "other", reference: "mine" }]],
    [
      "the reference itself is at fault",
      { reference: ["is too long"] },
      [{ id: "other", reference: "mine" }],
    ],
    [
      "another unique value is taken",
      { summary: "The name must be unique" },
      [{ id: "r", reference: "mine" }],
    ],
  ])("createBankLink throws what the service says, and returns no null, if %s", async (_, body, listed) => {
    await using service = await raceFor(body, listed);
    const error = await failureOf(clientOf(service).createBankLink("mine", "B", undefined, agreement));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ status: 400, method: "POST", path: "/requisitions/", sent: true });
  });

  it("createBankLink deletes a requisition that has no link, and reports that", async () => {
    await using service = await startService(({ method, path }) => {
      if (path.startsWith("/token/")) return undefined;
      if (method === "GET") return { body: none };
      return { body: { id: path === "/requisitions/" ? "q-1" : "e-1" } };
    });
    const error = await failureOf(clientOf(service).createBankLink("r", "B", undefined, agreement));
    expect(error.message).toBe("The service sent no link for requisition q-1.");
    expect(service.asked()).toEqual([
      "GET /requisitions/",
      "POST /agreements/enduser/",
      "POST /requisitions/",
      "DELETE /requisitions/q-1/",
    ]);
  });
});

describe("a call option that cannot work", () => {
  it.each<[object, string]>([
    [{ expireAfter: Number.NaN }, "expireAfter must be a number of seconds of at least 0"],
    [{ expireAfter: -5 }, "expireAfter must be"],
    [{ expireAfter: "1h" }, "expireAfter must be"],
    [{ expireAfter: null }, "expireAfter must be"],
    [
      { signal: new AbortController() },
      "signal must be an AbortSignal, such as controller.signal, not an AbortController.",
    ],
    [{ onResponse: "x" }, "onResponse must be a function"],
    [AbortSignal.abort(), "the call options must be an object, not an AbortSignal"],
    [[], "the call options must be an object, not an Array"],
  ])(
    "a call option that cannot work is a ConfigurationError before anything is sent: %o",
    async (options, message) => {
      await using service = await startService(() => undefined);
      const client = clientOf(service);
      for (const result of [
        client.getAccount(ID, untyped(options)),
        client.get("/x/", {}, untyped(options)),
        client.deleteRequisition(ID, untyped(options)),
        client.createBankLink("r", "B", "http://localhost", {}, untyped(options)),
        client.iterateAgreements(untyped(options)).next(),
      ]) {
        const error = await failureOf(result);
        expect(error).toBeInstanceOf(ConfigurationError);
        expect(error.message).toContain(message);
      }
      expect(service.received).toEqual([]);
    },
  );
});

describe("a call option in the place of a query or a body", () => {
  const schema = z.object({});
  const misplaced: [string, (client: GoCardlessClient) => Promise<unknown>][] = [
    ["query of get", (client) => client.get("/x/", untyped({ schema }))],
    ["query of get", (client) => client.get("/x/", { timeout: 5 })],
    ["query of get", (client) => client.get("/x/", untyped({ signal: AbortSignal.timeout(1) }))],
    ["query of get", (client) => client.get("/x/", { onlyIfCached: true })],
    ["query of get", (client) => client.withMeta.get("/x/", untyped({ schema }))],
    ["body of post", (client) => client.post("/x/", { schema })],
    ["body of post", (client) => client.post("/x/", { signal: AbortSignal.timeout(1) })],
    ["body of put", (client) => client.put("/x/", { onResponse: () => {} })],
  ];

  it.each(misplaced)(
    "a call option in place of the %s is rejected before anything is sent",
    async (_, make) => {
      await using service = await startService(() => undefined);
      const error = await failureOf(make(clientOf(service)));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toMatch(
        /^\w+ cannot be sent in the (query|body): it is a call option, which goes into an object of its own, the last argument\.$/,
      );
      expect(service.received).toEqual([]);
    },
  );

  it("a body may have members with the names of call options, as the service may have them", async () => {
    await using service = await startService(({ path }) => (path === "/x/" ? { body: {} } : undefined));
    await clientOf(service).post("/x/", { refresh: "token", timeout: 5, schema: "PAIN.001" });
    expect(service.received.at(-1)?.body).toBe('{"refresh":"token","timeout":5,"schema":"PAIN.001"}');
  });

  it("an object as a query parameter is rejected before anything is sent", async () => {
    await using service = await startService(() => undefined);
    const error = await failureOf(clientOf(service).get("/x/", untyped({ filter: { a: 1 } })));
    expect(error.message).toBe("The query parameter filter must be a string, a number or a boolean.");
    expect(service.received).toEqual([]);
  });
});

describe("an argument of another type is a ConfigurationError, also if nothing would be sent", () => {
  const wrong: unknown[] = [null, 5, {}, [], Symbol("a"), Object.create(null), new Date(0)];
  const asks: Readonly<Record<string, (client: GoCardlessClient, value: unknown) => unknown>> = {
    "the method of checkCacheStatus": (c, value) => c.checkCacheStatus(untyped(value), "/institutions/"),
    "the account of quota": (c, value) => c.quota(untyped(value)),
    "the account of lastRateLimits": (c, value) => c.lastRateLimits(untyped<string>(value)),
    "the path of cache.has": (c, value) => c.cache?.has(untyped(value)),
    "the path of cache.get": (c, value) => c.cache?.get(untyped(value)),
  };

  it.each(Object.entries(asks))("%s", async (_, ask) => {
    const client = new GoCardlessClient({ ...credentials, cacheOptions: { backend: "memory" } });
    for (const value of wrong) {
      const error = await failureOf((async () => ask(client, value))());
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain("string");
    }
  });

  it("the query and the body of checkCacheStatus", async () => {
    const client = new GoCardlessClient({ ...credentials, cacheOptions: { backend: "memory" } });
    const ofQuery = await failureOf(client.checkCacheStatus("GET", "/institutions/", untyped(null)));
    expect(ofQuery).toMatchObject({
      name: "ConfigurationError",
      message: "the query must be an object, not null.",
    });
    const ofBody = await failureOf(client.checkCacheStatus("POST", "/institutions/", {}, { days: 1n }));
    expect(ofBody).toMatchObject({
      name: "ConfigurationError",
      message: "The body cannot be written as JSON.",
    });
  });

  it("the further members of createBankLink", async () => {
    const client = new GoCardlessClient({ ...credentials, cacheOptions: false });
    const error = await failureOf(client.createBankLink("r", "B", "http://localhost", untyped(null)));
    expect(error).toMatchObject({
      name: "ConfigurationError",
      message: "the further members must be an object, not null.",
    });
  });
});
