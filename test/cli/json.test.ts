import { describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../packages/sandbox/src/index.ts";
import { connected } from "./e2e/command.ts";
import { personAt } from "./source-command.ts";

const BANK = "DEUTSCHE_BANK_DEUTDEFF";

type Item = Record<string, unknown>;

/** A person who has connected a bank of a sandbox of their own, and calls its first account "giro". */
async function customer() {
  const sandbox = await startSandbox({ seed: 1 });
  const { id, reference, accounts } = await connected(sandbox, BANK);
  const person = await personAt(sandbox);
  const [giro = "", savings = ""] = accounts ?? [];
  const [iban] = sandbox.state().accounts.flatMap((one) => (one.id === giro ? [one.iban] : []));
  await person.put("bankdata.yaml", `accounts:\n  - id: ${giro}\n    alias: Giro\n`);
  const { run } = person;
  return {
    ...{ run, sandbox, giro, savings },
    whose: { accountId: giro, accountAlias: "Giro", accountIban: iban, bankId: BANK },
    connection: { connectionId: id, connectionReference: reference },
    /** The items that a command prints with `--json`. */
    async items(...args: string[]): Promise<Item[]> {
      const { out } = await run(...args, "--json");
      return itemsIn(out);
    },
    async [Symbol.asyncDispose]() {
      await person[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}

/** The one JSON document that was printed, which is a list. */
function itemsIn(out: string): Item[] {
  const document: unknown = JSON.parse(out);
  if (!Array.isArray(document)) throw new TypeError("it is not a list");
  return document;
}

/** What a sandbox sends for a path. */
async function sent(sandbox: Sandbox, path: string): Promise<Item> {
  const { secretId: secret_id, secretKey: secret_key } = sandbox.credentials;
  const body = new URLSearchParams({ secret_id, secret_key });
  const login = await fetch(`${sandbox.baseUrl}/token/new/`, { method: "POST", body });
  const { access } = JSON.parse(await login.text());
  const response = await fetch(sandbox.baseUrl + path, { headers: { authorization: `Bearer ${access}` } });
  return JSON.parse(await response.text());
}

const ACCOUNT = ["accountId", "accountAlias", "accountIban", "bankId"];
const ORIGIN = ["asOf", "fromCache", "stale", "staleError"];
const ACCOUNT_ITEM = [
  ...ACCOUNT,
  ...["connectionId", "connectionReference", "identities", "number", "label", "holder", "product", "kind"],
  ...["currency", "state", "stateAsSent", "consent", "detailed", "error"],
];

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("with --json", () => {
  it("with --json, a bank has its limits and everything that the service sent", async () => {
    await using me = await customer();
    const items = await me.items("banks", "DE", "--search", "commerzbank");
    expect(items).toHaveLength(1);
    const [bank = {}] = items;
    expect(Object.keys(bank)).toEqual([
      ...["bankId", "bankName", "bic", "countries", "logo", "features"],
      ...["historyDays", "continuousHistoryDays", "consentDays", "raw"],
    ]);
    expect(bank).toMatchObject({
      bankId: "COMMERZBANK_COBADEFF",
      bic: "COBADEFF",
      countries: ["DE"],
      historyDays: 395,
      continuousHistoryDays: 90,
      consentDays: 180,
    });
    const all = await sent(me.sandbox, "/institutions/?country=DE");
    expect(Object.values(all)).toContainEqual(bank["raw"]);
  });

  it("with --json, an account has its connection and everything that the service sent", async () => {
    await using me = await customer();
    const items = await me.items("accounts");
    expect(items.map(({ accountId }) => accountId)).toEqual([me.giro, me.savings]);
    for (const item of items) expect(Object.keys(item)).toEqual([...ACCOUNT_ITEM, "raw"]);
    expect(items[0]).toMatchObject({
      ...me.whose,
      ...me.connection,
      identities: expect.arrayContaining([
        { scheme: "iban", scope: null, value: me.whose.accountIban, currency: null },
      ]),
      state: "ready",
      stateAsSent: "READY",
      consent: { grantedAt: expect.stringMatching(ISO), validUntil: expect.stringMatching(ISO) },
      detailed: false,
      error: null,
    });
    expect(items[1]).toMatchObject({ accountAlias: null });
    const { last_accessed: _, ...metadata } = await sent(me.sandbox, `/accounts/${me.giro}/`);
    expect(items[0]).toMatchObject({ raw: { metadata, details: null } });
  });

  it("with --json, a balance has its account, its age and everything that the bank sent", async () => {
    await using me = await customer();
    const items = await me.items("balances", "giro");
    for (const item of items) {
      expect(Object.keys(item)).toEqual([
        ...ACCOUNT,
        ...["amount", "currency", "kind", "kindAsSent", "date", "lastChangeDateTime", "creditLimitIncluded"],
        "isMain",
        ...ORIGIN,
        "raw",
      ]);
      expect(item).toMatchObject({ ...me.whose, asOf: expect.stringMatching(ISO), fromCache: false });
    }
    expect(items.map(({ kind, kindAsSent }) => [kind, kindAsSent])).toEqual([
      ["interimBooked", "interimBooked"],
      ["interimAvailable", "interimAvailable"],
    ]);
    const { balances } = await sent(me.sandbox, `/accounts/${me.giro}/balances/`);
    expect(items.map(({ raw }) => raw)).toEqual(balances);
    expect(await me.items("balances", "giro")).toMatchObject([{ fromCache: true }, { fromCache: true }]);
  });

  it("with --json, details prints the members of the account and what the bank itself sent", async () => {
    await using me = await customer();
    const { out } = await me.run("details", "giro", "--json");
    const item = JSON.parse(out);
    expect(Object.keys(item)).toEqual([...ACCOUNT_ITEM, ...ORIGIN, "raw"]);
    expect(item).toMatchObject({
      ...me.whose,
      ...me.connection,
      label: "Current Account",
      kind: "CACC",
      currency: "EUR",
      detailed: true,
      error: null,
      stale: false,
    });
    const { account } = await sent(me.sandbox, `/accounts/${me.giro}/details/`);
    expect(item.raw.details).toEqual(account);
    // From now on the list of accounts includes the cached details.
    expect((await me.items("accounts"))[0]).toMatchObject({ label: "Current Account", detailed: true });
  });

  it("with --json, a transaction has every neutral member and everything that the bank sent", async () => {
    await using me = await customer();
    const items = await me.items("transactions", "giro");
    const members = [
      ...[
        "date",
        "id",
        "certain",
        "status",
        "amount",
        "currency",
        "bookingDate",
        "valueDate",
        "transactionDate",
      ],
      ...["bookingDateTime", "valueDateTime", "counterparty", "counterpartyAccount", "text", "texts"],
      ...["creditor", "debtor", "ultimateCreditor", "ultimateDebtor", "ids", "endToEndId", "mandateId"],
      ...["creditorId", "checkId", "bankTransactionCode", "proprietaryCode", "purposeCode"],
      ...["merchantCategoryCode", "exchange", "balanceAfter", "inverted"],
    ];
    expect(items.length).toBeGreaterThan(50);
    for (const item of items) expect(Object.keys(item)).toEqual([...ACCOUNT, ...members, ...ORIGIN, "raw"]);
    expect(items[0]).toMatchObject(me.whose);
    const from = new Date(Date.parse(me.sandbox.now()) - 90 * 86_400_000).toISOString().slice(0, 10);
    const { transactions } = await sent(me.sandbox, `/accounts/${me.giro}/transactions/?date_from=${from}`);
    for (const [status, list] of Object.entries(transactions ?? {})) {
      const raws = items.filter((item) => item["status"] === status).map(({ raw }) => JSON.stringify(raw));
      expect(raws.sort()).toEqual((Array.isArray(list) ? list : []).map((row) => JSON.stringify(row)).sort());
    }
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set(["booked", "pending"]));
  });

  it("with --json, quota prints an item for each account and kind of data", async () => {
    await using me = await customer();
    await me.run("balances", "giro");
    const items = await me.items("quota", "giro");
    for (const item of items) {
      expect(Object.keys(item)).toEqual([
        ...[...ACCOUNT, "dataKind", "limit", "remaining", "resetAt", "lastCallAt"],
      ]);
      expect(item).toMatchObject(me.whose);
    }
    expect(items).toMatchObject([
      { dataKind: "balances", limit: 4, remaining: 3, lastCallAt: expect.stringMatching(ISO) },
      { dataKind: "details", limit: 4, remaining: 4, resetAt: null, lastCallAt: null },
      { dataKind: "transactions", limit: 4, remaining: 4, resetAt: null, lastCallAt: null },
    ]);
  });
});

describe("an account that fails, with --json", () => {
  it("with --json, a failed account is listed with what is known of it and with the error as a person reads it", async () => {
    await using me = await customer();
    me.sandbox.inject({
      operation: "account",
      account: me.savings,
      error: "AccountAccessForbidden",
      times: 9,
    });
    const { code, out, err } = await me.run("accounts", "--json");
    expect(code).toBe(5);
    const [good, failed = {}] = itemsIn(out);
    expect(good).toMatchObject({ accountId: me.giro, error: null });
    expect(Object.keys(failed)).toEqual([...ACCOUNT_ITEM, "raw"]);
    expect(failed).toMatchObject({ accountId: me.savings, ...me.connection, bankId: BANK, state: "unknown" });
    const name = me.savings.slice(0, 8);
    expect(failed["error"]).toEqual({
      name: "AccessDeniedError",
      message: expect.stringMatching(new RegExp(`^${name}: .*Access to account is forbidden`)),
      next: null,
    });
    expect(JSON.parse(err)).toEqual({ error: { ...Object(failed["error"]), accountId: me.savings } });
    expect(out).not.toMatch(/"stack"|\.ts:\d/);
  });

  it("with --json, an account of an expired connection is expired and names the command that renews it", async () => {
    await using me = await customer();
    me.sandbox.advanceTime({ days: 91 });
    // Only the lists are requested, in which the sandbox's statuses have changed.
    const { out } = await me.run("accounts", "--json");
    expect(itemsIn(out)).toMatchObject([{ state: "expired" }, { state: "expired" }]);
    const details = await me.run("details", "giro", "--json");
    const item = JSON.parse(details.out);
    expect([details.code, Object.keys(item)]).toEqual([3, [...ACCOUNT_ITEM, ...ORIGIN, "raw"]]);
    expect(item).toMatchObject({
      ...me.whose,
      ...{ asOf: null, fromCache: null, stale: null },
      error: {
        name: "AccessExpiredError",
        message: expect.stringMatching(/^Giro: the consent ended/),
        next: `bankdata connect --renew ${me.connection.connectionReference}`,
      },
    });
  });

  it("with --json and --jsonl, a failed account stands in the list with its error, also if all fail", async () => {
    await using me = await customer();
    for (const operation of ["balances", "transactions"] as const)
      me.sandbox.inject({ operation, account: me.savings, error: "AccountInactiveError", times: 9 });
    for (const command of ["balances", "transactions"]) {
      const partly = await me.run(command, "--json");
      expect(partly.code).toBe(5);
      const list = itemsIn(partly.out);
      const failed = list.filter(({ error }) => error !== undefined);
      const item = {
        ...{ accountId: me.savings, accountAlias: null, accountIban: expect.any(String), bankId: BANK },
        error: {
          name: "AccessDeniedError",
          message: expect.stringMatching(/^Savings Account: /),
          next: null,
        },
      };
      expect(failed, command).toEqual([item]);
      const others = list.filter(({ error }) => error === undefined);
      expect(new Set(others.map(({ accountId }) => accountId)), command).toEqual(new Set([me.giro]));
      // Entries of all accounts are sorted together, so their errors come first.
      expect(list.indexOf(failed[0] ?? {}), command).toBe(command === "balances" ? list.length - 1 : 0);
      const none = await me.run(command, me.savings, "--json");
      expect([none.code, itemsIn(none.out)], command).toEqual([1, [item]]);
      expect(JSON.parse(none.err), command).toEqual({ error: { ...item.error, accountId: me.savings } });
      const lines = await me.run(command, me.savings, "--jsonl");
      expect([lines.code, JSON.parse(lines.out)], command).toEqual([1, item]);
    }
  });
});

it("without --json, accounts that all fail are reported in the order of the list", async () => {
  await using me = await customer();
  me.sandbox.inject({ operation: "balances", error: "AccountInactiveError", times: 9 });
  const listed = itemsIn((await me.run("accounts", "--json")).out).map(({ accountId }) => accountId);
  const { code, out, err } = await me.run("balances");
  expect([code, out]).toEqual([1, ""]);
  const reported = [...err.matchAll(/^✗ (.+?): /gm)].map(([, name]) => name);
  expect(reported).toEqual(listed.map((id) => (id === me.giro ? "Giro" : "Savings Account")));
});

describe("calls for account data", () => {
  it("commands that list make no calls for account data, and commands that read an account make one", async () => {
    await using me = await customer();
    const calls = () =>
      me.sandbox.requests.filter(({ path }) => /^\/accounts\/[^/]+\/\w/.test(path)).map(({ path }) => path);
    for (const command of ["accounts", "quota", "connections", "banks"]) await me.run(command, "--json");
    expect(calls()).toEqual([]);
    const path = (data: string) => `/accounts/${me.giro}/${data}/`;
    await me.run("balances", "giro");
    await me.run("transactions", "giro");
    expect(calls()).toEqual([path("balances"), path("transactions")]);
    await me.run("details", "giro");
    const all = [path("balances"), path("transactions"), path("details")];
    for (const args of [["accounts"], ["balances", "giro"], ["details", "giro"], ["transactions", "giro"]])
      await me.run(...args);
    expect(calls()).toEqual(all);
    const left = (await me.items("quota", "giro")).map(({ remaining }) => remaining);
    expect(left).toEqual([3, 3, 3]);
  });
});
