import type { BankBalance } from "bankdata-core/bank";
import { expect, it } from "vitest";
import { openArchive } from "../../../packages/archive/src/index.ts";
import { archiveLocation } from "../location.ts";
import { account, all } from "./observed.ts";

function balance(amount: string, kindAsSent = "interimBooked"): BankBalance {
  const raw = { balanceAmount: { amount, currency: "EUR" }, balanceType: kindAsSent };
  return {
    amount,
    currency: "EUR",
    kind: "interimBooked",
    kindAsSent,
    date: null,
    lastChangeDateTime: null,
    creditLimitIncluded: null,
    raw,
  };
}

it("keeps a balance from when it was first reported to when it was last reported unchanged", async () => {
  await using archive = await openArchive({ location: archiveLocation() });
  const record = async (day: string, items: BankBalance[], origin: "live" | "cached" = "live") =>
    await archive.recordBalances(account("a"), { observedAt: new Date(day), items, origin });
  await record("2026-02-01", [balance("10.00"), balance("12.00", "expected")]);
  await record("2026-02-02", [balance("10.00"), balance("13.00", "expected")]);
  await record("2026-02-02", [balance("99.00")], "cached");
  await record("2026-02-03", [balance("11.00"), balance("13.00", "expected")]);
  await record("2026-02-04", [balance("10.00")]);
  expect(await archive.accounts()).toMatchObject([{ lastBalancesAt: new Date("2026-02-04") }]);
  const kept = await all(archive.balances({ account: "a" }));
  expect(
    kept.map(({ kindAsSent, amount, firstSeenAt, lastSeenAt }) => [
      kindAsSent,
      amount,
      firstSeenAt.getUTCDate(),
      lastSeenAt.getUTCDate(),
    ]),
  ).toEqual([
    ["interimBooked", "10.00", 1, 2],
    ["expected", "12.00", 1, 1],
    ["expected", "13.00", 2, 3],
    ["interimBooked", "11.00", 3, 3],
    ["interimBooked", "10.00", 4, 4],
  ]);
  expect(kept[0]?.raw).toEqual(balance("10.00").raw);
});
