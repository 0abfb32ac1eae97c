import { DatabaseSync } from "node:sqlite";
import type { BankBalance } from "bankdata-core/bank";
import { expect, it } from "vitest";
import { openArchive } from "../../../packages/archive/src/index.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { account } from "./observed.ts";

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
  const location = `${temporaryFolder()}/archive.sqlite`;
  await using archive = await openArchive({ location });
  const record = async (day: string, items: BankBalance[], origin: "live" | "cached" = "live") =>
    await archive.recordBalances(account("a"), { observedAt: new Date(day), items, origin });
  await record("2026-02-01", [balance("10.00"), balance("12.00", "expected")]);
  await record("2026-02-02", [balance("10.00"), balance("13.00", "expected")]);
  await record("2026-02-02", [balance("99.00")], "cached");
  await record("2026-02-03", [balance("11.00"), balance("13.00", "expected")]);
  await record("2026-02-04", [balance("10.00")]);
  expect(await archive.accounts()).toMatchObject([{ lastBalancesAt: new Date("2026-02-04") }]);
  await archive.close();
  const rows = new DatabaseSync(location).prepare("select * from balance order by first_seen_at, key").all();
  const day = (milliseconds: unknown) => new Date(Number(milliseconds)).getUTCDate();
  expect(
    rows.map((row) => [
      row["kind_as_sent"],
      row["amount"],
      day(row["first_seen_at"]),
      day(row["last_seen_at"]),
    ]),
  ).toEqual([
    ["interimBooked", "10.00", 1, 2],
    ["expected", "12.00", 1, 1],
    ["expected", "13.00", 2, 3],
    ["interimBooked", "11.00", 3, 3],
    ["interimBooked", "10.00", 4, 4],
  ]);
});
