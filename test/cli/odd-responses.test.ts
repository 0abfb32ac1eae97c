import { describe, expect, it } from "vitest";
import { type Received, type Reply, startService } from "../support/service.ts";
import { personAt } from "./source-command.ts";

/** Runs a command with a home of its own against a service. */
async function run(respond: (request: Received) => Reply | undefined, ...args: string[]) {
  await using service = await startService(respond);
  await using person = await personAt(service);
  return await person.run(...args);
}

const page = (results: unknown[]) => ({ body: { count: 0, next: null, previous: null, results } });
const today = new Date().toISOString().slice(0, 10);
const inDays = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString();
const balance = { balanceAmount: { amount: "1.10", currency: "EUR" }, balanceType: "expected" };
const connection = (id: string, agreement = `e-${id}`) => ({
  id,
  reference: `ref-${id}`,
  status: "LN",
  institution_id: "BANK",
  agreement,
  accounts: [`acc-${id}`],
});

/** A service with one bank, two connections and an account of each; what `odd` returns takes precedence. */
function usual(odd: (path: string) => Reply | undefined) {
  return ({ path }: Received): Reply | undefined => {
    const replaced = odd(path);
    if (replaced !== undefined) return replaced;
    if (path === "/requisitions/") return page([connection("one"), connection("two")]);
    if (path === "/agreements/enduser/") {
      return page(
        ["e-one", "e-two"].map((id) => ({ id, accepted: `${today}T00:00:00Z`, access_valid_for_days: 30 })),
      );
    }
    if (path === "/institutions/BANK/") return { body: { id: "BANK", name: "Bank" } };
    const id = /^\/accounts\/([^/]+)\/$/.exec(path)?.[1];
    if (id !== undefined) return { body: { id, name: id, status: "READY" } };
    if (path.endsWith("/balances/")) return { body: { balances: [balance] } };
    if (path.includes("/transactions/")) return { body: { transactions: { booked: [], pending: [] } } };
    return undefined;
  };
}

describe("odd responses", () => {
  it.each([[], ["--json"]])(
    "balances ends with 5 and counts a balance that could not be understood, with the flags %j",
    async (...flags) => {
      const service = usual((path) =>
        path === "/accounts/acc-one/balances/"
          ? { body: { balances: [balance, { balanceAmount: "1.10" }] } }
          : undefined,
      );
      const { code, out, err } = await run(service, "balances", ...flags.flat());
      expect(err).toContain("1 balance could not be understood and is left out here.");
      expect(code).toBe(5);
      // In JSON, `raw` repeats each amount.
      expect(out.match(/1\.10/g)).toHaveLength(flags.length === 0 ? 2 : 4);
    },
  );

  it("balances that are not a list fail their account and no other", async () => {
    const service = usual((path) => (path === "/accounts/acc-one/balances/" ? { body: {} } : undefined));
    const { code, out, err } = await run(service, "balances", "--json");
    expect(code).toBe(5);
    expect(err).toContain("acc-one");
    expect(JSON.parse(out)).toMatchObject([
      { accountId: "acc-one", error: { name: "InvalidResponseError" } },
      { accountId: "acc-two" },
    ]);
  });

  it("transactions shows an entry with an odd field, and leaves out one without an amount", async () => {
    const odd = {
      transactionId: "1",
      valueDate: today,
      transactionAmount: { amount: "-1.50", currency: "EUR" },
      creditorAccount: [],
      creditorName: "Shop",
    };
    const service = usual((path) =>
      path.startsWith("/accounts/acc-one/transactions/")
        ? { body: { transactions: { booked: [odd, { transactionId: "2" }] } } }
        : undefined,
    );
    const { code, out, err } = await run(service, "transactions", "--json");
    expect(err).toContain("1 entry could not be understood and is left out here.");
    expect(code).toBe(5);
    const items: unknown = JSON.parse(out);
    expect(items).toMatchObject([
      { ids: { transactionId: "1" }, counterparty: "Shop", counterpartyAccount: null, raw: odd },
    ]);
    expect(items).toHaveProperty("0.creditor", { name: "Shop", account: null });
  });

  it.each<[string, Record<string, unknown>]>([
    ["a date that is none", { accepted: "soon" }],
    ["a date past all calendars", { accepted: "+275760-09-13T00:00:00Z" }],
    ["days past all calendars", { access_valid_for_days: 9007199254740991 }],
    ["no days at all", { access_valid_for_days: "" }],
  ])("connections and accounts list everything despite an agreement with %s", async (_, odd) => {
    const service = usual((path) =>
      path === "/agreements/enduser/"
        ? page([
            { id: "e-one", accepted: `${today}T00:00:00Z`, access_valid_for_days: 30, ...odd },
            { id: "e-two", accepted: `${today}T00:00:00Z`, access_valid_for_days: 30 },
          ])
        : undefined,
    );
    const connections = await run(service, "connections", "--json");
    expect([connections.code, connections.err]).toEqual([0, ""]);
    expect(JSON.parse(connections.out)).toMatchObject([
      { connectionId: "one", consent: { validUntil: null }, daysLeft: null, state: "active" },
      { connectionId: "two", daysLeft: 30 },
    ]);
    const accounts = await run(service, "accounts", "--json");
    expect(accounts.code).toBe(0);
    expect(JSON.parse(accounts.out)).toMatchObject([
      { accountId: "acc-one", consent: { validUntil: null }, state: "ready" },
      { accountId: "acc-two", consent: { validUntil: inDays(30) }, state: "ready" },
    ]);
  });

  it("an account is expired once its consent is over, even if the service still reports it as ready", async () => {
    const accepted = inDays(-31);
    const service = usual((path) =>
      path === "/agreements/enduser/"
        ? page(["e-one", "e-two"].map((id) => ({ id, accepted, access_valid_for_days: 30 })))
        : undefined,
    );
    const [table, json] = await Promise.all([run(service, "accounts"), run(service, "accounts", "--json")]);
    expect(table.out.match(/consent ended/g)).toHaveLength(2);
    const expired = { state: "expired", stateAsSent: "READY", consent: { validUntil: inDays(-1) } };
    expect(JSON.parse(json.out)).toMatchObject([expired, expired]);
  });

  it("connections and accounts list everything without the agreements, and say what is unknown", async () => {
    const service = usual((path) => (path === "/agreements/enduser/" ? { body: {} } : undefined));
    const connections = await run(service, "connections");
    expect(connections.code).toBe(0);
    expect(connections.out).toContain("ref-two");
    expect(connections.err).toContain("Could not find out when access ends");
    const accounts = await run(service, "accounts");
    expect(accounts.code).toBe(0);
    expect(accounts.out).toContain("acc-two");
    expect(accounts.err).toContain("Could not find out when access ends");
  });

  it("connections, accounts and banks end with 5 and count what they could not understand", async () => {
    const service = usual((path) => {
      if (path === "/requisitions/") return page([{ status: "LN" }, connection("one"), null]);
      return path.startsWith("/institutions/?") ? { body: [{ name: "no id" }, { id: "B" }] } : undefined;
    });
    const [connections, accounts, banks] = await Promise.all([
      run(service, "connections"),
      run(service, "accounts"),
      run(service, "banks", "GL", "--wide"),
    ]);
    expect([connections.code, accounts.code, banks.code]).toEqual([5, 5, 5]);
    expect(connections.err).toContain("2 connections could not be understood and are left out here.");
    expect(accounts.err).toContain("2 connections could not be understood and are left out here.");
    expect(banks.err).toContain("1 bank could not be understood and is left out here.");
    expect([connections.out, accounts.out]).toEqual([
      expect.stringContaining("ref-one"),
      expect.stringContaining("acc-one"),
    ]);
    expect(banks.out).toMatch(/^B +B +90 d +90 d/m);
  });

  it("reading all accounts ends with 5 if a connection could not be understood, and reading a named one with 0", async () => {
    const service = usual((path) =>
      path === "/requisitions/" ? page([connection("one"), null]) : undefined,
    );
    for (const command of ["balances", "transactions", "quota"]) {
      const [all, one] = await Promise.all([run(service, command), run(service, command, "acc-one")]);
      expect([all.code, one.code], command).toEqual([5, 0]);
      expect(all.err).toContain("1 connection could not be understood and is left out here.");
    }
  });
});
