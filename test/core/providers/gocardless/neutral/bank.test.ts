import { expect, it } from "vitest";
import { Institution } from "../../../../../packages/core/src/providers/gocardless/models/institution.ts";
import {
  limitsOfBank,
  neutralBank,
} from "../../../../../packages/core/src/providers/gocardless/neutral/bank.ts";

const SEPARATE = "separate_continuous_history_consent";

function limits(sent: object) {
  return limitsOfBank(neutralBank(Institution.parse({ id: "B", ...sent })));
}

it("a bank has null or nothing for fields that are missing or blank, and its id if it has no name", () => {
  for (const sent of [{ id: "B" }, { id: "B", name: " ", bic: " ", logo: "", countries: null }])
    expect(neutralBank(Institution.parse(sent))).toEqual({
      ...{ id: "B", name: "B", bic: null, countries: [], logo: null, features: [], raw: expect.anything() },
    });
  const sent = {
    id: "B",
    name: "Bank",
    bic: "BICCXX",
    countries: ["DE"],
    logo: "x",
    supported_features: ["f"],
    new: 1,
  };
  expect(neutralBank(Institution.parse(sent))).toEqual({
    ...{ id: "B", name: "Bank", bic: "BICCXX", countries: ["DE"], logo: "x", features: ["f"], raw: sent },
  });
});

it("a bank's limits are what it advertises, and 90 days if it does not", () => {
  expect(limits({ transaction_total_days: "730", max_access_valid_for_days: "180" })).toEqual({
    ...{ historyDays: 730, continuousHistoryDays: null, consentDays: 180 },
  });
  expect(limits({ transaction_total_days: 365, max_access_valid_for_days: "" })).toEqual({
    ...{ historyDays: 365, continuousHistoryDays: null, consentDays: 90 },
  });
});

it("a bank with a separate consent for future entries shows those for up to 90 days of history", () => {
  const separate = (days: string) =>
    limits({ transaction_total_days: days, supported_features: ["x", SEPARATE] });
  expect(separate("91").continuousHistoryDays).toBe(90);
  expect(separate("90").continuousHistoryDays).toBeNull();
  expect(separate("").continuousHistoryDays).toBeNull();
});
