import { describe, expect, it } from "vitest";
import type { Fault } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";

/** A client with a connected bank, its two accounts, and functions for requesting balances and for the controls over HTTP. */
async function connected() {
  const client = await plainClient({ rateLimits: false });
  const { accounts } = await client.connect("DEUTSCHE_BANK_DEUTDEFF");
  const [id, other] = accounts.map(String);
  const balances = async (account = id) => await client.send("GET", `/accounts/${account}/balances/`);
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(new URL(`/_sandbox/${path}`, client.sandbox.baseUrl), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  return { ...client, id, other, balances, control, [Symbol.asyncDispose]: () => client.sandbox.close() };
}

describe("a fault", () => {
  it("a fault for one operation does not affect other operations", async () => {
    await using client = await connected();
    client.sandbox.inject({ operation: "balances", status: 503 });
    expect((await client.send("GET", `/accounts/${client.id}/details/`)).status).toBe(200);
    expect((await client.send("GET", "/institutions/?country=DE")).status).toBe(200);
    expect((await client.balances()).status).toBe(503);
    expect((await client.balances()).status).toBe(200);
  });

  it("a fault for one account does not affect other accounts", async () => {
    await using client = await connected();
    client.sandbox.inject({ account: String(client.other).toUpperCase(), error: "ServiceError", times: 2 });
    expect((await client.balances()).status).toBe(200);
    const rejected = await client.balances(client.other);
    expect([rejected.status, rejected.body]).toEqual([
      503,
      {
        summary: "Couldn't update account balances",
        detail: "Institution service unavailable",
        type: "ServiceError",
        status_code: 503,
      },
    ]);
  });

  it("an injected error counts towards suspension, first of the account and then of the requisition", async () => {
    await using client = await connected();
    client.sandbox.setFaults([{ account: client.id, error: "UnknownRequestError", times: 10 }]);
    for (let call = 0; call < 10; call += 1) expect((await client.balances()).status).toBe(500);
    expect((await client.balances()).body.summary).toBe("Account suspended");
    const status = async () => (await client.send("GET", "/requisitions/")).body.results[0].status;
    expect(await status()).toBe("LN");
    client.sandbox.inject({ account: client.other, error: "AccessExpiredError", times: 10 });
    for (let call = 0; call < 10; call += 1) await client.balances(client.other);
    expect(await status()).toBe("SU");
  });

  it("a fault with a probability affects about that share of requests, and the same ones for the same seed", async () => {
    const row = async (seed: number) => {
      await using client = await connected();
      client.sandbox.inject({ operation: "balances", probability: 0.3, seed, status: 500 });
      const statuses = [];
      for (let call = 0; call < 60; call += 1) statuses.push((await client.balances()).status);
      return statuses;
    };
    const first = await row(1);
    expect(await row(1)).toEqual(first);
    expect(await row(2)).not.toEqual(first);
    const met = first.filter((status) => status === 500).length;
    expect(met).toBeGreaterThan(8);
    expect(met).toBeLessThan(30);
  });

  it("a scheduled fault begins and ends on the sandbox's clock", async () => {
    await using client = await connected();
    client.sandbox.setFaults([
      { operation: "balances", after: { hours: 1 }, lasting: { hours: 2 }, error: "ConnectionError" },
      { operation: "balances", after: { hours: 5 }, error: "GeneralRateLimit" },
    ]);
    const statuses = [];
    for (let half = 0; half < 12; half += 1) {
      statuses.push((await client.balances()).status);
      client.sandbox.advanceTime({ minutes: 30 });
    }
    expect(statuses).toEqual([200, 200, 503, 503, 503, 503, 200, 200, 200, 200, 429, 200]);
  });

  it("a fault can send a wrong content type, a header, a redirect, a proxy's page or an empty response", async () => {
    await using client = await connected();
    const affectedBy = async (fault: Fault) => {
      client.sandbox.inject(fault);
      return await client.balances();
    };
    const wrong = await affectedBy({ contentType: "text/plain", headers: { "x-extra": "1" } });
    expect([wrong.status, wrong.headers.get("content-type"), wrong.headers.get("x-extra")]).toEqual([
      200,
      "text/plain",
      "1",
    ]);
    expect(JSON.parse(wrong.text)).toHaveProperty("balances");
    const elsewhere = await affectedBy({ redirect: "http://other.invalid/", status: 307 });
    expect([elsewhere.status, elsewhere.headers.get("location")]).toEqual([307, "http://other.invalid/"]);
    const page = await affectedBy({ error: "Html" });
    expect([page.status, page.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(page.text).toContain("502 Bad Gateway");
    expect(await affectedBy({ status: 204 })).toMatchObject({ status: 204, text: "" });
  });

  it("a fault can slow a body down, which still arrives whole", async () => {
    await using client = await connected();
    const whole = await client.balances();
    client.sandbox.inject({ operation: "balances", bytesPerSecond: 500 });
    const before = performance.now();
    const slow = await client.balances();
    expect(slow.text).toBe(whole.text);
    const fastest = ((whole.text.length - 50) / 500) * 1000;
    expect(performance.now() - before).toBeGreaterThan(fastest);
  });

  it.each([
    [
      "AccessExpiredError",
      401,
      "Access has expired or it has been revoked. To restore access reconnect the account.",
    ],
    ["AccountInactiveError", 401, "Account has been deactivated or it no longer exists."],
    [
      "AccountAccessForbidden",
      403,
      "Access to account is forbidden. The user might not have the necessary permissions.",
    ],
    [
      "AccountResourceUnavailable",
      403,
      "The requested resource is unavailable for this account. Certain resources may be restricted or unsupported for specific accounts.",
    ],
    ["RateLimitError", 429, "Daily request limit set by the Institution has been exceeded."],
    ["UnknownRequestError", 500, "Request to Institution returned an error"],
    ["ServiceError", 503, "Institution service unavailable"],
    ["ConnectionError", 503, "Couldn't connect to Institution"],
  ] as const)(
    "%s has the words of the specification, for each kind of data",
    async (error, status, detail) => {
      await using client = await connected();
      for (const kind of ["balances", "details", "transactions"]) {
        client.sandbox.inject({ error });
        const sent = await client.send("GET", `/accounts/${client.id}/${kind}/`);
        const summary = `Couldn't update account ${kind}`;
        expect([sent.status, sent.body]).toEqual([
          status,
          { summary, detail, type: error, status_code: status },
        ]);
      }
    },
  );

  it("a fault can cut the connection before or in the middle of a response", async () => {
    await using client = await connected();
    for (const drop of ["connection", "body"] as const) {
      client.sandbox.inject({ operation: "transactions", drop });
      await expect(client.send("GET", `/accounts/${client.id}/transactions/`)).rejects.toThrow();
    }
    const logged = client.sandbox.requests.filter(({ path }) => path.endsWith("/transactions/"));
    expect(logged.map(({ status }) => status)).toEqual([0, 200]);
  });

  it.each([
    [{ times: 0 }, "times"],
    [{ probability: 2 }, "probability"],
    [{ bytesPerSecond: 0 }, "bytesPerSecond"],
    [{ status: 99 }, "status"],
    [{ delayMs: -1 }, "delayMs"],
    [{ after: { days: -1 } }, "span of time"],
  ])("the invalid fault %j is rejected", async (fault, word) => {
    await using client = await connected();
    expect(() => client.sandbox.inject(fault)).toThrow(word);
  });
});

describe("the controls over HTTP", () => {
  it("a PUT replaces all faults, and rejects an invalid one", async () => {
    await using client = await connected();
    const script = [
      { operation: "balances", error: "ServiceError", times: 1 },
      { pathPattern: "/details/$", status: 500, body: { odd: true } },
    ];
    expect((await client.control("PUT", "faults", script)).body).toHaveLength(2);
    expect((await client.balances()).status).toBe(503);
    expect((await client.send("GET", `/accounts/${client.id}/details/`)).body).toEqual({ odd: true });
    expect((await client.control("PUT", "faults", [])).body).toEqual([]);
    for (const wrong of [
      [{ operation: "nothing" }],
      [{ error: "Nothing" }],
      [{ pathPattern: "(" }],
      [{ colour: "red" }],
      {},
    ]) {
      expect(await client.control("PUT", "faults", wrong)).toMatchObject({
        status: 400,
        body: { summary: "Invalid control" },
      });
    }
  });

  it("the limits can be set to other numbers, to none, and back to the service's", async () => {
    await using client = await connected();
    const limit = { calls: 1, window: 3600, period: "hour" };
    expect((await client.control("PUT", "limits", { account: limit })).body.account).toEqual(limit);
    client.sandbox.advanceTime({ hours: 2 });
    expect((await client.balances()).headers.get("http_x_ratelimit_account_success_limit")).toBe("1");
    expect((await client.balances()).body.detail).toBe(
      "The rate limit for this resource is 1/hour. Please try again in 3600 seconds",
    );
    expect((await client.control("PUT", "limits", false)).body).toBeNull();
    expect((await client.balances()).headers.get("http_x_ratelimit_limit")).toBeNull();
    expect((await client.control("PUT", "limits", true)).body.account.calls).toBe(4);
    expect((await client.control("PUT", "limits", { account: { calls: -1 } })).status).toBe(400);
  });

  it("the statuses of requisitions and accounts can be set", async () => {
    await using client = await connected();
    const { id } = (await client.send("GET", "/requisitions/")).body.results[0];
    for (const status of ["CR", "ID", "LN", "RJ", "ER", "SU", "EX", "GC", "UA", "GA", "SA"]) {
      await client.control("PUT", `requisitions/${id}/status`, { status });
      expect((await client.send("GET", `/requisitions/${id}/`)).body.status).toBe(status);
    }
    await client.control("PUT", `requisitions/${id}/status`, { status: "LN" });
    const seen: unknown[] = [];
    for (const status of ["DISCOVERED", "PROCESSING", "READY", "ERROR", "SUSPENDED"]) {
      await client.control("PUT", `accounts/${client.id}/status`, { status });
      const { body } = await client.send("GET", `/accounts/${client.id}/`);
      seen.push([body.status, (await client.balances()).status]);
    }
    expect(seen).toEqual([
      ["DISCOVERED", 409],
      ["PROCESSING", 409],
      ["READY", 200],
      ["ERROR", 409],
      ["SUSPENDED", 409],
    ]);
    expect((await client.control("PUT", `accounts/${client.id}/status`, { status: "FINE" })).status).toBe(
      400,
    );
    expect((await client.control("PUT", "requisitions/none/status", { status: "LN" })).status).toBe(400);
  });
});

describe("a consent that takes its time", () => {
  it("a consent that takes time passes through several statuses before it is linked", async () => {
    await using client = await plainClient();
    const made = await client.send("POST", "/requisitions/", {
      institution_id: "DEUTSCHE_BANK_DEUTDEFF",
      redirect: "http://localhost/back",
      account_selection: true,
    });
    await client.sandbox.authorise(made.body.id, { outcome: "linked", takesSeconds: 90 });
    const statuses = [];
    for (let step = 0; step < 4; step += 1) {
      const { status, accounts } = (await client.send("GET", `/requisitions/${made.body.id}/`)).body;
      statuses.push([status, accounts.length]);
      client.sandbox.advanceTime({ seconds: 30 });
    }
    expect(statuses).toEqual([
      ["UA", 0],
      ["SA", 0],
      ["GA", 0],
      ["LN", 2],
    ]);
  });

  it("a failed consent reports an error in the redirect and in the status", async () => {
    await using client = await plainClient();
    const made = await client.send("POST", "/requisitions/", {
      institution_id: "DEUTSCHE_BANK_DEUTDEFF",
      redirect: "http://localhost/back",
      reference: "mine",
    });
    const address = await client.sandbox.authorise(made.body.id, {
      outcome: "failed",
      error: "InstitutionTimeoutError",
    });
    expect(address).toBe(
      "http://localhost/back?ref=mine&error=InstitutionTimeoutError&details=The+institution+did+not+answer+in+time.",
    );
    expect((await client.send("GET", `/requisitions/${made.body.id}/`)).body.status).toBe("ER");
  });
});
