import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainClient } from "./plain-client.ts";

/** How the service's framework, Django REST framework, reads requests. Clients depend on it without knowing it. */
describe("the service's framework", () => {
  let client: Awaited<ReturnType<typeof plainClient>>;
  beforeAll(async () => {
    client = await plainClient({ rateLimits: false });
  });
  afterAll(async () => client.sandbox.close());

  const least = { institution_id: "N26_NTSBDEB1", redirect: "http://localhost/" };
  const created = async (fields: Readonly<Record<string, unknown>>) =>
    await client.send("POST", "/requisitions/", { ...least, ...fields });
  const agreed = async (fields: unknown) => await client.send("POST", "/agreements/enduser/", fields);

  it("takes the last of repeated parameters of a list, and links to its neighbours with one of each", async () => {
    for (let count = 0; count < 5; count += 1) await created({});
    const { body } = await client.send("GET", "/requisitions/?limit=1&limit=2&offset=0&offset=2");
    const first = `${client.sandbox.baseUrl}/requisitions/?limit=2`;
    expect([body.results.length, body.next, body.previous]).toEqual([
      2,
      `${first}&offset=4`,
      `${first}&offset=0`,
    ]);
    const [{ id }] = (await client.send("GET", body.previous.slice(client.sandbox.baseUrl.length))).body
      .results;
    expect(id).toBe(client.sandbox.state().requisitions.at(-1)?.id);
  });

  it("takes the last of repeated fields of a form, but all values of a list", async () => {
    const repeated: [string, string][] = [
      ["institution_id", "NO_SUCH"],
      ["institution_id", "MONZO_MONZGB2L"],
      ["max_historical_days", "5"],
      ["max_historical_days", "30"],
      ["access_scope", "balances"],
      ["access_scope", "details"],
      ["access_scope", "transactions"],
    ];
    const parts = new FormData();
    for (const [name, value] of repeated) parts.append(name, value);
    for (const form of [new URLSearchParams(repeated), parts]) {
      const { status, body } = await agreed(form);
      expect([status, body.institution_id, body.max_historical_days, body.access_scope]).toEqual([
        201,
        "MONZO_MONZGB2L",
        30,
        ["balances", "details", "transactions"],
      ]);
    }
  });

  it("reads a number where a text belongs as its digits, and a text without the blanks around it", async () => {
    const made = await created({ reference: 20_261_123, institution_id: " N26_NTSBDEB1\n" });
    expect([made.status, made.body.reference, made.body.institution_id]).toEqual([
      201,
      "20261123",
      "N26_NTSBDEB1",
    ]);
    expect((await created({ reference: " 20261123 " })).body).toEqual({
      reference: {
        summary: "Client reference must be unique",
        detail: "Client reference: 20261123 already exists",
      },
      status_code: 400,
    });
    expect((await created({ reference: true })).body.reference).toEqual(["Not a valid string."]);
  });

  it("reads a language with a region, and repeats an invalid id and language as they were sent", async () => {
    for (const [sent, kept] of [
      ["en", "EN"],
      ["de-AT", "DE-AT"],
      [" pt_br ", "PT_BR"],
    ])
      expect((await created({ user_language: sent })).body.user_language).toBe(kept);
    for (const sent of ["ENGLI", "en-", "xx-GB", "e"])
      expect((await created({ user_language: sent })).body.user_language.detail).toBe(
        `'${sent}' is an invalid or unsupported language`,
      );
    const [error] = (await created({ agreement: "Not-An-ID" })).body.agreement;
    expect(error.detail).toMatch(/^Not-An-ID is not a valid EndUserAgreement UUID\./);
  });

  it.each([
    [1, true],
    ["on", true],
    ["YES", true],
    ["t", true],
    [0, false],
    ["off", false],
    ["No", false],
    ["f", false],
  ])("reads the flag %j as %j in a body and in a query", async (word, flag) => {
    expect((await created({ redirect_immediate: word })).body.redirect_immediate).toBe(flag);
    const filter = (value: unknown) => `/institutions/?country=GB&card_accounts_supported=${value}`;
    const [filtered, expected] = [
      await client.send("GET", filter(word)),
      await client.send("GET", filter(flag)),
    ];
    expect([filtered.status, filtered.text]).toEqual([200, expected.text]);
  });

  it("reads neither 2 nor another word as a flag, and ignores an empty filter", async () => {
    for (const word of [2, "maybe", ["true"]])
      expect((await created({ redirect_immediate: word })).body).toEqual({
        redirect_immediate: ["Must be a valid boolean."],
        status_code: 400,
      });
    const all = await client.send("GET", "/institutions/?country=GB");
    const unfiltered = await client.send("GET", "/institutions/?country=GB&card_accounts_supported=");
    expect([unfiltered.status, unfiltered.text]).toEqual([200, all.text]);
  });

  it("tells a required field that is null or blank from one that is missing", async () => {
    const error = async (fields: object) => (await agreed(fields)).body.institution_id;
    expect(await error({})).toEqual(["This field is required."]);
    expect(await error({ institution_id: null })).toEqual(["This field may not be null."]);
    expect(await error({ institution_id: "" })).toEqual(["This field may not be blank."]);
    const { id } = (await agreed({ institution_id: "N26_NTSBDEB1" })).body;
    const accepted = await client.send("PUT", `/agreements/enduser/${id}/accept/`, {
      user_agent: null,
      ip_address: " ",
    });
    expect([accepted.status, accepted.body]).toEqual([
      400,
      {
        user_agent: ["This field may not be null."],
        ip_address: ["This field may not be blank."],
        status_code: 400,
      },
    ]);
  });

  it("reads days with a point and zeros, and no other fraction", async () => {
    const days = async (max_historical_days: unknown) =>
      (await agreed({ institution_id: "N26_NTSBDEB1", max_historical_days })).body.max_historical_days;
    expect([await days(" 30 "), await days("30.0"), await days("+7")]).toEqual([30, 30, 7]);
    for (const odd of ["30.5", "3e1", "0x10", true])
      expect(await days(odd)).toEqual(["A valid integer is required."]);
  });

  it("reads dates with a month or a day of one digit", async () => {
    const { accounts } = await client.connect("MONZO_MONZGB2L");
    const asked = async (query: string) =>
      await client.send("GET", `/accounts/${accounts[0]}/transactions/?${query}`);
    const short = await asked("date_from=2026-11-3&date_to=2026-11-9");
    const long = await asked("date_from=2026-11-03&date_to=2026-11-09");
    expect([short.status, short.body.transactions]).toEqual([200, long.body.transactions]);
    expect((await asked("date_from=2026-13-1")).body).toEqual({
      date_from: ["Enter a valid date."],
      status_code: 400,
    });
  });

  it("names the methods of a path in the response to another one", async () => {
    const { status, headers } = await client.send("PATCH", "/requisitions/");
    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect((await client.send("GET", "/token/new/")).headers.get("allow")).toBe("POST");
  });

  it("takes a header of another scheme than Bearer for no credentials", async () => {
    const asked = async (authorization: string) =>
      (await client.send("GET", "/requisitions/", undefined, { authorization })).body.detail;
    expect(await asked(`Token ${client.token()}`)).toBe("Authentication credentials were not provided.");
    expect(await asked(client.token())).toBe("Authentication credentials were not provided.");
    expect(await asked(`Bearer ${client.token()}x`)).toBe("Token is invalid or expired");
    expect(await asked("Bearer")).toBe("Token is invalid or expired");
  });
});

describe("HEAD", () => {
  it("counts against an account's limit, and meets the faults of the operation, as a GET does", async () => {
    await using client = await plainClient();
    const { accounts } = await client.connect("N26_NTSBDEB1");
    const path = `/accounts/${accounts[0]}/transactions/`;
    client.sandbox.inject({ operation: "transactions", error: "ServiceError" });
    expect((await client.send("HEAD", path)).status).toBe(503);
    for (const left of ["3", "2", "1", "0"]) {
      const { status, headers, text } = await client.send("HEAD", path);
      expect([status, text]).toEqual([200, ""]);
      expect(headers.get("http_x_ratelimit_account_success_remaining")).toBe(left);
    }
    expect((await client.send("HEAD", path)).status).toBe(429);
    expect((await client.send("GET", path)).status).toBe(429);
  });
});
