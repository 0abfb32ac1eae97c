import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BankTransaction, invertedTransaction } from "../../../packages/core/src/bank/index.ts";

const OWNER = { names: ["Jo Müller"], numbers: ["DE89370400440532013000"] };
const party = (name: string) => ({ name, account: null });

function transaction(amount: string): BankTransaction {
  return {
    ...{ status: "booked", position: 0, amount, currency: "EUR", bookingDate: null, valueDate: null },
    ...{ transactionDate: null, bookingDateTime: null, valueDateTime: null, counterparty: "Jo Müller" },
    ...{ counterpartyAccount: null, text: "", creditor: party("Shop"), debtor: party("Jo Müller") },
    texts: { unstructured: null, structured: null, additional: null, note: null },
    ...{ ultimateCreditor: null, ultimateDebtor: null, endToEndId: null, mandateId: null, creditorId: null },
    ids: { internalTransactionId: null, transactionId: null, entryReference: null },
    ...{ checkId: null, bankTransactionCode: null, proprietaryCode: null, purposeCode: null },
    ...{ merchantCategoryCode: null, exchange: null, balanceAfter: null, raw: { amount } },
  };
}

describe("a transaction whose sign the bank turned", () => {
  it.each([
    ["5.09", "-5.09"],
    ["-3179.90", "3179.90"],
    ["+5", "-5"],
    ["0.00", "0.00"],
    ["-0.00", "0.00"],
    ["0", "0"],
    ["-.5", ".5"],
    ["1234567890123456789012345678901234567890.10", "-1234567890123456789012345678901234567890.10"],
  ])("%s is %s", (amount, inverted) => {
    expect(invertedTransaction(transaction(amount), OWNER).amount).toBe(inverted);
  });

  it("has the counterparty of the other direction, and raw as the bank sent it", () => {
    expect(invertedTransaction(transaction("5.09"), OWNER)).toMatchObject({
      counterparty: "Shop",
      raw: { amount: "5.09" },
    });
  });

  it("turned twice it is as it was", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(99), (whole, cents) => {
        const amount = `${whole}.${String(cents).padStart(2, "0")}`;
        const twice = invertedTransaction(invertedTransaction(transaction(amount), OWNER), OWNER);
        expect(twice.amount).toBe(amount);
      }),
    );
  });
});
