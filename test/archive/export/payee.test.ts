import { describe, expect, it } from "vitest";
import { beancountLedger } from "../../../packages/archive/src/export/beancount.ts";
import type { BankTransaction } from "../../../packages/core/src/bank/index.ts";
import { account, readRows, transaction } from "./given.ts";

const OWN = "DE02120300000000202051";
const OTHER = "DE02500105170137075030";
const owner = { names: ["Jane Doe"], numbers: [OWN] };

/** The counterparty of a row in Jane Doe's account, and the payee that the ledger names. */
function namesOf(amount: string, sides: object) {
  const rows = readRows(
    { booked: [{ bookingDate: "2026-11-01", transactionAmount: { amount, currency: "EUR" }, ...sides }] },
    owner,
  );
  return { counterparty: rows.transactions[0]?.counterparty, payee: payeeOf(rows.transactions) };
}

const payeeOf = (transactions: readonly BankTransaction[]) =>
  /^2026-11-01 \* "(.*)" ""$/m.exec(beancountLedger([account({ transactions })], "2026-11-20").text)?.[1];

describe("payees", () => {
  it.each([
    ["-1", { debtorName: "Doe Jane" }],
    ["-1", { debtorName: "Doe Jane", debtorAccount: { iban: OWN } }],
    ["1", { creditorName: "Doe Jane" }],
    ["1", { creditorName: "Doe Jane", debtorName: " " }],
  ])(
    "the payee of an entry of %s that names only %j is the owner, although no counterparty is known",
    (amount, sides) => {
      expect(namesOf(amount, sides)).toEqual({ counterparty: null, payee: "Doe Jane" });
    },
  );

  it.each([
    ["-1", { debtorName: "Corner Market" }],
    ["-1", { debtorName: "Corner Market", debtorAccount: { iban: OTHER } }],
    ["1", { creditorName: "Corner Market" }],
  ])(
    "the payee of an entry of %s is the counterparty even if it is named on the owner's side: %j",
    (amount, sides) => {
      expect(namesOf(amount, sides)).toEqual({ counterparty: "Corner Market", payee: "Corner Market" });
    },
  );

  it("the payee is blank if the bank names nobody", () => {
    expect(namesOf("-1", { creditorName: " ", debtorAccount: { iban: OWN } })).toEqual({
      counterparty: null,
      payee: "",
    });
  });

  it.each([
    ["-1", "Shop"],
    [" -1", "Shop"],
    ["1", "Me"],
    ["+1", "Me"],
  ])("an amount of %j takes its payee from the same side as its postings", (amount, payee) => {
    const sides = { creditorName: "Shop", debtorName: "Me" };
    const one = { ...transaction("2026-11-01", "-1", sides), amount, counterparty: null };
    expect(payeeOf([one])).toBe(payee);
  });
});
