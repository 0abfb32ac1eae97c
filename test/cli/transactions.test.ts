import { describe, expect, it } from "vitest";
import { type Received, type Reply, startService } from "../support/service.ts";
import { personAt } from "./source-command.ts";

type Entry = Record<string, unknown>;

const DAY = 86_400_000;
const day = (back: number) => new Date(Date.now() - back * DAY).toISOString().slice(0, 10);
const page = (results: unknown[]) => ({
  body: { count: results.length, next: null, previous: null, results },
});
const OWNER = "Jo Müller";
const IBAN = "DE89370400440532013000";

/** A service with one account, whose bank sends some entries. */
function serviceWith(booked: readonly Entry[], pending: readonly Entry[] = []) {
  return startService(({ path }: Received): Reply | undefined => {
    if (path === "/requisitions/")
      return page([{ id: "one", status: "LN", institution_id: "BANK", agreement: "e", accounts: ["acc"] }]);
    if (path === "/agreements/enduser/")
      return page([{ id: "e", accepted: `${day(1)}T00:00:00Z`, access_valid_for_days: 90 }]);
    if (path === "/accounts/acc/")
      return { body: { id: "acc", iban: IBAN, status: "READY", owner_name: OWNER } };
    if (path.startsWith("/accounts/acc/transactions/"))
      return { body: { transactions: { booked, pending } } };
    return undefined;
  });
}

/** An entry that was booked `back` days ago. */
function entry(back: number, amount: string, more: Entry = {}): Entry {
  return { bookingDate: day(back), transactionAmount: { amount, currency: "EUR" }, ...more };
}

/** What `bankdata transactions` prints of some entries, in a table and as items. */
async function shown(booked: readonly Entry[], ...args: string[]) {
  await using service = await serviceWith(booked);
  await using person = await personAt(service);
  const { out, err } = await person.run("transactions", "--wide", ...args);
  const json = await person.run("transactions", "--json", ...args);
  const items: Entry[] = JSON.parse(json.out);
  const requests = service.asked().filter((one) => one.includes("/transactions/"));
  const [head, ...rows] = out.trimEnd().split("\n");
  return { head, rows, err, items, requests };
}

describe("who is shown with a transaction", () => {
  it("the counterparty is the creditor if money goes out, the debtor if it comes in, and never the owner", async () => {
    const { rows, items } = await shown([
      entry(1, "-5.00", { creditorName: "Shop", debtorName: OWNER }),
      entry(2, "7.00", { creditorName: OWNER, debtorName: "Employer" }),
      entry(3, "-9.00", { debtorName: OWNER, debtorAccount: { iban: IBAN } }),
      entry(4, "-1.00", {
        ultimateCreditor: "Landlord",
        creditorAccount: { iban: "GB33BUKB20201555555555" },
      }),
    ]);
    expect(rows).toEqual([
      expect.stringMatching(/^\S+ {2}Shop +-5\.00 {2}EUR$/),
      expect.stringMatching(/^\S+ {2}Employer +7\.00 {2}EUR$/),
      expect.stringMatching(/^\S+ +-9\.00 {2}EUR$/),
      expect.stringMatching(/^\S+ {2}Landlord +-1\.00 {2}EUR$/),
    ]);
    expect(items.map(({ counterparty }) => counterparty)).toEqual(["Shop", "Employer", null, "Landlord"]);
    expect(items[3]).toMatchObject({
      counterpartyAccount: { scheme: "iban", value: "GB33BUKB20201555555555" },
      creditor: { name: null },
      debtor: null,
    });
  });
});

describe("what is shown of a transaction", () => {
  it("the text stands for a counterparty that is unknown, in the table alone", async () => {
    const { rows, items } = await shown([
      entry(1, "-5.00", { creditorName: "NOTPROVIDED", remittanceInformationUnstructured: "Cash machine" }),
      entry(2, "-6.00", { creditorName: "Shop", remittanceInformationUnstructured: "Order 5" }),
    ]);
    expect(rows).toEqual([
      expect.stringMatching(/^\S+ {2}Cash machine +-5\.00 {2}EUR$/),
      expect.stringMatching(/^\S+ {2}Shop +Order 5 +-6\.00 {2}EUR$/),
    ]);
    const unnamed = await shown([entry(1, "-5.00", { additionalInformation: "Fee" })]);
    expect(unnamed.head).toMatch(/^Date +Who +Amount$/);
    expect(unnamed.rows).toEqual([expect.stringMatching(/^\S+ {2}Fee +-5\.00 {2}EUR$/)]);
    expect(items).toMatchObject([
      { counterparty: null, text: "Cash machine", date: day(1) },
      { counterparty: "Shop", text: "Order 5", date: day(2) },
    ]);
  });

  it("a transaction is shown with its readable text, its plausible date, and its status unless it is booked", async () => {
    const remittanceInformationUnstructured = "Caf&eacute;\n  M&uuml;nchen";
    await using service = await serviceWith(
      [
        entry(2, "-1.00", { remittanceInformationUnstructured }),
        entry(9, "-2.00", { bookingDate: "9999-12-31", valueDate: day(3), additionalInformation: "Fee" }),
      ],
      [{ valueDate: day(2), transactionAmount: { amount: "-3.00", currency: "EUR" } }],
    );
    await using person = await personAt(service);
    const { out } = await person.run("transactions", "--wide");
    expect(out.trimEnd().split("\n").slice(1)).toEqual([
      expect.stringMatching(new RegExp(`^${day(2)} +-3\\.00 {2}EUR {2}pending$`)),
      expect.stringMatching(new RegExp(`^${day(2)} +Café München +-1\\.00 {2}EUR$`)),
      expect.stringMatching(new RegExp(`^${day(3)} +Fee +-2\\.00 {2}EUR$`)),
    ]);
  });
});

describe("--from and --to", () => {
  it("--from and --to select by the date that is shown, and an entry without a date counts as of today", async () => {
    const booked = [
      entry(10, "-1.00", { valueDate: day(12) }),
      entry(11, "-2.00", { valueDate: day(9) }),
      entry(99, "-3.00", { bookingDate: undefined, valueDate: day(10) }),
      entry(99, "-4.00", { bookingDate: "0001-01-01" }),
    ];
    const amounts = async (...args: string[]) => {
      const { items, rows, requests } = await shown(booked, ...args);
      expect(rows).toHaveLength(items.length);
      expect(requests).toEqual([expect.stringContaining(`date_from=${day(90)}`)]);
      return items.map(({ amount }) => amount);
    };
    expect(await amounts("--from", day(10))).toEqual(["-4.00", "-1.00", "-3.00"]);
    expect(await amounts("--from", day(30), "--to", day(11))).toEqual(["-2.00"]);
    expect(await amounts("--from", day(11), "--to", day(-20))).toEqual(["-4.00", "-1.00", "-3.00", "-2.00"]);
  });

  it("--from and --to request older ranges, and reject invalid ones before a request", async () => {
    await using service = await serviceWith([entry(200, "-1.00")]);
    await using person = await personAt(service);
    const far = await person.run("transactions", "--from", day(250), "--to", day(150), "--json");
    expect(JSON.parse(far.out)).toMatchObject([{ amount: "-1.00" }]);
    expect(service.asked().filter((one) => one.includes("/transactions/"))).toEqual([
      `GET /accounts/acc/transactions/?date_from=${day(260)}&date_to=${day(140)}`,
    ]);
    for (const [args, message] of [
      [["--from", day(3), "--to", day(9)], `--from (${day(3)}) is after --to (${day(9)})`],
      [["--from", "2026-02-30"], '--from "2026-02-30" is not a valid date: write it as 2026-01-31.'],
      [["--to", "2026-13-45"], '--to "2026-13-45" is not a valid date: write it as 2026-01-31.'],
      [["--to", ""], '--to "" is not a valid date: write it as 2026-01-31.'],
      [["--from", day(-1)], `--from (${day(-1)}) is in the future: today is ${day(0)}.`],
      [["--days", "0"], '--days must be a whole number, from 1 to 730, not "0".'],
      [["--days", "731"], '--days must be a whole number, from 1 to 730, not "731".'],
      [["--days", "1.5"], "--days"],
      [["--days", "abc"], "--days"],
      [["--days", "3", "--to", day(1)], "Use either --days, or --from and --to."],
    ] as const) {
      const wrong = await person.run("transactions", ...args);
      expect([wrong.code, wrong.out, wrong.err]).toEqual([2, "", expect.stringContaining(message)]);
    }
    expect(service.asked().filter((one) => one.includes("/transactions/"))).toHaveLength(1);
  });
});

describe("today", () => {
  it.each(["Pacific/Kiritimati", "Europe/Berlin", "America/Los_Angeles", "Pacific/Pago_Pago"])(
    "--from and --to today are accepted in %s, regardless of the day in UTC, and no request is for a later day",
    async (timeZone) => {
      const here = new Date(Date.now()).toLocaleDateString("sv", { timeZone });
      await using service = await serviceWith([entry(0, "-1.00", { bookingDate: here }), entry(9, "-2.00")]);
      await using person = await personAt(service, timeZone);
      const { code, out, err } = await person.run("transactions", "--from", here, "--to", here, "--json");
      expect([code, err.includes("future")]).toEqual([0, false]);
      expect(JSON.parse(out)).toMatchObject([{ amount: "-1.00", date: here }]);
      const far = await person.run("transactions", "--from", day(200), "--to", here, "--json");
      expect(JSON.parse(far.out)).toHaveLength(2);
      expect(service.asked().filter((one) => one.includes("/transactions/"))).toEqual([
        `GET /accounts/acc/transactions/?date_from=${day(90)}`,
        `GET /accounts/acc/transactions/?date_from=${day(210)}`,
      ]);
    },
  );
});

describe("--search", () => {
  it("--search finds names, texts and amounts without regard to accents and capitals", async () => {
    const booked = [
      entry(1, "-11.50", { creditorName: "Łódź Café" }),
      entry(2, "-2.00", { remittanceInformationStructured: "RF18 5390", creditorName: "Straße GmbH" }),
      entry(3, "-3.00", { additionalInformation: "Übertrag", remittanceInformationUnstructured: "Text" }),
      entry(4, "-4.00", { ultimateCreditor: "Ñandú" }),
    ];
    await using service = await serviceWith(booked);
    await using person = await personAt(service);
    const found = async (text: string): Promise<unknown[]> => {
      const items: Entry[] = JSON.parse((await person.run("transactions", "--search", text, "--json")).out);
      return items.map(({ amount }) => amount);
    };
    expect(await found("lodz cafe")).toEqual(["-11.50"]);
    expect(await found("STRASSE")).toEqual(["-2.00"]);
    expect(await found("rf18")).toEqual(["-2.00"]);
    expect(await found("ubertrag")).toEqual(["-3.00"]);
    expect(await found("ÜBERTRAG")).toEqual(["-3.00"]);
    expect(await found("nandu")).toEqual(["-4.00"]);
    expect(await found("11.5")).toEqual(["-11.50"]);
    expect(await found("11,50")).toEqual(["-11.50"]);
    expect(await found("nothing")).toEqual([]);
  });
});
