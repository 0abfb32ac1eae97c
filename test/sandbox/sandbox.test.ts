import { request as httpRequest } from "node:http";
import Big from "big.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccountTransactions } from "../../packages/core/src/index.ts";
import { dayNumber } from "../../packages/sandbox/src/banks/day.ts";
import { bookedBalance } from "../../packages/sandbox/src/banks/history.ts";
import { accountsAt, banks, type SandboxAccount, truthOf } from "../../packages/sandbox/src/banks/index.ts";
import { decimal } from "../../packages/sandbox/src/banks/money.ts";
import { transactionsText } from "../../packages/sandbox/src/gocardless/payload/transactions.ts";
import { type Sandbox, startSandbox } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";

describe("tokens", () => {
  it("a token expires on the sandbox's clock, and a refresh returns only a new access token", async () => {
    await using client = await plainClient();
    const { refresh } = await client.logIn();
    client.sandbox.advanceTime({ seconds: 86_399 });
    expect((await client.send("GET", "/requisitions/")).status).toBe(200);
    client.sandbox.advanceTime({ seconds: 1 });
    expect(await client.send("GET", "/requisitions/")).toMatchObject({
      status: 401,
      body: { summary: "Invalid token" },
    });
    const refreshed = (await client.send("POST", "/token/refresh/", { refresh })).body;
    expect(Object.keys(refreshed).sort()).toEqual(["access", "access_expires"]);
    client.setToken(refreshed.access);
    expect((await client.send("GET", "/requisitions/")).status).toBe(200);
    client.sandbox.advanceTime({ days: 29 });
    expect((await client.send("POST", "/token/refresh/", { refresh })).status).toBe(401);
    client.setToken("");
    expect(await client.send("GET", "/requisitions/")).toMatchObject({
      status: 401,
      body: { detail: "Authentication credentials were not provided." },
    });
  });
});

describe("a consent", () => {
  it("a consent on the page links the picked accounts, until the agreed days are over", async () => {
    await using client = await plainClient();
    const agreement = (
      await client.send("POST", "/agreements/enduser/", {
        institution_id: "SANDBOXFINANCE_SFIN0000",
        access_valid_for_days: 30,
        access_scope: ["balances"],
      })
    ).body;
    expect(agreement).toMatchObject({ accepted: null, max_historical_days: 90, reconfirmation: false });
    const requisition = (
      await client.send("POST", "/requisitions/", {
        institution_id: "SANDBOXFINANCE_SFIN0000",
        redirect: "http://localhost/back?x=1",
        agreement: agreement.id,
        reference: "mine",
      })
    ).body;
    expect(requisition).toMatchObject({ status: "CR", accounts: [], agreement: agreement.id });
    client.sandbox.advanceTime({ days: 1 });
    await client.logIn();

    const page = await fetch(requisition.link);
    const html = await page.text();
    expect(html).toContain("Main Account");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await client.send("GET", `/requisitions/${requisition.id}/`)).body.status).toBe("GC");
    const none = await fetch(requisition.link, {
      method: "POST",
      body: new URLSearchParams({ decision: "agree" }),
      redirect: "manual",
    });
    expect([none.status, await none.text()]).toEqual([
      400,
      expect.stringContaining("Select at least one account"),
    ]);
    const agreed = await fetch(requisition.link, {
      method: "POST",
      body: new URLSearchParams([
        ["decision", "agree"],
        ["account", "1"],
      ]),
      redirect: "manual",
    });
    expect(agreed.headers.get("location")).toBe("http://localhost/back?x=1&ref=mine");
    expect((await fetch(requisition.link)).status).toBe(404);

    const linked = (await client.send("GET", `/requisitions/${requisition.id}/`)).body;
    expect(linked).toMatchObject({ status: "LN", accounts: [expect.any(String)] });
    const id = linked.accounts[0];
    expect((await client.send("GET", `/accounts/${id}/`)).body).toMatchObject({
      name: "Credit Account",
      status: "READY",
      iban: expect.stringMatching(/^GL\d{16}$/),
    });
    expect((await client.send("GET", `/accounts/${id}/balances/`)).status).toBe(200);
    expect((await client.send("GET", `/accounts/${id}/details/`)).body).toMatchObject({
      summary: "End User Agreement (EUA) access scope error",
      status_code: 403,
    });

    client.sandbox.advanceTime({ days: 29 });
    await client.logIn();
    expect((await client.send("GET", `/accounts/${id}/balances/`)).status).toBe(200);
    client.sandbox.advanceTime({ days: 1 });
    await client.logIn();
    const over = await client.send("GET", `/accounts/${id}/balances/`);
    expect(over).toMatchObject({
      status: 401,
      body: { summary: `End User Agreement (EUA) ${agreement.id} has expired` },
    });
    expect(over.body.detail).toContain(
      "EUA was valid for 30 days and it expired at 2026-12-24T09:00:00.000Z",
    );
    expect((await client.send("GET", `/requisitions/${requisition.id}/`)).body.status).toBe("EX");
    expect((await client.send("GET", `/accounts/${id}/`)).body.status).toBe("EXPIRED");
  });

  it("the redirect carries an error if the user cancels or the bank rejects", async () => {
    await using client = await plainClient();
    const made = async () =>
      (
        await client.send("POST", "/requisitions/", {
          institution_id: "N26_NTSBDEB1",
          redirect: "http://localhost/",
        })
      ).body;
    const first = await made();
    const cancelled = await fetch(first.link, {
      method: "POST",
      body: new URLSearchParams({ decision: "cancel" }),
      redirect: "manual",
    });
    expect(cancelled.headers.get("location")).toBe(
      `http://localhost/?ref=${first.reference}&error=UserCancelledSession&details=User+cancelled+the+session.`,
    );
    const second = await made();
    expect(await client.sandbox.authorise(second.id, { outcome: "rejected" })).toContain(
      "error=UserSessionRejected",
    );
    expect((await client.send("GET", `/requisitions/${second.id}/`)).body).toMatchObject({
      status: "RJ",
      accounts: [],
    });
  });

  it("deleting a requisition ends access, and connecting again returns the same or new ids, depending on the bank", async () => {
    await using client = await plainClient();
    for (const [bank, same] of [
      ["N26_NTSBDEB1", true],
      ["REVOLUT_REVOGB21", false],
    ] as const) {
      const first = await client.connect(bank);
      const ibanOf = async (id: string) => (await client.send("GET", `/accounts/${id}/`)).body.iban;
      expect((await client.send("DELETE", `/requisitions/${first.id}/`)).body).toEqual({
        summary: "Requisition deleted",
        detail: `Requisition ${first.id} deleted with all its End User Agreements`,
      });
      expect((await client.send("GET", `/accounts/${first.accounts[0]}/balances/`)).body).toMatchObject({
        summary: "No valid End User Agreement",
      });
      expect((await client.send("GET", `/agreements/enduser/${first.agreement}/`)).status).toBe(404);
      const second = await client.connect(bank);
      expect(second.accounts[0] === first.accounts[0]).toBe(same);
      expect(await ibanOf(second.accounts[0])).toBe(await ibanOf(first.accounts[0]));
    }
  });

  it("an agreement can be accepted only once, and deleted only after that", async () => {
    await using client = await plainClient();
    const { id } = (await client.send("POST", "/agreements/enduser/", { institution_id: "N26_NTSBDEB1" }))
      .body;
    expect(await client.send("DELETE", `/agreements/enduser/${id}/`)).toMatchObject({
      status: 400,
      body: { summary: "End user agreement needs to be accepted." },
    });
    expect(await client.send("PUT", `/agreements/enduser/${id}/accept/`, {})).toMatchObject({
      status: 400,
      body: { user_agent: ["This field is required."] },
    });
    const who = { user_agent: "Firefox", ip_address: "192.0.2.1" };
    expect((await client.send("PUT", `/agreements/enduser/${id}/accept/`, who)).body.accepted).toBe(
      "2026-11-23T09:00:00.000Z",
    );
    expect(await client.send("PUT", `/agreements/enduser/${id}/accept/`, who)).toMatchObject({
      status: 405,
      body: { summary: "EUA cannot be accepted more than once" },
    });
    expect((await client.send("DELETE", `/agreements/enduser/${id}/`)).body).toEqual({
      summary: "End User Agreement deleted",
      detail: `End User Agreement ${id} deleted`,
    });
    await using strict = await plainClient({ permissions: { acceptAgreements: false } });
    const other = (await strict.send("POST", "/agreements/enduser/", { institution_id: "N26_NTSBDEB1" }))
      .body;
    expect(await strict.send("PUT", `/agreements/enduser/${other.id}/accept/`, who)).toMatchObject({
      status: 403,
      body: { summary: "Insufficient permissions" },
    });
  });

  it("a British consent can be reconfirmed around its 90th day", async () => {
    await using client = await plainClient();
    const linked = await client.connect("MONZO_MONZGB2L", {
      reconfirmation: true,
      access_valid_for_days: 180,
    });
    const path = `/agreements/enduser/${linked.agreement}/reconfirm/`;
    expect((await client.send("GET", path)).status).toBe(404);
    const { status, body } = await client.send("POST", path, { redirect: "http://localhost/r" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      url_valid_from: "2027-02-07T09:00:00.000Z",
      url_valid_to: "2027-03-07T09:00:00.000Z",
      redirect: "http://localhost/r",
    });
    expect(Object.keys(body.accounts)).toEqual(linked.accounts);
    client.sandbox.advanceTime({ days: 105 });
    await client.logIn();
    expect(await client.send("POST", path, {})).toMatchObject({
      status: 400,
      body: { summary: "Reconfirmation requested after acceptance period." },
    });
    const plain = await client.connect("N26_NTSBDEB1");
    expect(await client.send("POST", `/agreements/enduser/${plain.agreement}/reconfirm/`, {})).toMatchObject({
      status: 400,
      body: { summary: "Reconfirmation is not enabled." },
    });
  });

  it("a reconfirmed account stays readable until its consent ends, and one that is left out does not", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { agreement, accounts } = await client.connect("MONZO_MONZGB2L", {
      reconfirmation: true,
      access_valid_for_days: 180,
    });
    const statuses = async () => {
      await client.logIn();
      const each = accounts.map((id: string) => client.send("GET", `/accounts/${id}/balances/`));
      return (await Promise.all(each)).map(({ status }) => status);
    };
    await client.send("POST", `/agreements/enduser/${agreement}/reconfirm/`, {
      redirect: "http://localhost/r",
    });
    expect(() => client.sandbox.reconfirm(agreement, "reconfirmed")).toThrow(
      "This link is valid from 2027-02-07",
    );
    client.sandbox.advanceTime({ days: 80 });
    await client.logIn();
    const again = await client.send("GET", `/agreements/enduser/${agreement}/reconfirm/`);
    const page = await fetch(again.body.reconfirmation_url);
    expect(await page.text()).toContain("Keep sharing these accounts?");
    const sent = await fetch(again.body.reconfirmation_url, {
      method: "POST",
      body: new URLSearchParams({ account: accounts[0] }),
      redirect: "manual",
    });
    expect([sent.status, sent.headers.get("location")]).toEqual([303, "http://localhost/r"]);
    const settled = await fetch(again.body.reconfirmation_url);
    expect(await settled.text()).toContain("You have already decided on all accounts.");
    expect(await statuses()).toEqual([200, 401]);
    client.sandbox.advanceTime({ days: 60 });
    expect(await statuses()).toEqual([200, 401]);
    client.sandbox.advanceTime({ days: 41 });
    expect(await statuses()).toEqual([401, 401]);
  });

  it("a consent that is not reconfirmed ends with its window, and the control over HTTP works only inside it", async () => {
    await using client = await plainClient({ rateLimits: false });
    const made = async () => {
      const one = await client.connect("MONZO_MONZGB2L", {
        reconfirmation: true,
        access_valid_for_days: 180,
      });
      await client.send("POST", `/agreements/enduser/${one.agreement}/reconfirm/`, {});
      return one;
    };
    const { agreement, accounts } = await made();
    client.sandbox.advanceTime({ days: 103 });
    await client.logIn();
    const balances = async () => (await client.send("GET", `/accounts/${accounts[0]}/balances/`)).status;
    const status = async () => (await client.send("GET", `/accounts/${accounts[0]}/`)).body.status;
    expect([await balances(), await status()]).toEqual([200, "READY"]);
    client.sandbox.advanceTime({ days: 2 });
    await client.logIn();
    expect([await balances(), await status()]).toEqual([401, "EXPIRED"]);
    const control = (body: object) =>
      fetch(new URL("/_sandbox/reconfirm", client.sandbox.baseUrl), {
        method: "POST",
        body: JSON.stringify(body),
      });
    expect((await control({ agreement })).status).toBe(400);
    expect((await control({ agreement: "none" })).status).toBe(400);
    const second = await made();
    client.sandbox.advanceTime({ days: 90 });
    const response = await control({ agreement: second.agreement, outcome: "rejected" });
    expect([response.status, await response.text()]).toEqual([200, '{"redirect":null}']);
    await client.logIn();
    expect(await balances()).toBe(401);
  });
});

describe("lists", () => {
  it("a list is paged, newest first, with absolute links", async () => {
    await using client = await plainClient();
    for (const reference of ["a", "b", "c"])
      await client.send("POST", "/requisitions/", {
        institution_id: "N26_NTSBDEB1",
        redirect: "http://localhost/",
        reference,
      });
    const first = (await client.send("GET", "/requisitions/?limit=2")).body;
    expect(first).toMatchObject({
      count: 3,
      previous: null,
      next: `${client.sandbox.baseUrl}/requisitions/?limit=2&offset=2`,
    });
    expect(first.results.map((one: { reference: string }) => one.reference)).toEqual(["c", "b"]);
    const second = (await client.send("GET", "/requisitions/?limit=2&offset=2")).body;
    expect(second).toMatchObject({
      next: null,
      previous: `${client.sandbox.baseUrl}/requisitions/?limit=2&offset=0`,
    });
    expect(
      await client.send("POST", "/requisitions/", {
        institution_id: "N26_NTSBDEB1",
        redirect: "http://localhost/",
        reference: "a",
      }),
    ).toMatchObject({ status: 400, body: { reference: { summary: "Client reference must be unique" } } });
  });
});

describe("limits", () => {
  it("an account allows four successful calls in a rolling day for each kind of data, and reports this in capital headers", async () => {
    await using client = await plainClient();
    const { accounts } = await client.connect("N26_NTSBDEB1");
    const path = `/accounts/${accounts[0]}/balances/`;
    client.sandbox.inject({ path, status: 500, times: 1, body: { summary: "x", detail: "y" } });
    expect((await client.send("GET", path)).status).toBe(500);
    for (let left = 3; left >= 0; left -= 1) {
      const { status, headers } = await client.send("GET", path);
      expect([status, headers.get("http_x_ratelimit_account_success_remaining")]).toEqual([
        200,
        String(left),
      ]);
      client.sandbox.advanceTime({ hours: 1 });
    }
    expect(await client.send("GET", path)).toMatchObject({
      status: 429,
      body: {
        summary: "Rate limit exceeded",
        detail: "The rate limit for this resource is 4/day. Please try again in 72000 seconds",
      },
    });
    expect((await client.send("GET", `/accounts/${accounts[0]}/details/`)).status).toBe(200);
    client.sandbox.advanceTime({ hours: 20 });
    await client.logIn();
    expect((await client.send("GET", path)).status).toBe(200);
    expect((await client.send("GET", path)).status).toBe(429);
    const names = await rawHeaderNames(`${client.sandbox.baseUrl}${path}`, client.token());
    expect(names.filter((name) => /ratelimit/i.test(name)).sort()).toEqual(
      ["", "ACCOUNT_SUCCESS_"]
        .flatMap((scope) => ["LIMIT", "REMAINING", "RESET"].map((what) => `HTTP_X_RATELIMIT_${scope}${what}`))
        .sort(),
    );
  });

  it("accounts allow a hundred calls a minute in all, and any number if limits are off", async () => {
    await using client = await plainClient({
      rateLimits: { account: { calls: 1000, window: 86_400, period: "day" } },
    });
    const { accounts } = await client.connect("N26_NTSBDEB1");
    const path = `/accounts/${accounts[0]}/`;
    for (let call = 0; call < 100; call += 1) expect((await client.send("GET", path)).status).toBe(200);
    expect((await client.send("GET", path)).body.detail).toBe(
      "The rate limit for this resource is 100/min. Please try again in 60 seconds",
    );
    client.sandbox.advanceTime({ seconds: 60 });
    expect((await client.send("GET", path)).status).toBe(200);
    await using free = await plainClient({ rateLimits: false });
    const linked = await free.connect("N26_NTSBDEB1");
    for (let call = 0; call < 6; call += 1)
      expect((await free.send("GET", `/accounts/${linked.accounts[0]}/balances/`)).status).toBe(200);
    expect((await free.send("GET", path)).headers.has("http_x_ratelimit_limit")).toBe(false);
  });

  it("ten counted failures in a row suspend an account until it is connected again", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { accounts } = await client.connect("N26_NTSBDEB1");
    const path = `/accounts/${accounts[0]}/balances/`;
    const fail = async (type: string, times: number) => {
      client.sandbox.inject({
        path,
        times,
        status: 500,
        body: { summary: "x", detail: "y", type, status_code: 500 },
      });
      for (let call = 0; call < times; call += 1) expect((await client.send("GET", path)).status).toBe(500);
    };
    await fail("ServiceError", 12);
    await fail("UnknownRequestError", 9);
    expect((await client.send("GET", path)).status).toBe(200);
    await fail("UnknownRequestError", 10);
    expect(await client.send("GET", path)).toMatchObject({
      status: 409,
      body: { summary: "Account suspended" },
    });
    await client.connect("N26_NTSBDEB1");
    expect((await client.send("GET", path)).status).toBe(200);
  });
});

describe("faults", () => {
  it("a fault affects matching requests, in order, as often as it says, and can delay or cut a response", async () => {
    await using client = await plainClient();
    client.sandbox.inject({
      path: /^\/requisitions/,
      times: 2,
      status: 503,
      body: { summary: "first" },
      headers: { "x-why": "test" },
    });
    client.sandbox.inject({ method: "GET", path: "/requisitions/", body: "<html>" });
    client.sandbox.inject({ path: "/nowhere/", status: 500 });
    expect((await client.send("GET", "/requisitions/")).headers.get("x-why")).toBe("test");
    expect((await client.send("POST", "/requisitions/", {})).status).toBe(503);
    expect((await client.send("GET", "/requisitions/")).text).toBe("<html>");
    expect((await client.send("GET", "/requisitions/")).status).toBe(200);
    client.sandbox.inject({ path: "/requisitions/", delayMs: 30 });
    const start = performance.now();
    expect((await client.send("GET", "/requisitions/")).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    for (const drop of ["connection", "body"] as const) {
      client.sandbox.inject({ path: "/institutions/", drop });
      await expect(client.send("GET", "/institutions/")).rejects.toThrow();
    }
    client.sandbox.clearFaults();
    expect((await client.send("GET", "/nowhere/")).status).toBe(404);
    expect(
      client.sandbox.requests.slice(0, 3).map(({ method, path, status }) => [method, path, status]),
    ).toEqual([
      ["POST", "/token/new/", 200],
      ["GET", "/requisitions/", 503],
      ["POST", "/requisitions/", 503],
    ]);
  });
});

describe("controls over HTTP", () => {
  it("the controls over HTTP do the same as those in TypeScript", async () => {
    await using client = await plainClient();
    const control = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(new URL(`/_sandbox${path}`, client.sandbox.baseUrl), {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: JSON.parse(await response.text()) };
    };
    const requisition = (
      await client.send("POST", "/requisitions/", {
        institution_id: "N26_NTSBDEB1",
        redirect: "http://localhost/",
      })
    ).body;
    expect(
      (await control("POST", "/authorise", { requisition: requisition.id, outcome: "linked", accounts: 1 }))
        .body.redirect,
    ).toContain("http://localhost/?ref=");
    const state = (await control("GET", "/state")).body;
    expect(state).toMatchObject({
      now: "2026-11-23T09:00:00.000Z",
      requisitions: [{ status: "LN" }],
      accounts: [{ institution_id: "N26_NTSBDEB1", currency: "EUR" }],
    });
    const id = state.accounts[0].id;
    const own = {
      booked: [{ transactionAmount: { amount: "1.00", currency: "EUR" }, odd: true }],
      pending: [],
    };
    await control("PUT", `/accounts/${id}/transactions`, own);
    expect((await client.send("GET", `/accounts/${id}/transactions/`)).body.transactions).toEqual(own);
    expect((await control("POST", "/time", { days: 1 })).body).toEqual({ now: "2026-11-24T09:00:00.000Z" });
    expect((await control("POST", "/faults", { pathPattern: "^/accounts/", status: 502 })).status).toBe(201);
    await client.logIn();
    expect((await client.send("GET", `/accounts/${id}/`)).status).toBe(502);
    expect((await control("DELETE", "/faults")).body).toEqual([]);
    expect((await control("GET", "/requests")).body.at(-1)).toMatchObject({
      path: `/accounts/${id}/`,
      status: 502,
    });
    for (const [method, path, body] of [
      ["POST", "/time", { days: -1 }],
      ["POST", "/time", { weeks: 1 }],
      ["POST", "/faults", { status: 99 }],
      ["POST", "/authorise", { requisition: "x" }],
      ["POST", "/faults", { pathPattern: "(" }],
    ] as const) {
      expect((await control(method, path, body)).status).toBe(400);
    }
  });

  it("requests with a foreign Host or Origin are rejected", async () => {
    await using client = await plainClient();
    const url = new URL("/_sandbox/state", client.sandbox.baseUrl);
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) =>
        httpRequest(url, { headers }, (response) => resolve(response.resume().statusCode))
          .on("error", reject)
          .end(),
      );
    expect(await status({ host: "evil.example" })).toBe(403);
    expect(await status({ origin: "http://evil.example" })).toBe(403);
    expect(await status({ origin: url.origin })).toBe(200);
    expect(await status({})).toBe(200);
  });
});

describe("the banks", () => {
  it("about sixty banks cover at least fifteen countries, with three in each of the larger ones", () => {
    expect(banks.length).toBeGreaterThanOrEqual(60);
    const listed = banks.filter((bank) => bank.listed);
    const countries = new Set(listed.flatMap((bank) => bank.countries));
    expect(countries.size).toBeGreaterThanOrEqual(15);
    for (const country of [
      "DE",
      "GB",
      "FR",
      "ES",
      "IT",
      "NL",
      "PL",
      "SE",
      "BE",
      "AT",
      "PT",
      "FI",
      "DK",
      "NO",
      "IE",
    ]) {
      expect(listed.filter((bank) => bank.countries[0] === country).length, country).toBeGreaterThanOrEqual(
        country === "PL" ? 3 : 2,
      );
      expect(
        listed.filter((bank) => bank.countries.includes(country)).length,
        country,
      ).toBeGreaterThanOrEqual(3);
    }
    expect(new Set(banks.map((bank) => bank.id)).size).toBe(banks.length);
    expect(banks.find((bank) => bank.id === "SANDBOXFINANCE_SFIN0000")?.listed).toBe(false);
  });

  it("IBANs have valid check digits", () => {
    for (const bank of banks) {
      for (const { iban, ownIban, kind } of accountsAt(bank, { seed: 7 })) {
        expect(iban === null).toBe(kind === "card");
        for (const one of [iban ?? ownIban, ownIban]) {
          const digits = [...`${one.slice(4)}${one.slice(0, 4)}`]
            .map((sign) => Number.parseInt(sign, 36))
            .join("");
          expect(BigInt(digits) % 97n, one).toBe(1n);
        }
      }
    }
  });

  it("two balances differ by exactly what was booked in between", () => {
    const at = (day: number) => new Date(Date.UTC(2025, 0, 1 + day, 9));
    const date = (day: number) => at(day).toISOString().slice(0, 10);
    fc.assert(
      fc.property(
        // The balances of two hard banks include what is not booked yet.
        fc.constantFrom(...banks.filter(({ profile }) => profile !== "hard-1" && profile !== "hard-3")),
        fc.nat(500),
        fc.nat(90),
        fc.option(fc.constant(20)),
        (bank, first, length, perDay) => {
          for (const account of accountsAt(bank, {
            seed: 3,
            transactionsPerDay: perDay ?? undefined,
          })) {
            const balance = (day: number) => decimal(bookedBalance(account, dayNumber(date(day))));
            const bookedBy = (day: number) =>
              truthOf(account, date(first - 10), at(day), new Map())
                .filter(({ bookedOn, retractedOn }) => bookedOn !== null && retractedOn === null)
                .reduce((sum, { amount }) => sum.plus(amount), new Big(0));
            const moved = bookedBy(first + length).minus(bookedBy(first));
            expect(new Big(balance(first)).plus(moved).toFixed(2)).toBe(balance(first + length));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("booked entries never change, and pending entries are booked later", () => {
    const [account] = accountsAt(banks[4] ?? fail(), { seed: 1, transactionsPerDay: 9 });
    if (account === undefined) throw new Error("no account");
    const seen = (day: number) =>
      AccountTransactions.parse({
        ...responseOf(account, new Date(Date.UTC(2026, 0, day, 9)), "2025-12-01"),
      }).transactions;
    let twins = 0;
    for (let day = 1; day < 60; day += 1) {
      const [before, after] = [seen(day), seen(day + 1)];
      const ids = new Set(after.booked.map((one) => one.transactionId));
      expect(before.booked.every((one) => ids.has(one.transactionId))).toBe(true);
      const known = [...after.booked, ...after.pending].map(
        (one) => `${one.valueDate} ${one.transactionAmount.amount} ${one.creditorName}`,
      );
      for (const pending of before.pending)
        expect(known).toContain(
          `${pending.valueDate} ${pending.transactionAmount.amount} ${pending.creditorName}`,
        );
      expect(ids.size).toBe(after.booked.length);
      twins =
        after.booked.length -
        new Set(
          after.booked.map((one) => `${one.valueDate} ${one.transactionAmount.amount} ${one.creditorName}`),
        ).size;
    }
    expect(twins).toBeGreaterThan(0);
  });
});

/** The response with an account's transactions at a certain time. */
function responseOf(account: SandboxAccount, at: Date, from: string) {
  const pieces = transactionsText(account, { at, call: 0, connection: 0 }, { from }, at.toISOString());
  return JSON.parse([...pieces].join(""));
}

function fail(): never {
  throw new Error("The bank is not in the catalogue.");
}

describe("starting", () => {
  it("the same seed produces the same responses and ids, and another seed does not", async () => {
    const responses = async (seed: number) => {
      await using client = await plainClient({ seed });
      const { accounts } = await client.connect("N26_NTSBDEB1");
      return [
        accounts,
        (await client.send("GET", `/accounts/${accounts[0]}/transactions/`)).text.replace(
          /"last_updated":"[^"]+"/,
          "",
        ),
      ];
    };
    expect(await responses(5)).toEqual(await responses(5));
    expect(await responses(5)).not.toEqual(await responses(6));
  });

  it("a taken port is an error that names it, and closing frees it", async () => {
    const sandbox: Sandbox = await startSandbox();
    const port = Number(new URL(sandbox.baseUrl).port);
    await expect(startSandbox({ port })).rejects.toThrow(`Port ${port} is taken`);
    await sandbox.close();
    await sandbox.close();
    await using again = await startSandbox({ port });
    expect(again.baseUrl).toBe(sandbox.baseUrl);
  });

  it("the clock follows real time without `now`, and an invalid `now` is rejected", async () => {
    await using sandbox = await startSandbox();
    expect(Math.abs(Date.parse(sandbox.now()) - Date.now())).toBeLessThan(5000);
    await expect(startSandbox({ now: "yesterday" })).rejects.toThrow("now must be a valid time");
  });
});

async function rawHeaderNames(url: string, token: string): Promise<string[]> {
  return await new Promise((resolve, reject) => {
    httpRequest(url, { headers: { authorization: `Bearer ${token}` } }, (response) =>
      resolve(response.resume().rawHeaders.filter((_, at) => at % 2 === 0)),
    )
      .on("error", reject)
      .end();
  });
}
