import { describe, expect, it } from "vitest";
import { beancountLedger } from "../../src/export/beancount.ts";
import { account, balance, transaction } from "./given.ts";

describe("beancountLedger", () => {
  it("writes balanced transactions, an opening balance, and the balance asserted the day after", () => {
    const { text, skipped } = beancountLedger([
      account({
        booked: [
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

  it("keeps every digit, however many, and adds up exactly", () => {
    const { text } = beancountLedger([
      account({
        booked: [
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

  it("writes awkward texts so that they read back", () => {
    const { text } = beancountLedger([
      account({
        name: "bänk & co:_ über 5",
        booked: [
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

  it("says which transactions it could not write, and then asserts no balance", () => {
    const { text, skipped } = beancountLedger([
      account({
        booked: [
          transaction(undefined, "-1"),
          transaction("2026-02-30", "-1"),
          transaction("2026-11-01", "-1", { transactionAmount: { amount: "-1", currency: "eur" } }),
          transaction("2026-11-01", "-5.00"),
        ],
        balances: [balance("interimBooked", "5.00")],
      }),
    ]);
    expect(skipped).toEqual([
      { account: "Assets:N26:Main-Account", index: 0, reason: "it has no date of the calendar" },
      { account: "Assets:N26:Main-Account", index: 1, reason: "it has no date of the calendar" },
      { account: "Assets:N26:Main-Account", index: 2, reason: '"eur" is no commodity' },
    ]);
    expect(text).toContain("-5.00 EUR");
    expect(text).not.toContain(" balance ");
  });

  it("asserts no balance over several currencies, nor one that counts more than what is booked", () => {
    const foreign = transaction("2026-11-01", "-1", { transactionAmount: { amount: "-1", currency: "USD" } });
    expect(
      beancountLedger([account({ booked: [foreign], balances: [balance("interimBooked", "5")] })]).text,
    ).not.toContain(" balance ");
    expect(
      beancountLedger([
        account({ booked: [transaction("2026-11-01", "-1")], balances: [balance("expected", "5")] }),
      ]).text,
    ).not.toContain(" balance ");
  });

  it("tells accounts of one name apart", () => {
    const { text } = beancountLedger([
      account({ booked: [transaction("2026-11-01", "-1")] }),
      account({ booked: [transaction("2026-11-01", "-2")] }),
    ]);
    expect(text).toContain("Assets:N26:Main-Account  -1 EUR");
    expect(text).toContain("Assets:N26:Main-Account-2  -2 EUR");
  });
});
