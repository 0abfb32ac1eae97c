import { describe, expect, it } from "vitest";
import { displayAmount } from "../../packages/cli/src/ui/format.ts";
import { type Received, type Reply, startService } from "../support/service.ts";
import { personAt } from "./source-command.ts";

type Item = Record<string, unknown>;

const DAY = 86_400_000;
const day = (back: number) => new Date(Date.now() - back * DAY).toISOString().slice(0, 10);
const page = (results: unknown[]) => ({
  body: { count: results.length, next: null, previous: null, results },
});
const IBAN = "LT601010012345678901";
const amount = (text: string, currency = "EUR") => ({ amount: text, currency });

/** Balances as a bank sends them. */
const BALANCES = [
  { balanceAmount: amount("3246.8"), balanceType: "interimAvailable", creditLimitIncluded: true },
  { balanceAmount: amount("-9.1"), balanceType: "closingBooked" },
  { balanceAmount: amount("7"), balanceType: "interimBooked" },
  { balanceAmount: amount("5000", "JPY"), balanceType: "special" },
];

/** An entry that was booked or announced `back` days ago. */
function entry(back: number, text: string, more: Item = {}): Item {
  return { bookingDate: day(back), valueDate: day(back), transactionAmount: amount(text), ...more };
}

const ENTRIES = {
  booked: [
    entry(1, "-5.5", { creditorName: "Shop", debtorName: "Jo" }),
    entry(60, "20", { debtorName: "Pa" }),
  ],
  pending: [entry(0, "8.25", { creditorName: "Cafe", debtorName: "Jo" })],
};

/** A service with two accounts of one IBAN, in two currencies, whose details are known once they were asked for. */
function revolut() {
  return startService(({ path }: Received): Reply | undefined => {
    if (path === "/requisitions/")
      return page([
        { id: "one", status: "LN", institution_id: "BANK", agreement: "e", accounts: ["eeee", "gggg"] },
      ]);
    if (path === "/agreements/enduser/")
      return page([{ id: "e", accepted: `${day(1)}T00:00:00Z`, access_valid_for_days: 90 }]);
    const [, id = "", what] = /^\/accounts\/(\w+)\/(\w*)/.exec(path) ?? [];
    const currency = id === "eeee" ? "EUR" : "GBP";
    const own = { iban: IBAN, status: "READY", institution_id: "BANK", owner_name: "Jo" };
    if (what === "details") return { body: { account: { iban: IBAN, currency, name: "Main" } } };
    if (what === "balances") return { body: { balances: BALANCES } };
    if (what === "transactions") return { body: { transactions: ENTRIES } };
    return id === "" ? undefined : { body: { id, ...own } };
  });
}

async function connectedPerson(configuration = "") {
  const service = await revolut();
  const person = await personAt(service);
  if (configuration !== "") await person.put("bankdata.yaml", configuration);
  return {
    ...person,
    service,
    async items(...args: string[]): Promise<Item[]> {
      const { out, err } = await person.run(...args, "--json");
      return out === "" ? [{ err }] : JSON.parse(out);
    },
    async [Symbol.asyncDispose]() {
      await person[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** The cells of a table in a pipe, row by row. */
function rowsOf(out: string): string[][] {
  return out
    .trimEnd()
    .split("\n")
    .map((row) => row.split("\t"));
}

describe("two accounts of one IBAN", () => {
  it("are told apart in tables, and every name that a failure lists reaches one", async () => {
    await using person = await connectedPerson();
    const before = await person.run("details", IBAN);
    expect(before.code).toBe(2);
    expect(before.err).toContain(`"${IBAN}" matches several accounts:\n  'Jo, eeee'  BANK, …8901\n`);
    expect(await person.run("details", "Jo, eeee")).toMatchObject({ code: 0 });
    expect(await person.run("details", "gggg")).toMatchObject({ code: 0 });
    const { out } = await person.run("accounts");
    expect(out).toMatch(/^Main, EUR\tLT60.*\nMain, GBP\tLT60/m);
    const { err, code } = await person.run("balances", "Main");
    expect(code).toBe(2);
    const listed = [...err.matchAll(/^ {2}'(.*?)' {2}/gm)].map(([, name = ""]) => name);
    expect(listed).toEqual(["Main, EUR", "Main, GBP"]);
    for (const name of [...listed, `${IBAN} GBP`]) expect((await person.run("quota", name)).code).toBe(0);
  });

  it("an alias by IBAN alone is ambiguous if it is used, and says what helps", async () => {
    await using person = await connectedPerson(`accounts: [{ iban: ${IBAN}, alias: giro }]\n`);
    const { code, err } = await person.run("quota", "giro");
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("add a currency to the account in your configuration"),
    ]);
  });

  it("an alias whose account is not known yet says so, and stands for one once the currency is known", async () => {
    await using person = await connectedPerson(
      `accounts: [{ iban: ${IBAN}, currency: GBP, alias: pounds, asset_account: "Assets:Revolut:GBP" }]\n`,
    );
    expect((await person.run("quota", "pounds")).err).toContain("its currency is not known yet");
    const warning =
      "pounds: its settings are not used until the currency of each account with the IBAN …8901 is known. " +
      "Read the details of each: bankdata details 'Jo, eeee'";
    expect((await person.run("transactions")).err).toContain(warning);
    const { err } = await person.run("accounts", "--quiet", "--json");
    expect(JSON.parse(err)).toEqual({ note: warning });
    await person.run("details", "gggg");
    expect((await person.run("transactions")).err).not.toContain("settings");
    for (const name of ["pounds", "assets:revolut:gbp"])
      expect((await person.items("quota", name))[0]).toMatchObject({ accountId: "gggg" });
  });
});

describe("balances", () => {
  it("the account's balance is first, in words beside the bank's own, and padded to the currency's digits", async () => {
    await using person = await connectedPerson("accounts: [{ id: eeee, alias: giro }]\n");
    const { out } = await person.run("balances", "giro");
    const account = ["giro", "LT601010012345678901"];
    expect(rowsOf(out)).toEqual([
      [...account, "booked so far", "7.00", "EUR", "just now", "interimBooked"],
      [...account, "special", "5000", "JPY", "just now", "special"],
      [...account, "available with credit limit", "3246.80", "EUR", "just now", "interimAvailable"],
      [...account, "booked", "-9.10", "EUR", "just now", "closingBooked"],
    ]);
  });

  it.each([
    ["", ["interimBooked", "special"]],
    ["balance: available", ["interimAvailable", "special"]],
    ["preferred_balance_type: closingBooked", ["closingBooked", "special"]],
    ["balance: nonInvoiced", ["interimBooked", "special"]],
  ])("with --json, amounts are as sent, and with %j the main ones are %j", async (setting, main) => {
    await using person = await connectedPerson(`accounts: [{ id: eeee, alias: giro, ${setting} }]\n`);
    const items = await person.items("balances", "giro");
    expect(items.map((one) => one["amount"])).toEqual(["3246.8", "-9.1", "7", "5000"]);
    expect(items.filter((one) => one["isMain"]).map((one) => one["kindAsSent"])).toEqual(main);
  });

  it.each([
    ["3246.8", "EUR", "3246.80"],
    ["-9.1", "EUR", "-9.10"],
    ["5", "EUR", "5.00"],
    ["+5.", "EUR", "+5.00"],
    ["1.005", "EUR", "1.005"],
    ["100", "JPY", "100"],
    ["100.5", "JPY", "100.5"],
    ["1.5", "BHD", "1.500"],
    ["1.5", "XXQ", "1.5"],
    ["1.5", "", "1.5"],
    ["1.5", "toString", "1.5"],
    ["1e3", "EUR", "1e3"],
    ["", "EUR", ""],
    ["12345678901234567890123456789.1", "USD", "12345678901234567890123456789.10"],
  ])("%s %s is shown as %s", (sent, currency, shown) => {
    expect(displayAmount(sent, currency)).toBe(shown);
  });
});

describe("what an account's configuration says about its transactions", () => {
  const amounts = (items: Item[]) => items.map((one) => `${one["amount"]} ${one["inverted"]}`);

  it.each([
    ["invert: true", ["-8.25 true", "5.5 true", "-20 true"]],
    ["invert: pending", ["-8.25 true", "-5.5 false", "20 false"]],
    ["invert: false", ["8.25 false", "-5.5 false", "20 false"]],
  ])("with %s the signs are turned back once, and raw stays", async (setting, expected) => {
    await using person = await connectedPerson(`accounts: [{ id: eeee, alias: giro, ${setting} }]\n`);
    const items = await person.items("transactions", "giro");
    expect(amounts(items)).toEqual(expected);
    expect(items[0]).toMatchObject({ raw: { transactionAmount: { amount: "8.25" } } });
    const again = await person.items("transactions", "giro");
    expect(amounts(again)).toEqual(expected);
  });

  it("the table, the search and the counterparty follow the turned sign", async () => {
    await using person = await connectedPerson("accounts: [{ id: eeee, alias: giro, invert: pending }]\n");
    const { out } = await person.run("transactions", "giro", "--search", "-8.25");
    expect(rowsOf(out).map((cells) => cells.slice(2))).toEqual([
      ["Cafe", expect.any(String), "-8.25", "EUR", "pending"],
    ]);
    const [item] = await person.items("transactions", "giro", "--pending");
    expect(item).toMatchObject({ counterparty: "Cafe" });
    // Balances are right at such banks.
    const [balance] = await person.items("balances", "giro");
    expect(balance).toMatchObject({ amount: "3246.8" });
  });

  it("days and statuses of the account hold unless the command line says others", async () => {
    await using person = await connectedPerson(
      "accounts: [{ id: eeee, alias: giro, days_back: 30, transaction_types: [booked] }, { id: gggg, alias: other }]\n",
    );
    const of = async (...args: string[]) =>
      (await person.items("transactions", ...args)).map((one) => one["amount"]);
    expect(await of("giro")).toEqual(["-5.5"]);
    expect(await of("giro", "--days", "80")).toEqual(["-5.5", "20"]);
    expect(await of("giro", "--pending")).toEqual(["8.25"]);
    expect(await of("other")).toEqual(["8.25", "-5.5", "20"]);
    expect((await of()).toSorted()).toEqual(["-5.5", "-5.5", "20", "8.25"]);
  });
});
