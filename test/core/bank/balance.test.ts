import { describe, expect, it } from "vitest";
import { type BalanceChoice, type BankBalance, mainBalances } from "../../../packages/core/src/bank/index.ts";

const balance = (kind: BankBalance["kind"], more: Partial<BankBalance> = {}): BankBalance => ({
  ...{ amount: "1", currency: "EUR", kind, kindAsSent: kind, date: null, lastChangeDateTime: null },
  ...{ creditLimitIncluded: null, raw: null, ...more },
});
const mainOf = (balances: BankBalance[], choice?: BalanceChoice) =>
  [...mainBalances(balances, choice)].map(({ kind, amount }) => `${kind} ${amount}`);

describe("the account's balance among several", () => {
  const all = [
    balance("openingBooked"),
    balance("interimAvailable", { amount: "2" }),
    balance("closingBooked", { amount: "3" }),
    balance("interimBooked", { amount: "4" }),
    balance("expected", { amount: "5" }),
  ];

  it.each([
    [undefined, "expected 5"],
    ["booked", "interimBooked 4"],
    ["available", "interimAvailable 2"],
    ["closingBooked", "closingBooked 3"],
    ["nonInvoiced", "expected 5"],
  ] as const)("for %s it is %s", (choice, main) => {
    expect(mainOf(all, choice)).toEqual([main]);
  });

  it("one with a credit limit is the balance only if there is no other, or it is chosen", () => {
    const limited = balance("expected", { amount: "1000", creditLimitIncluded: true });
    expect(mainOf([limited, balance("interimAvailable", { amount: "2" })])).toEqual(["interimAvailable 2"]);
    expect(mainOf([limited, balance("interimAvailable", { amount: "2" })], "expected")).toEqual([
      "expected 1000",
    ]);
    expect(mainOf([limited])).toEqual(["expected 1000"]);
  });

  it("each currency has its own, the latest of one kind counts, and an unknown kind is the last resort", () => {
    expect(
      mainOf([
        balance("closingBooked", { date: "2026-01-01" }),
        balance("closingBooked", { date: "2026-01-02", amount: "7" }),
        balance(null, { amount: "9" }),
        balance(null, { amount: "8", currency: "GBP" }),
      ]),
    ).toEqual(["closingBooked 7", "null 8"]);
    expect(mainOf([])).toEqual([]);
  });
});
