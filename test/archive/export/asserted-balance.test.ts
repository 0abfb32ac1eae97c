import { describe, expect, it } from "vitest";
import { beancountLedger, type LedgerAccount } from "../../../packages/archive/src/export/beancount.ts";
import { growth } from "../../support/growth.ts";
import { account, balance, transaction } from "./given.ts";

const TODAY = "2026-03-10";

/** The balance line, the opening balance and what was told of one account. */
function judged(given: Partial<LedgerAccount>): { balance?: string; opening?: string; told: string[] } {
  const { text, skipped, omitted } = beancountLedger([account({ name: "Bank", ...given })], TODAY);
  const asserted = /^(\S+) balance Assets:Bank {2}(.*)$/m.exec(text);
  const opening = /^(\S+) \* "Opening balance" ""\n {2}Assets:Bank {2}(.*)$/m.exec(text);
  return {
    ...(asserted === null ? {} : { balance: `${asserted[1]} ${asserted[2]}` }),
    ...(opening === null ? {} : { opening: `${opening[1]} ${opening[2]}` }),
    told: [...skipped, ...omitted].map(({ reason }) => reason),
  };
}

const NO_DAY = "its balance: it does not say which day it closes";

describe("A closing balance", () => {
  it("is asserted at the end of its own day, whatever is booked later", () => {
    expect(
      judged({
        booked: [transaction("2026-03-04", "-12.50")],
        balances: [balance("closingBooked", "100.00", "2026-03-02")],
      }),
    ).toEqual({ balance: "2026-03-03 100.00 EUR", opening: "2026-03-02 100 EUR", told: [] });
  });

  it("counts the entries up to its day, that day included, and dated ahead or not", () => {
    expect(
      judged({
        booked: [
          transaction("2026-04-01", "-1000"),
          transaction("2026-03-03", "-7"),
          transaction("2026-03-02", "-5"),
          transaction(undefined, "-2", { valueDate: "2026-03-01" }),
          transaction(undefined, "-70", { valueDate: "2026-03-05" }),
          transaction("2026-02-01", "-1"),
        ],
        balances: [balance("closingBooked", "100.00", "2026-03-02")],
      }),
    ).toEqual({ balance: "2026-03-03 100.00 EUR", opening: "2026-01-31 108 EUR", told: [] });
  });

  it("opens an account without entries on its own day, so that it is there when it is asserted", () => {
    expect(
      beancountLedger([account({ balances: [balance("closingBooked", "3.10", "2026-03-02")] })], TODAY).text,
    ).toContain(`2026-03-02 open Assets:N26:Main-Account

2026-03-02 * "Opening balance" ""
  Assets:N26:Main-Account  3.1 EUR
  Equity:Opening-Balances  -3.1 EUR

2026-03-03 balance Assets:N26:Main-Account  3.10 EUR`);
  });

  it.each([
    undefined,
    "",
    "  ",
    "unknown",
    "2026-13-45",
    "2026-02-30",
    "31.12.2026",
    "9999-12-31",
    "0001-01-01",
    "0000-01-01",
    "1970-01-01",
    "2099-12-31",
    "20260302",
    "1772409600",
    "2026-03-021",
    "+002026-03-02",
    "2026-03-02".replaceAll("-", "\u2010"),
  ])("is not asserted on a guessed day if it is dated %j, and that is told", (referenceDate) => {
    expect(
      judged({
        booked: [transaction("2026-03-01", "-1")],
        balances: [balance("closingBooked", "5", referenceDate)],
      }),
    ).toEqual({ told: [NO_DAY] });
  });

  it.each(["2026-03-02T23:59:59Z", "2026-03-02 10:00", "2026-03-02+01:00", " 2026-03-02 "])(
    "takes its day from %j",
    (referenceDate) => {
      expect(judged({ balances: [balance("closingBooked", "5", referenceDate)] }).balance).toBe(
        "2026-03-03 5 EUR",
      );
    },
  );

  it("is taken of the newest day that can be proved, and an interim one if there is none", () => {
    const booked = [transaction("2026-03-04", "-12.50")];
    const closing = [
      balance("closingBooked", "90", "2026-03-01"),
      balance("closingBooked", "100", "2026-03-02"),
      balance("closingBooked", "1"),
    ];
    expect(judged({ booked, balances: closing }).balance).toBe("2026-03-03 100 EUR");
    expect(
      judged({ booked, balances: [balance("closingBooked", "1"), balance("interimBooked", "87.50")] })
        .balance,
    ).toBe("2026-03-05 87.50 EUR");
  });
});

describe("An interim balance", () => {
  it("counts everything that is booked if it has no date, unless an entry is dated ahead", () => {
    const balances = [balance("interimBooked", "10", "someday")];
    const booked = [
      transaction("2026-03-02", "-1"),
      transaction(undefined, "-2", { valueDate: "2026-03-09" }),
    ];
    expect(judged({ booked, balances })).toEqual({
      balance: "2026-03-10 10 EUR",
      opening: "2026-03-01 13 EUR",
      told: [],
    });
    expect(judged({ booked: [...booked, transaction("2026-03-11", "-4")], balances })).toEqual({
      told: ["its balance: it has no date, and entries are dated ahead"],
    });
    expect(judged({ balances })).toEqual({ told: ["its balance: neither it nor an entry has a date"] });
  });

  it("is not asserted if entries came after it that may lie on its own day as well", () => {
    const balances = [balance("interimBooked", "10", "2026-03-05")];
    const later = transaction("2026-03-06", "-2");
    const sameDay = transaction("2026-03-05", "-1");
    expect(judged({ booked: [sameDay, later], balances })).toEqual({
      told: ["its balance: it was taken during 2026-03-05, and entries came after"],
    });
    expect(judged({ booked: [later], balances }).balance).toBe("2026-03-06 10 EUR");
    expect(judged({ booked: [sameDay, transaction("2026-03-12", "-2")], balances })).toEqual({
      balance: "2026-03-06 10 EUR",
      opening: "2026-03-04 11 EUR",
      told: [],
    });
  });
});

describe("A transaction that is left out", () => {
  const noCurrency = (date: string | undefined, amount = "-1") =>
    transaction(date, amount, { transactionAmount: { amount, currency: "eur" } });
  const booked = [transaction("2026-03-01", "-1"), transaction("2026-03-06", "-2")];
  const balances = [balance("closingBooked", "10", "2026-03-04")];
  const asserted = { balance: "2026-03-05 10 EUR", opening: "2026-02-28 11 EUR" };
  const REASON = "its balance: it may count transactions that were left out";

  it("takes no assertion with it if it moved money after the balance, before the opening balance, or none", () => {
    for (const skipped of [
      noCurrency("2026-03-05"),
      noCurrency("2026-02-28"),
      noCurrency("2026-03-02", "0.00"),
      transaction("0001-01-01", "0"),
    ]) {
      const { told, ...rest } = judged({ booked: [...booked, skipped], balances });
      expect(rest).toEqual(asserted);
      expect(told).toHaveLength(1);
    }
  });

  it("takes the assertion with it if the balance may count what it moved", () => {
    for (const skipped of [
      noCurrency("2026-03-04"),
      noCurrency("2026-03-01"),
      transaction(undefined, "-1"),
      transaction("9999-12-31", "-1"),
      transaction("2026-03-02", "1e999"),
    ]) {
      const { told, ...rest } = judged({ booked: [...booked, skipped], balances });
      expect(rest).toEqual({});
      expect(told).toContain(REASON);
    }
    expect(
      judged({ booked: [...booked, noCurrency("2026-03-07")], balances: [balance("interimBooked", "1")] }),
    ).toEqual({ told: ['"eur" is no commodity', REASON] });
  });

  it("counts as well if it could not be read at all", () => {
    expect(judged({ booked, balances, unreadable: 2 })).toEqual({
      told: ["transactions that could not be read: 2", REASON],
    });
  });
});

describe("A balance", () => {
  const booked = [transaction("2026-03-01", "-1")];
  const of = (currency: string, amount = "5") => ({
    ...balance("closingBooked", amount, "2026-03-02"),
    balanceAmount: { amount, currency },
  });

  it("is not asserted if it counts a credit limit, is in another currency, or cannot be written", () => {
    const told = (one: ReturnType<typeof of>) => judged({ booked, balances: [one] });
    expect(told({ ...of("EUR"), creditLimitIncluded: true }).told).toEqual([
      "its balance: it counts the credit limit",
    ]);
    expect(told(of("USD")).told).toEqual(["its balance: it is in USD and the account in EUR"]);
    expect(told(of("EUR\n")).told).toEqual(['its balance: "EUR\\n" is no commodity']);
    expect(told(of("EUR", "much")).told).toEqual(['its balance: "much" is not a decimal number']);
    expect(told(of("EUR", "9".repeat(29))).told).toEqual([
      "its balance: its amount has more than the 28 digits that beancount computes with",
    ]);
    expect(told(of("EUR", `${"9".repeat(27)}.5`)).told).toEqual([
      "its balance: the sum has more digits than beancount computes with",
    ]);
  });

  it("is not asserted if the bank gives another amount for the same day, but if it repeats itself it is", () => {
    const balances = (...amounts: string[]) => ({
      booked,
      balances: amounts.map((amount) => of("EUR", amount)),
    });
    expect(judged(balances("5", "6")).told).toEqual(["its balance: the bank gives several for one day"]);
    expect(judged(balances("5", "5.00")).balance).toBe("2026-03-03 5 EUR");
    const withLimit = { ...of("EUR", "1005"), creditLimitIncluded: true };
    expect(judged({ booked, balances: [withLimit, of("EUR")] }).balance).toBe("2026-03-03 5 EUR");
  });

  it("is written in its own currency if the account's is none", () => {
    expect(judged({ currency: "EUR\nplugin", booked, balances: [of("EUR")] })).toEqual({
      balance: "2026-03-03 5 EUR",
      opening: "2026-02-28 6 EUR",
      told: ['its currency: "EUR\\nplugin" is no commodity'],
    });
  });

  it("is not asserted over entries in other currencies that it may count, but over later ones it is", () => {
    const foreign = (date: string) =>
      transaction(date, "-1", { transactionAmount: { amount: "-1", currency: "USD" } });
    expect(judged({ booked: [...booked, foreign("2026-03-02")], balances: [of("EUR")] })).toEqual({
      told: ["its balance: it may count entries in other currencies"],
    });
    expect(judged({ booked: [...booked, foreign("2026-03-03")], balances: [of("EUR")] }).balance).toBe(
      "2026-03-03 5 EUR",
    );
  });
});

describe("very many balances", () => {
  it("are judged in time that grows with their number, and one that is contradicted is still found", () => {
    const many = (count: number, currency: string) =>
      Array.from({ length: count }, () => ({
        balanceType: "interimBooked",
        balanceAmount: { amount: "1.00", currency },
      }));
    const work = (text: string) => judged({ balances: many(text.length, "USD") });
    expect(growth(work, "x".repeat(8000))).toBeLessThan(3);
    const { balance: asserted, told } = judged({
      balances: [...many(500, "EUR"), balance("interimBooked", "2.00")],
    });
    expect([asserted, told]).toEqual([undefined, ["its balance: the bank gives several for one day"]]);
  });
});
