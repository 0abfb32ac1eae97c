import { expect, it } from "vitest";
import type { BalanceKind } from "../../../../../packages/core/src/bank/index.ts";
import { Balance } from "../../../../../packages/core/src/providers/gocardless/models/balance.ts";
import { neutralBalance } from "../../../../../packages/core/src/providers/gocardless/neutral/balance.ts";

const balanceAmount = { amount: "-5.00", currency: "EUR" };

it("a balance has the kind that the service names, as the words are the same", () => {
  const kinds: Record<BalanceKind, true> = {
    ...{ closingBooked: true, closingAvailable: true, interimBooked: true, interimAvailable: true },
    ...{ openingBooked: true, openingAvailable: true, forwardAvailable: true, previouslyClosedBooked: true },
    ...{ expected: true, information: true, nonInvoiced: true, authorised: true },
  };
  for (const kind of Object.keys(kinds))
    expect(neutralBalance(Balance.parse({ balanceAmount, balanceType: kind }))).toMatchObject({
      kind,
      kindAsSent: kind,
    });
});

it("a balance has null for what the bank does not send, and keeps the whole item", () => {
  const sent = { balanceAmount, balanceType: "", referenceDate: "soon", lastChangeDateTime: [], brandNew: 1 };
  expect(neutralBalance(Balance.parse(sent))).toEqual({
    ...{ amount: "-5.00", currency: "EUR", kind: null, kindAsSent: null, date: null },
    ...{ lastChangeDateTime: null, creditLimitIncluded: null, raw: sent },
  });
  const full = {
    ...{ balanceAmount, balanceType: "expected", referenceDate: "2026-11-22" },
    ...{ lastChangeDateTime: "2026-11-22T10:00:00Z", creditLimitIncluded: false },
  };
  expect(neutralBalance(Balance.parse(full))).toMatchObject({
    ...{
      date: "2026-11-22",
      lastChangeDateTime: "2026-11-22T10:00:00Z",
      creditLimitIncluded: false,
      raw: full,
    },
  });
});
