import { describe, expect, it } from "vitest";
import {
  BankNotOfferedError,
  GoCardlessClient,
  goCardlessProvider,
  NotFoundError,
} from "../../packages/core/src/index.ts";
import { failureOf } from "../support/failure.ts";
import { untyped } from "../support/untyped.ts";
import { plainClient } from "./plain-client.ts";

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
    await using client = await plainClient({ rateLimits: false, now: "2026-11-23T09:00:00.25Z" });
    const { accounts } = await client.connect("N26_NTSBDEB1");
    client.sandbox.advanceTime({ seconds: 0.75 });
    const { id, iban } = (await client.send("GET", `/accounts/${accounts[0]}/`)).body;
    for (const status of ["DISCOVERED", "PROCESSING", "ERROR"] as const) {
      client.sandbox.setAccountStatus(id, status);
      for (const kind of KINDS) {
        const sent = await client.send("GET", `/accounts/${id}/${kind}/`);
        expect([sent.status, sent.body]).toEqual([
          409,
          {
            id,
            created: "2026-11-23 09:00:00.250000+00:00",
            last_accessed: "2026-11-23 09:00:01+00:00",
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

  it.each(["CR", "ID", "GC", "UA", "SA", "GA"] as const)(
    "fails a consent whose status is %s",
    async (status) => {
      await using client = await plainClient();
      const { id } = (await client.send("POST", "/requisitions/", least)).body;
      client.sandbox.setRequisitionStatus(id, status);
      client.sandbox.withdrawBank(BANK);
      expect((await client.send("GET", `/requisitions/${id}/`)).body.status).toBe("ER");
    },
  );

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
