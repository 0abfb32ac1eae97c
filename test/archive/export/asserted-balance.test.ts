import { describe, expect, it } from "vitest";
import { beancountLedger, type LedgerAccount } from "../../../packages/archive/src/export/beancount.ts";
import { growth } from "../../support/growth.ts";
import { account, balance, transaction } from "./given.ts";

const TODAY = "2026-03-10";

/** The balance line, the opening balance and the reasons reported for one account. */
function assessed(given: Partial<LedgerAccount>): { balance?: string; opening?: string; reported: string[] } {
  const { text, skipped, omitted } = beancountLedger([account({ name: "Bank", ...given })], TODAY);
  const asserted = /^(\S+) balance Assets:Bank {2}(.*)$/m.exec(text);
  const opening = /^(\S+) \* "Opening balance" ""\n {2}Assets:Bank {2}(.*)$/m.exec(text);
  return {
    ...(asserted === null ? {} : { balance: `${asserted[1]} ${asserted[2]}` }),
    ...(opening === null ? {} : { opening: `${opening[1]} ${opening[2]}` }),
    reported: [...skipped, ...omitted].map(({ reason }) => reason),
  };
}

const NO_DAY = "its balance: it does not say which day it closes";

describe("closing balances", () => {
  it("a closing balance is asserted at the end of its day, regardless of later entries", () => {
    expect(
      assessed({
        transactions: [transaction("2026-03-04", "-12.50")],
        balances: [balance("closingBooked", "100.00", "2026-03-02")],
      }),
    ).toEqual({ balance: "2026-03-03 100.00 EUR", opening: "2026-03-02 100 EUR", reported: [] });
  });

  it("a closing balance counts the entries up to and including its day, even if that day is in the future", () => {
    expect(
      assessed({
        transactions: [
          transaction("2026-04-01", "-1000"),
          transaction("2026-03-03", "-7"),
          transaction("2026-03-02", "-5"),
          transaction(undefined, "-2", { valueDate: "2026-03-01" }),
          transaction(undefined, "-70", { valueDate: "2026-03-05" }),
          transaction("2026-02-01", "-1"),
        ],
        balances: [balance("closingBooked", "100.00", "2026-03-02")],
      }),
    ).toEqual({ balance: "2026-03-03 100.00 EUR", opening: "2026-01-31 108 EUR", reported: [] });
  });

  it("an account without entries is opened on the day of its closing balance", () => {
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
  ])("a closing balance dated %j is reported and not asserted on a guessed day", (referenceDate) => {
    expect(
      assessed({
        transactions: [transaction("2026-03-01", "-1")],
        balances: [balance("closingBooked", "5", referenceDate)],
      }),
    ).toEqual({ reported: [NO_DAY] });
  });

  it.each(["2026-03-02T23:59:59Z", "2026-03-02 10:00", "2026-03-02+01:00", " 2026-03-02 "])(
    "a closing balance takes its day from %j",
    (referenceDate) => {
      expect(assessed({ balances: [balance("closingBooked", "5", referenceDate)] }).balance).toBe(
        "2026-03-03 5 EUR",
      );
    },
  );

  it("the newest closing balance that can be proved is asserted or, if there is none, an interim balance", () => {
    const booked = [transaction("2026-03-04", "-12.50")];
    const closing = [
      balance("closingBooked", "90", "2026-03-01"),
      balance("closingBooked", "100", "2026-03-02"),
      balance("closingBooked", "1"),
    ];
    expect(assessed({ transactions: booked, balances: closing }).balance).toBe("2026-03-03 100 EUR");
    expect(
      assessed({
        transactions: booked,
        balances: [balance("closingBooked", "1"), balance("interimBooked", "87.50")],
      }).balance,
    ).toBe("2026-03-05 87.50 EUR");
  });
});

describe("interim balances", () => {
  it("an interim balance without a date counts every booked entry, unless one is dated ahead", () => {
    const balances = [balance("interimBooked", "10", "someday")];
    const booked = [
      transaction("2026-03-02", "-1"),
      transaction(undefined, "-2", { valueDate: "2026-03-09" }),
    ];
    expect(assessed({ transactions: booked, balances })).toEqual({
      balance: "2026-03-10 10 EUR",
      opening: "2026-03-01 13 EUR",
      reported: [],
    });
    expect(assessed({ transactions: [...booked, transaction("2026-03-11", "-4")], balances })).toEqual({
      reported: ["its balance: it has no date, and entries are dated ahead"],
    });
    expect(assessed({ balances })).toEqual({ reported: ["its balance: neither it nor an entry has a date"] });
  });

  it("an interim balance is not asserted if later entries may belong to its day", () => {
    const balances = [balance("interimBooked", "10", "2026-03-05")];
    const later = transaction("2026-03-06", "-2");
    const sameDay = transaction("2026-03-05", "-1");
    expect(assessed({ transactions: [sameDay, later], balances })).toEqual({
      reported: ["its balance: it was taken during 2026-03-05, and entries came after"],
    });
    expect(assessed({ transactions: [later], balances }).balance).toBe("2026-03-06 10 EUR");
    expect(assessed({ transactions: [sameDay, transaction("2026-03-12", "-2")], balances })).toEqual({
      balance: "2026-03-06 10 EUR",
      opening: "2026-03-04 11 EUR",
      reported: [],
    });
  });
});

describe("transactions that are left out", () => {
  const noCurrency = (date: string | undefined, amount = "-1") =>
    transaction(date, amount, { transactionAmount: { amount, currency: "eur" } });
  const booked = [transaction("2026-03-01", "-1"), transaction("2026-03-06", "-2")];
  const balances = [balance("closingBooked", "10", "2026-03-04")];
  const asserted = { balance: "2026-03-05 10 EUR", opening: "2026-02-28 11 EUR" };
  const REASON = "its balance: it may count transactions that were left out";

  it("a skipped transaction does not prevent the assertion if the balance cannot depend on it", () => {
    for (const skipped of [
      noCurrency("2026-03-05"),
      noCurrency("2026-02-28"),
      noCurrency("2026-03-02", "0.00"),
      transaction("0001-01-01", "0"),
    ]) {
      const { reported, ...rest } = assessed({ transactions: [...booked, skipped], balances });
      expect(rest).toEqual(asserted);
      expect(reported).toHaveLength(1);
    }
  });

  it("a skipped transaction prevents the assertion if the balance may count it", () => {
    for (const skipped of [
      noCurrency("2026-03-04"),
      noCurrency("2026-03-01"),
      transaction(undefined, "-1"),
      transaction("9999-12-31", "-1"),
      transaction("2026-03-02", "1e999"),
    ]) {
      const { reported, ...rest } = assessed({ transactions: [...booked, skipped], balances });
      expect(rest).toEqual({});
      expect(reported).toContain(REASON);
    }
    expect(
      assessed({
        transactions: [...booked, noCurrency("2026-03-07")],
        balances: [balance("interimBooked", "1")],
      }),
    ).toEqual({ reported: ['"eur" is not a valid commodity', REASON] });
  });

  it("an unreadable transaction prevents the assertion", () => {
    expect(assessed({ transactions: booked, balances, unreadable: 2 })).toEqual({
      reported: ["transactions that could not be read: 2", REASON],
    });
  });
});

describe("balances of any kind", () => {
  const booked = [transaction("2026-03-01", "-1")];
  const of = (currency: string, amount = "5") => ({
    ...balance("closingBooked", amount, "2026-03-02"),
    currency,
  });

  it("a balance is not asserted if it counts a credit limit, is in another currency, or cannot be written", () => {
    const reported = (one: ReturnType<typeof of>) => assessed({ transactions: booked, balances: [one] });
    expect(reported({ ...of("EUR"), creditLimitIncluded: true }).reported).toEqual([
      "its balance: it counts the credit limit",
    ]);
    expect(reported(of("USD")).reported).toEqual(["its balance: it is in USD and the account in EUR"]);
    expect(reported(of("EUR\n")).reported).toEqual(['its balance: "EUR\\n" is not a valid commodity']);
    expect(reported(of("EUR", "much")).reported).toEqual(['its balance: "much" is not a decimal number']);
    expect(reported(of("EUR", "9".repeat(29))).reported).toEqual([
      "its balance: its amount has more than the 28 digits that beancount computes with",
    ]);
    expect(reported(of("EUR", `${"9".repeat(27)}.5`)).reported).toEqual([
      "its balance: the sum has more digits than beancount computes with",
    ]);
  });

  it("a balance is not asserted if the bank contradicts it, and is asserted if the bank repeats it", () => {
    const balances = (...amounts: string[]) => ({
      transactions: booked,
      balances: amounts.map((amount) => of("EUR", amount)),
    });
    expect(assessed(balances("5", "6")).reported).toEqual([
      "its balance: the bank reports several for one day",
    ]);
    expect(assessed(balances("5", "5.00")).balance).toBe("2026-03-03 5 EUR");
    const withLimit = { ...of("EUR", "1005"), creditLimitIncluded: true };
    expect(assessed({ transactions: booked, balances: [withLimit, of("EUR")] }).balance).toBe(
      "2026-03-03 5 EUR",
    );
  });

  it("a balance is asserted in its own currency if the account's currency is not valid", () => {
    expect(assessed({ currency: "EUR\nplugin", transactions: booked, balances: [of("EUR")] })).toEqual({
      balance: "2026-03-03 5 EUR",
      opening: "2026-02-28 6 EUR",
      reported: ['its currency: "EUR\\nplugin" is not a valid commodity'],
    });
  });

  it("a balance is not asserted if it may count entries in other currencies, and is asserted if those are later", () => {
    const foreign = (date: string) =>
      transaction(date, "-1", { transactionAmount: { amount: "-1", currency: "USD" } });
    expect(assessed({ transactions: [...booked, foreign("2026-03-02")], balances: [of("EUR")] })).toEqual({
      reported: ["its balance: it may count entries in other currencies"],
    });
    expect(
      assessed({ transactions: [...booked, foreign("2026-03-03")], balances: [of("EUR")] }).balance,
    ).toBe("2026-03-03 5 EUR");
  });
});

describe("many balances", () => {
  it("many balances are assessed in linear time, and a contradicted one is still found", () => {
    const many = (count: number, currency: string) =>
      Array.from({ length: count }, () => ({ ...balance("interimBooked", "1.00"), currency }));
    const work = (text: string) => assessed({ balances: many(text.length, "USD") });
    expect(growth(work, "x".repeat(8000))).toBeLessThan(3);
    const { balance: asserted, reported } = assessed({
      balances: [...many(500, "EUR"), balance("interimBooked", "2.00")],
    });
    expect([asserted, reported]).toEqual([undefined, ["its balance: the bank reports several for one day"]]);
  });
});
