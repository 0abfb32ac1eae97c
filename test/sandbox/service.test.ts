import { describe, expect, it } from "vitest";
import { GoCardlessClient } from "../../packages/core/src/index.ts";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { untyped } from "../support/untyped.ts";
import { plainClient } from "./plain-client.ts";
import { sendRaw } from "./raw-client.ts";

const UNKNOWN = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

describe("members of a request", () => {
  it.each([
    {
      path: "/api/v2/requisitions/",
      chunk: [
        "78",
        '{"created":"0001-01-01T00:00:00Z","redirect":"http://localhost:3000/","institution_id":"MONZO_MONZGB2L","reference":"1"}',
      ],
      made: { institution_id: "MONZO_MONZGB2L", reference: "1", status: "CR", accounts: [] },
    },
    {
      path: "/api/v2/agreements/enduser/",
      chunk: [
        "ae",
        '{"created":"0001-01-01T00:00:00Z","max_historical_days":180,"access_valid_for_days":90,"institution_id":"MONZO_MONZGB2L","access_scope":["balances","details","transactions"]}',
      ],
      made: { institution_id: "MONZO_MONZGB2L", max_historical_days: 180, accepted: null },
    },
  ])(
    "a client in Go posts to $path in chunks, with the zero value of `created`, which the service ignores",
    async ({ path, chunk, made }) => {
      await using client = await plainClient();
      // Recorded from nordigen-go-lib 2.2.0, built with Go 1.26, except for the host and the token. The client does not
      // say how long its body is, so that Go's net/http sends a chunk.
      const request = [
        `POST ${path} HTTP/1.1`,
        `Host: ${new URL(client.sandbox.baseUrl).host}`,
        "User-Agent: Go-http-client/1.1",
        "Transfer-Encoding: chunked",
        "Accept: application/json",
        `Authorization: Bearer ${client.token()}`,
        "Content-Type: application/json",
        "Accept-Encoding: gzip",
        "",
        ...chunk,
        "0",
        "",
        "",
      ].join("\r\n");
      const response = await sendRaw(client.sandbox.baseUrl, request);
      expect(response?.status).toBe(201);
      expect(JSON.parse(response?.body ?? "")).toMatchObject({
        ...made,
        created: "2026-11-23T09:00:00.000Z",
      });
    },
  );

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

describe("a query", () => {
  it("has the last value of a name that occurs several times, and is logged with any name", async () => {
    await using client = await plainClient();
    const { body } = await client.send("GET", "/institutions/?country=US&country=DK");
    expect(body.map(({ name }: { name: string }) => name)).toContain("Jyske Bank");
    await client.send("GET", "/requisitions/?__proto__=a&toString=b&toString=c");
    const logged = client.sandbox.requests.at(-1)?.query ?? {};
    expect(Object.entries(logged)).toEqual([
      ["__proto__", "a"],
      ["toString", "c"],
    ]);
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

  it("count the calls of an account whose id is sent in capitals", async () => {
    await using client = await plainClient();
    const { accounts } = await client.connect("N26_NTSBDEB1");
    const path = `/accounts/${String(accounts[0]).toUpperCase()}/balances/`;
    const { status, headers } = await client.send("GET", path);
    expect([status, headers.get("HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING")]).toEqual([200, "3"]);
  });

  it("have no other form", async () => {
    await expect(startSandbox({ rateLimitHeaders: untyped("upper") })).rejects.toThrow(
      'rateLimitHeaders must be "http" or "plain", not "upper".',
    );
  });
});
