import { describe, expect, it } from "vitest";
import {
  BankNotOfferedError,
  GoCardlessClient,
  goCardlessProvider,
  NotFoundError,
} from "../../packages/core/src/index.ts";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { failureOf } from "../support/failure.ts";
import { untyped } from "../support/untyped.ts";
import { plainClient } from "./plain-client.ts";
import { sendRaw } from "./raw-client.ts";

const UNKNOWN = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

type Client = Awaited<ReturnType<typeof plainClient>>;

/** Calls a control over HTTP, as a program in any language does. @returns the status and the body of its response */
async function control({ sandbox }: Client, method: string, path: string, body?: unknown) {
  const response = await fetch(new URL(`/_sandbox/${path}`, sandbox.baseUrl), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [response.status, JSON.parse(await response.text())];
}

describe("members of a request", () => {
  it("a client in Go creates a requisition with the zero value of `created`, which the service ignores", async () => {
    await using client = await plainClient();
    const body =
      '{"created":"0001-01-01T00:00:00Z","redirect":"http://localhost:3000/","institution_id":"MONZO_MONZGB2L","reference":"1"}';
    const request = [
      "POST /api/v2/requisitions/ HTTP/1.1",
      `Host: ${new URL(client.sandbox.baseUrl).host}`,
      "User-Agent: Go-http-client/1.1",
      `Content-Length: ${body.length}`,
      "Accept: application/json",
      `Authorization: Bearer ${client.token()}`,
      "Content-Type: application/json",
      "Accept-Encoding: gzip",
      "",
      body,
    ].join("\r\n");
    const response = await sendRaw(client.sandbox.baseUrl, request);
    expect(response?.status).toBe(201);
    expect(JSON.parse(response?.body ?? "")).toMatchObject({
      created: "2026-11-23T09:00:00.000Z",
      institution_id: "MONZO_MONZGB2L",
      reference: "1",
      status: "CR",
      accounts: [],
    });
  });

  it("members that only responses have are ignored in every encoding, whatever their value", async () => {
    await using client = await plainClient();
    const bank = { institution_id: "MONZO_MONZGB2L" };
    const odd: Record<string, unknown> = { id: UNKNOWN, created: 5, accepted: { a: [1] }, status: "LN" };
    const { status: _, ...agreement } = odd;
    const { accepted: __, ...requisition } = odd;
    const made = await client.send("POST", "/agreements/enduser/", { ...bank, ...agreement });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ accepted: null, created: "2026-11-23T09:00:00.000Z" });
    expect(made.body.id).not.toBe(UNKNOWN);
    const json = { ...bank, redirect: "http://localhost/", ...requisition, accounts: null, link: [] };
    const form = new URLSearchParams({
      ...bank,
      redirect: "http://localhost/",
      link: "x",
      accounts: UNKNOWN,
    });
    const parts = new FormData();
    for (const [name, value] of form) parts.set(name, value);
    for (const body of [json, form, parts]) {
      const sent = await client.send("POST", "/requisitions/", body);
      expect([sent.status, sent.body.status, sent.body.accounts]).toEqual([201, "CR", []]);
      expect([sent.body.id === UNKNOWN, sent.body.link]).toEqual([
        false,
        expect.stringContaining("/psd2/start/"),
      ]);
    }
    const accepted = await client.send("PUT", `/agreements/enduser/${made.body.id}/accept/`, {
      user_agent: "Firefox",
      ip_address: "192.0.2.1",
      id: UNKNOWN,
      accepted: "2001-01-01T00:00:00Z",
    });
    expect(accepted.body).toMatchObject({ id: made.body.id, accepted: "2026-11-23T09:00:00.000Z" });
    const { secretId, secretKey } = client.sandbox.credentials;
    const tokens = await client.send("POST", "/token/new/", {
      secret_id: secretId,
      secret_key: secretKey,
      access: "mine",
      access_expires: "never",
    });
    expect([tokens.status, tokens.body.access_expires]).toEqual([200, 86_400]);
    const refreshed = await client.send("POST", "/token/refresh/", {
      refresh: tokens.body.refresh,
      access: null,
    });
    expect(refreshed.status).toBe(200);
  });

  it("members that only the responses of a reconfirmation have are ignored", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { agreement } = await client.connect("MONZO_MONZGB2L", {
      access_valid_for_days: 180,
      reconfirmation: true,
    });
    client.sandbox.advanceTime({ days: 80 });
    await client.logIn();
    const { status, body } = await client.send("POST", `/agreements/enduser/${agreement}/reconfirm/`, {
      redirect: "http://localhost/",
      created: "0001-01-01T00:00:00Z",
      accounts: 7,
      url_valid_to: null,
      last_accessed: "x",
    });
    expect([status, body.created, body.last_accessed]).toEqual([201, client.sandbox.now(), null]);
  });

  it("unknown members are named as the service names them, in every encoding and in queries", async () => {
    await using client = await plainClient();
    const rejected = async (...request: Parameters<typeof client.send>) => {
      const { status, body } = await client.send(...request);
      return [status, body.summary, body.detail];
    };
    const unknown = (names: string, where = "payload") => [
      400,
      "Unknown fields",
      `Unknown fields ${names} in ${where}`,
    ];
    const bodies = [
      { accountSelection: "true", redirectImmediate: "x" },
      new URLSearchParams({ accountSelection: "true", redirectImmediate: "x" }),
      new FormData(),
    ];
    const parts = untyped<FormData>(bodies[2]);
    parts.set("accountSelection", "true");
    parts.set("redirectImmediate", "x");
    for (const path of ["/requisitions/", "/agreements/enduser/"]) {
      for (const body of bodies)
        expect(await rejected("POST", path, body)).toEqual(
          unknown("{'accountSelection', 'redirectImmediate'}"),
        );
    }
    const names = `{"it's":1,"a\\"'b":1,"c\\\\d\\n\\u0000":1,"\\ud800":1,"é😀":1,"__proto__":1,"toString":1}`;
    expect(await rejected("POST", "/requisitions/", names)).toEqual(
      unknown(`{"it's", 'a"\\'b', 'c\\\\d\\n\\x00', '\\ud800', 'é😀', '__proto__', 'toString'}`),
    );
    for (const path of ["/institutions/", "/requisitions/"]) {
      expect(await rejected("GET", `${path}?colour=red&colour=blue&toString=1&__proto__=2`)).toEqual(
        unknown("{'colour', 'toString', '__proto__'}", "query"),
      );
    }
  });
});

describe("paths", () => {
  it("a redirect to the path with a trailing slash needs no token, counts against no limit, and is logged", async () => {
    await using client = await plainClient();
    const token = client.token();
    client.sandbox.setLimits({ read: { calls: 1, window: 60, period: "min" } });
    client.setToken("");
    for (const [method, path] of [
      ["GET", "/requisitions?limit=5&offset=%2F%2Fevil"],
      ["HEAD", `/accounts/${UNKNOWN}/balances`],
      ["POST", "/token/new?x=1"],
      ["PUT", `/agreements/enduser/${UNKNOWN}/accept`],
      ["DELETE", `/requisitions/${UNKNOWN}`],
    ] as const) {
      const { status, headers } = await client.send(method, path);
      const [before, query] = path.split("?");
      expect([status, headers.get("location")]).toEqual([
        301,
        `/api/v2${before}/${query === undefined ? "" : `?${query}`}`,
      ]);
      expect(headers.has("http_x_ratelimit_limit")).toBe(false);
      expect(client.sandbox.requests.at(-1)).toMatchObject({ method, path: before, status: 301 });
    }
    client.setToken(token);
    expect((await client.send("GET", "/requisitions/")).status).toBe(200);
    expect((await client.send("HEAD", "/requisitions/")).status).toBe(429);
  });

  it("an unknown path is not found without a token, and never redirects", async () => {
    await using client = await plainClient();
    client.setToken("");
    const host = new URL(client.sandbox.baseUrl).host;
    for (const path of [
      "/api/v2/nothing",
      "/api/v2/nothing/",
      "/api/v2//evil.example/requisitions",
      "//evil.example/api/v2/requisitions",
      "/api/v2/requisitions//",
      "/api/v2/requisitions/a/b",
    ]) {
      const response = await sendRaw(
        client.sandbox.baseUrl,
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect([path, response?.status, JSON.parse(response?.body ?? "")]).toEqual([
        path,
        404,
        { summary: "Not found.", detail: "Not found.", status_code: 404 },
      ]);
      expect(response?.headers.filter((header) => /^(?:location|http_x_rate)/i.test(header))).toEqual([]);
    }
    expect((await client.send("PATCH", "/requisitions/")).status).toBe(401);
  });

  it("a redirect repeats the path as it was sent, whatever it holds", async () => {
    await using sandbox = await startSandbox();
    const host = new URL(sandbox.baseUrl).host;
    for (const id of ["%E2%82%AC", "%2F%2Fevil", "%0D%0AX:1", "%ZZ"]) {
      const path = `/api/v2/requisitions/${id}`;
      const response = await sendRaw(
        sandbox.baseUrl,
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect([response?.status, response?.headers.find((line) => /^location/i.test(line))]).toEqual([
        301,
        `location: ${path}/`,
      ]);
    }
  });

  it("a whole URL as the address of a request must name the sandbox as well", async () => {
    await using client = await plainClient();
    const { host } = new URL(client.sandbox.baseUrl);
    const asked = async (origin: string) =>
      await sendRaw(
        client.sandbox.baseUrl,
        `GET ${origin}/api/v2/requisitions/ HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${client.token()}\r\nConnection: close\r\n\r\n`,
      );
    expect((await asked(`http://${host}`))?.status).toBe(200);
    const foreign = await asked("http://evil.example");
    expect([foreign?.status, JSON.parse(foreign?.body ?? "").summary]).toEqual([403, "Foreign host"]);
  });
});

describe("the headers with limits", () => {
  it.each([
    ["http", ["LIMIT", "REMAINING", "RESET"], "HTTP_X_RATELIMIT_", "HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_"],
    ["plain", ["Limit", "Remaining", "Reset"], "X-RateLimit-", "X-RateLimit-Account-Success-"],
  ] as const)(
    "have their names in the form %j, and the client reads them",
    async (form, ends, general, account) => {
      await using client = await plainClient({ rateLimitHeaders: form });
      const { accounts } = await client.connect("N26_NTSBDEB1");
      const path = `/api/v2/accounts/${accounts[0]}/balances/`;
      const { host } = new URL(client.sandbox.baseUrl);
      const response = await sendRaw(
        client.sandbox.baseUrl,
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${client.token()}\r\nConnection: close\r\n\r\n`,
      );
      expect(response?.headers.filter((header) => /ratelimit/i.test(header))).toEqual([
        `${general}${ends[0]}: 100`,
        `${general}${ends[1]}: 99`,
        `${general}${ends[2]}: 60`,
        `${account}${ends[0]}: 4`,
        `${account}${ends[1]}: 3`,
        `${account}${ends[2]}: 86400`,
      ]);
      const seen: unknown[] = [];
      const core = new GoCardlessClient({
        ...client.sandbox.clientOptions(),
        cacheOptions: false,
        onResponse: ({ rateLimits }) => seen.push(rateLimits),
      });
      await core.getAccountBalances(String(accounts[0]));
      expect(seen.at(-1)).toMatchObject({
        general: { limit: 100, remaining: 98 },
        account: { limit: 4, remaining: 2 },
      });
    },
  );

  it("have no other form", async () => {
    await expect(startSandbox({ rateLimitHeaders: untyped("upper") })).rejects.toThrow(
      'rateLimitHeaders must be "http" or "plain", not "upper".',
    );
  });
});

describe("advancing the clock", () => {
  it("tokens age with the clock, unless they are to be kept", async () => {
    await using client = await plainClient();
    const { refresh } = await client.logIn();
    client.sandbox.advanceTime({ days: 181 }, { keepTokens: true });
    expect(client.sandbox.now()).toBe("2027-05-23T09:00:00.000Z");
    expect((await client.send("GET", "/requisitions/")).status).toBe(200);
    client.sandbox.advanceTime({ seconds: 86_399 });
    expect((await client.send("GET", "/requisitions/")).status).toBe(200);
    client.sandbox.advanceTime({ seconds: 1 });
    expect((await client.send("GET", "/requisitions/")).status).toBe(401);
    client.sandbox.advanceTime({ days: 400 }, { keepTokens: true });
    expect((await client.send("GET", "/requisitions/")).status).toBe(401);
    client.sandbox.advanceTime({ days: 28, hours: 23 });
    expect((await client.send("POST", "/token/refresh/", { refresh })).status).toBe(200);
    client.sandbox.advanceTime({ hours: 1 });
    expect((await client.send("POST", "/token/refresh/", { refresh })).status).toBe(401);
  });

  it("over HTTP keeps tokens as well, and a misspelt option is an error", async () => {
    await using client = await plainClient();
    expect(await control(client, "POST", "time", { days: 181, keepTokens: true })).toEqual([
      200,
      { now: "2027-05-23T09:00:00.000Z" },
    ]);
    expect((await client.send("GET", "/requisitions/")).status).toBe(200);
    await control(client, "POST", "time", { days: 1, keepTokens: false });
    expect((await client.send("GET", "/requisitions/")).status).toBe(401);
    expect(() => client.sandbox.advanceTime({ days: 1 }, untyped({ keepToken: true }))).toThrow(
      'Unknown option "keepToken" of advanceTime.',
    );
    expect(client.sandbox.now()).toBe("2027-05-24T09:00:00.000Z");
  });
});

describe("an account whose state does not allow a call", () => {
  const KINDS = ["balances", "details", "transactions"];

  it("responds with its object, in the form of the specification, in all kinds of data", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { accounts } = await client.connect("N26_NTSBDEB1");
    const { id, created, iban } = (await client.send("GET", `/accounts/${accounts[0]}/`)).body;
    for (const status of ["DISCOVERED", "PROCESSING", "ERROR"] as const) {
      client.sandbox.setAccountStatus(id, status);
      for (const kind of KINDS) {
        const sent = await client.send("GET", `/accounts/${id}/${kind}/`);
        expect([sent.status, sent.body]).toEqual([
          409,
          {
            id,
            created,
            last_accessed: "2026-11-23T09:00:00.000Z",
            iban,
            aspsp_identifier: "N26_NTSBDEB1",
            status,
          },
        ]);
      }
    }
    client.sandbox.setAccountStatus(id, "SUSPENDED");
    for (const kind of KINDS) {
      expect(await client.send("GET", `/accounts/${id}/${kind}/`)).toMatchObject({
        status: 409,
        body: { summary: "Account suspended", status_code: 409 },
      });
    }
  });

  it("can be injected as a fault in both forms, of an account that is ready", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { accounts } = await client.connect("N26_NTSBDEB1");
    for (const kind of KINDS) {
      const path = `/accounts/${accounts[0]}/${kind}/`;
      client.sandbox.inject({ error: "AccountState", account: accounts[0] });
      expect(await client.send("GET", path)).toMatchObject({
        status: 409,
        body: { id: accounts[0], aspsp_identifier: "N26_NTSBDEB1", status: "ERROR" },
      });
      await control(client, "POST", "faults", { error: "Suspended", operation: kind });
      expect(await client.send("GET", path)).toMatchObject({
        status: 409,
        body: { summary: "Account suspended" },
      });
      expect((await client.send("GET", path)).status).toBe(200);
    }
    await control(client, "POST", "faults", { error: "AccountState" });
    expect((await client.send("GET", "/requisitions/")).status).toBe(404);
  });
});

describe("a requisition without accounts", () => {
  const made = async (client: Client) =>
    (
      await client.send("POST", "/requisitions/", {
        institution_id: "N26_NTSBDEB1",
        redirect: "http://localhost/",
        reference: crypto.randomUUID(),
      })
    ).body;
  const seen = async (client: Client, id: string) => {
    const { status, accounts } = (await client.send("GET", `/requisitions/${id}/`)).body;
    return [status, accounts];
  };

  it("is linked if the end user picks none", async () => {
    await using client = await plainClient();
    const { id, reference } = await made(client);
    expect(await client.sandbox.authorise(id, { outcome: "linked", accounts: [] })).toBe(
      `http://localhost/?ref=${reference}`,
    );
    expect(await seen(client, id)).toEqual(["LN", []]);
    const other = await made(client);
    await control(client, "POST", "authorise", { requisition: other.id, accounts: [] });
    expect(await seen(client, other.id)).toEqual(["LN", []]);
  });

  it("is linked on the page if nothing is ticked twice", async () => {
    await using client = await plainClient();
    const { id, link, reference } = await made(client);
    const agreed = async (fields: Record<string, string>) =>
      await fetch(link, {
        method: "POST",
        body: new URLSearchParams({ decision: "agree", ...fields }),
        redirect: "manual",
      });
    const asked = await (await agreed({})).text();
    expect(asked).toContain("Select at least one account, or agree again to connect none.");
    expect(asked).toContain('<input type="hidden" name="empty" value="yes">');
    expect(asked).not.toContain("checked");
    expect(await seen(client, id)).toEqual(["CR", []]);
    expect((await agreed({ empty: "yes" })).headers.get("location")).toBe(
      `http://localhost/?ref=${reference}`,
    );
    expect(await seen(client, id)).toEqual(["LN", []]);
  });

  it("can have any of the accounts, by their places, but none that does not exist", async () => {
    await using client = await plainClient();
    const { id } = await made(client);
    await expect(client.sandbox.authorise(id, { outcome: "linked", accounts: [0, 2] })).rejects.toThrow(
      "There is no account 2 at N26_NTSBDEB1: it has 2, and the first one is 0.",
    );
    expect(await seen(client, id)).toEqual(["CR", []]);
    await client.sandbox.authorise(id, { outcome: "linked", accounts: [1] });
    const [, accounts] = await seen(client, id);
    expect(accounts).toHaveLength(1);
    expect((await client.send("GET", `/accounts/${accounts[0]}/`)).body.name).toBe("Savings Account");
  });
});

describe("a bank that left the service", () => {
  const BANK = "DEUTSCHE_BANK_DEUTDEFF";
  const least = { institution_id: BANK, redirect: "http://localhost/" };
  const listed = async (client: Client) =>
    (await client.send("GET", "/institutions/?country=DE")).body.some(
      ({ id }: { id: string }) => id === BANK,
    );

  it("cannot be found or connected, and what is linked can be read until its consent ends", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { id, accounts } = await client.connect(BANK, { access_valid_for_days: 30 });
    const agreement = (await client.send("POST", "/agreements/enduser/", { institution_id: BANK })).body.id;
    client.sandbox.withdrawBank(BANK);
    expect(await listed(client)).toBe(false);
    for (const path of [`/institutions/${BANK}/`, `/integrations/${BANK}/`])
      expect(await client.send("GET", path)).toMatchObject({ status: 404, body: { summary: "Not found." } });
    for (const [path, body] of [
      ["/agreements/enduser/", { institution_id: BANK }],
      ["/requisitions/", least],
      ["/requisitions/", { ...least, agreement }],
    ] as const) {
      expect(await client.send("POST", path, body)).toMatchObject({
        status: 400,
        body: { institution_id: { summary: `Unknown Institution ID ${BANK}` } },
      });
    }
    expect((await client.send("GET", `/accounts/${accounts[0]}/balances/`)).status).toBe(200);
    expect((await client.send("GET", `/accounts/${accounts[0]}/`)).body.status).toBe("READY");
    expect((await client.send("GET", `/requisitions/${id}/`)).body.status).toBe("LN");
    client.sandbox.advanceTime({ days: 30 }, { keepTokens: true });
    expect((await client.send("GET", `/accounts/${accounts[0]}/balances/`)).status).toBe(401);
    client.sandbox.offerBank(BANK);
    expect(await listed(client)).toBe(true);
    expect((await client.connect(BANK)).accounts).toEqual(accounts);
  });

  it("fails the consents that wait, and these stay failed when it is back", async () => {
    await using client = await plainClient();
    const waiting = (await client.send("POST", "/requisitions/", least)).body;
    const underWay = (await client.send("POST", "/requisitions/", least)).body;
    await client.sandbox.authorise(underWay.id, { outcome: "linked", takesSeconds: 60 });
    client.sandbox.withdrawBank(BANK);
    const page = await fetch(waiting.link);
    expect([page.status, await page.text()]).toEqual([
      404,
      expect.stringContaining(`The service does not offer ${BANK} any more, so it cannot be connected.`),
    ]);
    await expect(client.sandbox.authorise(waiting.id, { outcome: "linked" })).rejects.toThrow(
      "does not offer",
    );
    client.sandbox.advanceTime({ seconds: 60 });
    for (const { id } of [waiting, underWay])
      expect((await client.send("GET", `/requisitions/${id}/`)).body).toMatchObject({
        status: "ER",
        accounts: [],
      });
    client.sandbox.offerBank(BANK);
    expect((await client.send("GET", `/requisitions/${waiting.id}/`)).body.status).toBe("ER");
  });

  it("can be removed and offered again over HTTP, and is remembered", async () => {
    await using client = await plainClient();
    expect(await control(client, "PUT", `institutions/${BANK}/offered`, { offered: false })).toEqual([
      200,
      { offered: false },
    ]);
    expect(client.sandbox.state().withdrawnBanks).toEqual([BANK]);
    const state = JSON.parse(JSON.stringify(client.sandbox.save()));
    await using restored = await plainClient({ state });
    expect(await listed(restored)).toBe(false);
    await control(restored, "PUT", `institutions/${BANK}/offered`, { offered: true });
    expect(await listed(restored)).toBe(true);
    expect(restored.sandbox.save()).not.toHaveProperty("withdrawnBanks");
    const [status, unknown] = await control(restored, "PUT", "institutions/NO_SUCH/offered", {
      offered: true,
    });
    expect([status, unknown.detail]).toEqual([
      400,
      "There is no bank NO_SUCH: GET /institutions/ lists the ids of the banks.",
    ]);
  });

  it("is reported as such by the client when its connection is renewed", async () => {
    await using client = await plainClient();
    const core = new GoCardlessClient({ ...client.sandbox.clientOptions(), cacheOptions: false });
    const provider = goCardlessProvider(core);
    const bank = await provider.bank(BANK);
    client.sandbox.withdrawBank(BANK);
    const error = await failureOf(provider.begin(bank, { returnTo: "http://localhost/" }));
    expect(error).toBeInstanceOf(BankNotOfferedError);
    expect(error.message).toContain("Deutsche Bank");
    await expect(provider.bank(BANK)).rejects.toThrow(NotFoundError);
  });
});

describe("access that ends early at the bank", () => {
  const ended = (kind: string) => ({
    summary: `Couldn't update account ${kind}`,
    detail: "Access has expired or it has been revoked. To restore access reconnect the account.",
    type: "AccessExpiredError",
    status_code: 401,
  });

  it.each([
    ["N26_NTSBDEB1", true],
    ["REVOLUT_REVOGB21", false],
  ])(
    "%s rejects calls until a new requisition links the account, with the same id: %j",
    async (bank, same) => {
      await using client = await plainClient();
      const { id, accounts } = await client.connect(bank);
      const [account, other] = accounts.map(String);
      client.sandbox.endAccess(String(account));
      for (const kind of ["balances", "details", "transactions"]) {
        const { status, body } = await client.send("GET", `/accounts/${account}/${kind}/`);
        expect([status, body]).toEqual([401, ended(kind)]);
      }
      expect((await client.send("GET", `/accounts/${account}/`)).body.status).toBe("EXPIRED");
      expect((await client.send("GET", `/requisitions/${id}/`)).body.status).toBe("LN");
      expect((await client.send("GET", `/accounts/${other}/balances/`)).status).toBe(200);
      const renewed = await client.connect(bank);
      expect(renewed.accounts[0] === account).toBe(same);
      const cured = await client.send("GET", `/accounts/${renewed.accounts[0]}/balances/`);
      // The calls that failed did not count.
      expect([cured.status, cured.headers.get("http_x_ratelimit_account_success_remaining")]).toEqual([
        200,
        "3",
      ]);
      if (!same) expect((await client.send("GET", `/accounts/${account}/balances/`)).status).toBe(401);
    },
  );

  it("is set by the status EXPIRED and over HTTP, and counts towards suspension", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { accounts } = await client.connect("N26_NTSBDEB1");
    const path = `/accounts/${accounts[0]}/transactions/`;
    client.sandbox.setAccountStatus(accounts[0], "EXPIRED");
    expect((await client.send("GET", path)).body).toEqual(ended("transactions"));
    client.sandbox.setAccountStatus(accounts[0], "READY");
    expect((await client.send("GET", path)).status).toBe(200);
    expect(await control(client, "DELETE", `accounts/${accounts[0]}/access`)).toEqual([
      200,
      { status: "EXPIRED" },
    ]);
    for (let call = 0; call < 10; call += 1) expect((await client.send("GET", path)).status).toBe(401);
    expect((await client.send("GET", path)).body.summary).toBe("Account suspended");
    expect(await control(client, "DELETE", `accounts/${UNKNOWN}/access`)).toMatchObject([
      400,
      { detail: expect.stringContaining(`There is no account ${UNKNOWN}`) },
    ]);
  });

  it("is rejected as expired once the agreement has ended too", async () => {
    await using client = await plainClient();
    const { agreement, accounts } = await client.connect("N26_NTSBDEB1", { access_valid_for_days: 30 });
    client.sandbox.endAccess(accounts[0]);
    client.sandbox.advanceTime({ days: 30 }, { keepTokens: true });
    expect((await client.send("GET", `/accounts/${accounts[0]}/details/`)).body.summary).toBe(
      `End User Agreement (EUA) ${agreement} has expired`,
    );
  });
});
