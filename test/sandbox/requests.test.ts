import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainClient } from "./plain-client.ts";

const UNKNOWN = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

describe("error responses", () => {
  let client: Awaited<ReturnType<typeof plainClient>>;
  beforeAll(async () => {
    client = await plainClient();
  });
  afterAll(async () => client.sandbox.close());

  const flat = (status: number, summary: string, detail: string) => ({
    status,
    body: { summary, detail, status_code: status },
  });
  const field = (fields: Record<string, unknown>, status = 400) => ({
    status,
    body: { ...fields, status_code: status },
  });
  const least = { institution_id: "N26_NTSBDEB1", redirect: "http://localhost/" };

  it.each<[string, string, unknown, { status: number; body: unknown }]>([
    [
      "GET",
      "/accounts/nonsense/details/",
      undefined,
      flat(400, "Invalid Account ID", "nonsense is not a valid Account UUID. "),
    ],
    [
      "GET",
      `/accounts/${UNKNOWN}/balances/`,
      undefined,
      flat(404, `Account ID ${UNKNOWN} not found`, "Please check whether you specified a valid Account ID"),
    ],
    ["GET", "/requisitions/nonsense/", undefined, flat(400, "Invalid ID", "nonsense is not a valid UUID.")],
    ["GET", `/requisitions/${UNKNOWN}/`, undefined, flat(404, "Not found.", "Not found.")],
    ["GET", "/institutions/NO_SUCH/", undefined, flat(404, "Not found.", "Not found.")],
    [
      "GET",
      "/institutions/?country=US",
      undefined,
      flat(400, "Invalid country choice.", "US is not a valid choice."),
    ],
    [
      "GET",
      "/institutions/?colour=red",
      undefined,
      flat(400, "Unknown fields", "Unknown fields {'colour'} in query"),
    ],
    [
      "GET",
      "/requisitions/?limit=0&offset=-1",
      undefined,
      { status: 200, body: { count: 0, next: null, previous: null, results: [] } },
    ],
    [
      "GET",
      "/accounts/nonsense/",
      undefined,
      flat(404, "Account ID nonsense not found", "Please check whether you specified a valid Account ID"),
    ],
    [
      "POST",
      "/token/new/",
      {},
      flat(401, "Authentication failed", "No active account found with the given credentials"),
    ],
    ["GET", "/integrations/", undefined, flat(404, "Not found.", "Not found.")],
    ["GET", "/nothing/", undefined, flat(404, "Not found.", "Not found.")],
    [
      "PATCH",
      "/requisitions/",
      undefined,
      flat(405, 'Method "PATCH" not allowed.', 'Method "PATCH" not allowed.'),
    ],
    [
      "POST",
      "/requisitions/",
      {},
      field({ redirect: ["This field is required."], institution_id: ["This field is required."] }),
    ],
    [
      "POST",
      "/requisitions/",
      { ...least, institution_id: "X" },
      field({
        institution_id: {
          summary: "Unknown Institution ID X",
          detail: "Get Institution IDs from /institutions/?country={$COUNTRY_CODE}",
        },
      }),
    ],
    [
      "POST",
      "/requisitions/",
      { ...least, redirect: "nowhere" },
      field({
        redirect: [
          { summary: "Invalid redirect URI", detail: "Redirect URI must have a valid URI structure" },
        ],
      }),
    ],
    [
      "POST",
      "/requisitions/",
      { ...least, agreement: UNKNOWN },
      field(
        {
          agreement: {
            summary: `ID ${UNKNOWN} not found`,
            detail: "Please check whether you specified a valid ID",
          },
        },
        404,
      ),
    ],
    [
      "POST",
      "/requisitions/",
      { ...least, ssn: "123" },
      field({
        ssn: [
          {
            summary: "SSN verification not supported",
            detail: "SSN verification not supported for N26_NTSBDEB1",
          },
        ],
      }),
    ],
    [
      "POST",
      "/requisitions/",
      { ...least, user_language: "xx" },
      field({
        user_language: {
          summary: "Provided user_language is invalid or not supported",
          detail: "'xx' is an invalid or unsupported language",
        },
      }),
    ],
    [
      "POST",
      "/requisitions/",
      { ...least, colour: "red" },
      flat(400, "Unknown fields", "Unknown fields {'colour'} in payload"),
    ],
    [
      "POST",
      "/agreements/enduser/",
      { institution_id: "N26_NTSBDEB1", max_historical_days: 91 },
      field({
        max_historical_days: [
          {
            summary: "Incorrect max_historical_days",
            detail: "max_historical_days must be > 0 and <= N26_NTSBDEB1 transaction_total_days (90)",
          },
        ],
      }),
    ],
    [
      "POST",
      "/agreements/enduser/",
      { institution_id: "N26_NTSBDEB1", access_valid_for_days: 181 },
      field({
        access_valid_for_days: [
          {
            summary: "Incorrect access_valid_for_days",
            detail: "access_valid_for_days must be > 0 and <= 180",
          },
        ],
      }),
    ],
    [
      "POST",
      "/agreements/enduser/",
      { institution_id: "N26_NTSBDEB1", access_scope: ["all"] },
      field({
        access_scope: [
          {
            summary: "Unknown value 'all' in access_scope",
            detail: "Choose one or several from ['balances', 'details', 'transactions']",
          },
        ],
      }),
    ],
    [
      "POST",
      "/agreements/enduser/",
      { institution_id: "N26_NTSBDEB1", reconfirmation: true, access_valid_for_days: 180 },
      field({
        reconfirmation: {
          summary: "Reconfirmation not supported",
          detail: "Reconfirmation not supported for N26_NTSBDEB1",
        },
      }),
    ],
    [
      "POST",
      "/token/new/",
      { secret_id: "a", secret_key: "b" },
      flat(401, "Authentication failed", "No active account found with the given credentials"),
    ],
    ["POST", "/token/refresh/", { refresh: "x" }, flat(401, "Invalid token", "Token is invalid or expired")],
  ])("%s %s with the body %j returns the service's own response", async (method, path, body, expected) => {
    const { status, body: sent } = await client.send(method, path, body);
    expect({ status, body: sent }).toEqual(expected);
  });

  it("an invalid body never causes a status 500 or a stack trace", async () => {
    const bodies: [unknown, Record<string, string>, number][] = [
      ["{", {}, 400],
      ["[]", {}, 400],
      ["5", {}, 400],
      ["null", {}, 400],
      [`{"agreement":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, {}, 400],
      ["x".repeat(2_000_000), {}, 413],
      ["<a/>", { "content-type": "application/xml" }, 415],
      ["x", { "content-type": "multipart/form-data; boundary=y" }, 400],
    ];
    for (const path of ["/requisitions/", "/agreements/enduser/", "/token/new/"]) {
      for (const [body, headers, status] of bodies) {
        const response = await client.send("POST", path, body, headers);
        const expected = path === "/token/new/" && status !== 413 ? 401 : status;
        expect([path, response.status]).toEqual([path, expected]);
        expect(response.text).not.toMatch(/\bat \w+.*:\d+:\d+|node_modules/);
        expect(response.body.status_code).toBe(expected);
      }
    }
  });

  it("a path without a trailing slash redirects to the path with it, for every method", async () => {
    const away = await client.send("GET", "/requisitions?limit=5");
    expect([away.status, away.headers.get("location")]).toEqual([301, "/api/v2/requisitions/?limit=5"]);
    for (const method of ["POST", "PUT", "DELETE"]) {
      const sent = await client.send(method, `/requisitions/${UNKNOWN}`, {});
      expect([sent.status, sent.headers.get("location")]).toEqual([301, `/api/v2/requisitions/${UNKNOWN}/`]);
    }
  });
});

describe("fields of any type", () => {
  let client: Awaited<ReturnType<typeof plainClient>>;
  beforeAll(async () => {
    client = await plainClient({ rateLimits: false });
  });
  afterAll(async () => client.sandbox.close());

  const PATHS = ["/requisitions/", "/agreements/enduser/", "/token/new/", "/token/refresh/"];
  const FIELDS = [
    "institution_id",
    "redirect",
    "agreement",
    "reference",
    "user_language",
    "ssn",
    "account_selection",
    "max_historical_days",
    "access_valid_for_days",
    "access_scope",
    "reconfirmation",
    "secret_id",
    "refresh",
  ];

  /** Sends fields that may be of any type. */
  async function expectDocumentedStatus(path: string, fields: Readonly<Record<string, unknown>>) {
    const { status } = await client.send("POST", path, fields);
    expect([200, 201, 400, 401, 404], JSON.stringify(fields)).toContain(status);
  }

  it("any fields lead to a documented status, never to 500", async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom("N26_NTSBDEB1", UNKNOWN, "http://localhost/"),
    );
    const fields = fc.dictionary(fc.constantFrom(...FIELDS), value);
    await fc.assert(fc.asyncProperty(fc.constantFrom(...PATHS), fields, expectDocumentedStatus), {
      numRuns: 90,
    });
  });

  it.each([[{ toString: 1 }], [[{ toString: 1 }]], [{ valueOf: null, length: 1 }], [[[]]]])(
    "a field that cannot be made text leads to a documented status: %j",
    async (value) => {
      for (const path of PATHS) {
        for (const name of FIELDS) await expectDocumentedStatus(path, { [name]: value });
      }
    },
  );
});

describe("request bodies", () => {
  it("a request body can be JSON or a form in either encoding", async () => {
    await using client = await plainClient();
    const fields = {
      institution_id: "N26_NTSBDEB1",
      redirect: "http://localhost/",
      account_selection: "true",
    };
    const parts = new FormData();
    for (const [name, value] of Object.entries(fields)) parts.set(name, value);
    for (const body of [new URLSearchParams(fields), parts, { ...fields, account_selection: true }]) {
      const { status, body: made } = await client.send("POST", "/requisitions/", body);
      expect([status, made.account_selection, made.status]).toEqual([201, true, "CR"]);
    }
    const scopes = new URLSearchParams([
      ["institution_id", "N26_NTSBDEB1"],
      ["max_historical_days", "30"],
      ["access_scope", "balances"],
      ["access_scope", "details"],
    ]);
    expect((await client.send("POST", "/agreements/enduser/", scopes)).body).toMatchObject({
      max_historical_days: 30,
      access_scope: ["balances", "details"],
    });
  });
});
