import { describe, expect, it } from "vitest";
import { beancountLedger } from "../../../packages/archive/src/export/beancount.ts";
import type { Transaction } from "../../../packages/core/src/index.ts";
import { account, balance, transaction } from "./given.ts";

describe("beancountLedger", () => {
  it("a ledger has balanced transactions, an opening balance, and the balance asserted the day after", () => {
    const { text, skipped } = beancountLedger([
      account({
        transactions: [
          transaction("2026-11-03", "-12.30", {
            creditorName: "Corner Market",
            remittanceInformationUnstructured: "Card 1234",
            transactionId: "t-2",
          }),
          transaction("2026-11-01", "2000.00", {
            debtorName: "Works Ltd",
            transactionId: " ",
            internalTransactionId: "i-1",
          }),
        ],
        balances: [balance("interimAvailable", "1.00"), balance("interimBooked", "2487.70", "2026-11-05")],
      }),
    ]);
    expect(skipped).toEqual([]);
    expect(text).toBe(`option "title" "Bank accounts"
option "operating_currency" "EUR"

2026-10-31 open Equity:Opening-Balances
2026-10-31 open Income:Unsorted
2026-10-31 open Expenses:Unsorted

2026-10-31 open Assets:N26:Main-Account

2026-10-31 * "Opening balance" ""
  Assets:N26:Main-Account  500 EUR
  Equity:Opening-Balances  -500 EUR

2026-11-01 * "Works Ltd" ""
  internal-id: "i-1"
  Assets:N26:Main-Account  2000.00 EUR
  Income:Unsorted  -2000.00 EUR

2026-11-03 * "Corner Market" "Card 1234"
  transaction-id: "t-2"
  Assets:N26:Main-Account  -12.30 EUR
  Expenses:Unsorted  12.30 EUR

2026-11-06 balance Assets:N26:Main-Account  2487.70 EUR
`);
  });

  it("amounts keep every digit and add up exactly", () => {
    const { text } = beancountLedger([
      account({
        transactions: [
          transaction("2026-11-01", "-0.10"),
          transaction("2026-11-01", "-0.20"),
          transaction("2026-11-01", "12345678901234567.8900"),
        ],
        balances: [balance("closingBooked", "12345678901234567.5900", "2026-11-01")],
      }),
    ]);
    expect(text).toContain("12345678901234567.8900 EUR");
    expect(text).toContain("-12345678901234567.8900 EUR");
    expect(text).not.toContain("Opening balance");
    expect(text).toContain("2026-11-02 balance Assets:N26:Main-Account  12345678901234567.5900 EUR");
  });

  it("awkward texts are escaped so that they can be read back", () => {
    const { text } = beancountLedger([
      account({
        name: "bänk & co:_ über 5",
        transactions: [
          transaction("2026-11-01", "-1", {
            creditorName: 'The "Q" \\ Co',
            remittanceInformationUnstructured: "cut off at",
            remittanceInformationUnstructuredArray: ["cut off at", "the end\nof it 🎉"],
          }),
        ],
      }),
    ]);
    expect(text).toContain('2026-11-01 * "The \\"Q\\" \\\\ Co" "cut off at the end of it 🎉"');
    expect(text).toContain("Assets:Bänk-co:Über-5  -1 EUR");
  });

  it("transactions that cannot be written are reported, and then no balance is asserted", () => {
    const { text, skipped } = beancountLedger([
      account({
        transactions: [
          transaction(undefined, "-1"),
          transaction("2026-02-30", "-1"),
          transaction("2026-11-01", "-1", { transactionAmount: { amount: "-1", currency: "eur" } }),
          transaction("2026-11-01", "-5.00"),
        ],
        balances: [balance("interimBooked", "5.00")],
      }),
    ]);
    expect(skipped).toEqual([
      { account: "Assets:N26:Main-Account", index: 0, reason: "it has no valid date" },
      { account: "Assets:N26:Main-Account", index: 1, reason: "it has no valid date" },
      { account: "Assets:N26:Main-Account", index: 2, reason: '"eur" is not a valid commodity' },
    ]);
    expect(text).toContain("-5.00 EUR");
    expect(text).not.toContain(" balance ");
  });

  it("a balance over several currencies, or that counts more than booked entries, is not asserted", () => {
    const foreign = transaction("2026-11-01", "-1", { transactionAmount: { amount: "-1", currency: "USD" } });
    expect(
      beancountLedger([account({ transactions: [foreign], balances: [balance("interimBooked", "5")] })]).text,
    ).not.toContain(" balance ");
    expect(
      beancountLedger([
        account({ transactions: [transaction("2026-11-01", "-1")], balances: [balance("expected", "5")] }),
      ]).text,
    ).not.toContain(" balance ");
  });

  it("accounts with the same name get different names in the ledger", () => {
    const { text } = beancountLedger([
      account({ transactions: [transaction("2026-11-01", "-1")] }),
      account({ transactions: [transaction("2026-11-01", "-2")] }),
    ]);
    expect(text).toContain("Assets:N26:Main-Account  -1 EUR");
    expect(text).toContain("Assets:N26:Main-Account-2  -2 EUR");
  });

  it.each([
    "",
    "  ",
    null,
    "0001-01-01",
    "0000-01-01",
    "1753-01-01",
    "1899-12-30",
    "1900-01-01",
    "1970-01-01",
    "9999-12-31",
    "2099-12-31T00:00:00Z",
    "2026-02-30",
    "31.12.2026",
    "soon",
  ])("an entry with the booking date %j gets its day from its other dates", (bookingDate) => {
    const odd = (rest: Partial<Transaction>) => transaction(undefined, "-1", { bookingDate, ...rest });
    const { text, skipped, omitted } = beancountLedger(
      [
        account({
          transactions: [
            odd({ valueDate: "2026-11-01", bookingDateTime: "2026-11-09T10:00:00Z" }),
            odd({ valueDate: "", bookingDateTime: "2026-11-02T10:00:00Z" }),
            odd({ valueDate: bookingDate, valueDateTime: "2026-11-03 10:00" }),
            transaction("2026-11-04", "-2"),
          ],
          balances: [balance("closingBooked", "10", "2026-11-04")],
        }),
      ],
      "2026-11-25",
    );
    expect([...skipped, ...omitted]).toEqual([]);
    expect(text.match(/^.{10} \*/gm)).toEqual([
      "2026-10-31 *",
      "2026-11-01 *",
      "2026-11-02 *",
      "2026-11-03 *",
      "2026-11-04 *",
    ]);
    expect(text).toContain("2026-11-05 balance Assets:N26:Main-Account  10 EUR");
  });

  it("an entry whose only date is a placeholder is left out, and accounts open the day before the first other entry", () => {
    const { text, skipped } = beancountLedger(
      [
        account({ transactions: [transaction("0001-01-01", "-1"), transaction("9999-12-31", "-1")] }),
        account({ transactions: [transaction("2026-11-04", "-1"), transaction("2036-12-31", "-1")] }),
      ],
      "2026-11-25",
    );
    expect(skipped.map(({ index, reason }) => [index, reason])).toEqual([
      [0, 'its only date, "0001-01-01", is a placeholder'],
      [1, 'its only date, "9999-12-31", is a placeholder'],
    ]);
    expect(text.match(/^\S+ (?:open \S+|\*)/gm)).toEqual([
      "2026-11-03 open Equity:Opening-Balances",
      "2026-11-03 open Income:Unsorted",
      "2026-11-03 open Expenses:Unsorted",
      "2026-11-03 open Assets:N26:Main-Account-2",
      "2026-11-04 *",
      "2036-12-31 *",
    ]);
  });

  it("an entry is left out if beancount cannot hold its amount exactly, and the longest possible amount is written", () => {
    const longest = `-${"9".repeat(26)}.99`;
    const { text, skipped } = beancountLedger([
      account({
        transactions: [
          transaction("2026-11-01", longest),
          transaction("2026-11-01", `${"9".repeat(27)}.99`),
          transaction("2026-11-01", "NaN"),
          transaction("2026-11-01", "1e2"),
        ],
      }),
    ]);
    expect(skipped.map(({ index, reason }) => [index, reason])).toEqual([
      [1, "its amount has more than the 28 digits that beancount computes with"],
      [2, '"NaN" is not a decimal number'],
    ]);
    expect(text).toContain(
      `  Assets:N26:Main-Account  ${longest} EUR\n  Expenses:Unsorted  ${longest.slice(1)} EUR`,
    );
    expect(text).toContain("  Assets:N26:Main-Account  100 EUR\n  Income:Unsorted  -100 EUR");
  });

  it("the payee is the other side, then whom it acted for, then the account's own side", () => {
    const names = (amount: string, rest: Partial<Transaction>) =>
      /^\S+ \* "(.*)" ""(?:\n {2}(ultimate-.*))?(?:\n {2}(ultimate-.*))?$/m
        .exec(beancountLedger([account({ transactions: [transaction("2026-11-01", amount, rest)] })]).text)
        ?.slice(1)
        .filter((part) => part !== undefined);
    const both = { creditorName: "Shop", debtorName: "Me" };
    expect(names("-1", both)).toEqual(["Shop"]);
    expect(names("1", both)).toEqual(["Me"]);
    expect(names("-1", { creditorName: " ", debtorName: "Me" })).toEqual(["Me"]);
    expect(names("1", { creditorName: "Works" })).toEqual(["Works"]);
    expect(names("-1", { creditorName: "", ultimateCreditor: "Shop", debtorName: "Me" })).toEqual(["Shop"]);
    expect(names("1", { ...both, ultimateDebtor: "Aunt", ultimateCreditor: "Child" })).toEqual([
      "Me",
      'ultimate-creditor: "Child"',
      'ultimate-debtor: "Aunt"',
    ]);
  });

  it("the first text that is not blank is the narration, and the others are metadata", () => {
    const texts = (rest: Partial<Transaction>) =>
      beancountLedger([account({ transactions: [transaction("2026-11-01", "-1", rest)] })])
        .text.split("\n")
        .filter((line) => /^\S+ \* |^ {2}[a-z]/.test(line));
    expect(texts({ remittanceInformationStructuredArray: ["RF18", "5390"] })).toEqual([
      '2026-11-01 * "" "RF18 5390"',
    ]);
    expect(texts({ remittanceInformationUnstructured: " ", additionalInformation: "Fee" })).toEqual([
      '2026-11-01 * "" "Fee"',
    ]);
    expect(
      texts({
        remittanceInformationUnstructured: "Invoice 7",
        remittanceInformationStructured: "RF18",
        additionalInformation: "Standing order",
      }),
    ).toEqual([
      '2026-11-01 * "" "Invoice 7"',
      '  structured-remittance: "RF18"',
      '  additional-information: "Standing order"',
    ]);
    expect(
      texts({ remittanceInformationUnstructured: "\u202e", remittanceInformationStructured: "RF18" }),
    ).toEqual(['2026-11-01 * "" "RF18"']);
    expect(texts({ remittanceInformationUnstructured: "Same", additionalInformation: "Same\n" })).toEqual([
      '2026-11-01 * "" "Same"',
    ]);
  });

  it.each(["pending", "scheduled", "void"] as const)(
    "a %s transaction is not written, not counted in the balance and not reported as skipped",
    (status) => {
      const left = { ...transaction("2026-11-01", "-50"), status };
      const { text, skipped, omitted } = beancountLedger([
        account({
          transactions: [left, transaction(undefined, "0"), left, transaction("2026-11-01", "-5"), left],
          balances: [balance("closingBooked", "10", "2026-11-01")],
        }),
      ]);
      expect(text).not.toContain("50");
      expect(text).toContain('2026-10-31 * "Opening balance" ""\n  Assets:N26:Main-Account  15 EUR');
      expect(skipped.map(({ index }) => index)).toEqual([1]);
      expect(omitted).toEqual([]);
    },
  );

  it("the payee is the neutral model's counterparty, and the narration its decoded text", () => {
    const { text } = beancountLedger([
      account({
        transactions: [
          { ...transaction("2026-11-01", "-5", { debtorName: "Baker" }), counterparty: "Baker & Son" },
          transaction("2026-11-02", "-6", { remittanceInformationUnstructured: "B&amp;B  K&ouml;ln" }),
        ],
      }),
    ]);
    expect(text).toContain('2026-11-01 * "Baker & Son" ""');
    expect(text).toContain('2026-11-02 * "" "B&B Köln"');
  });
});
