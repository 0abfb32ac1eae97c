import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { GoCardlessClient } from "../../../../packages/core/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { temporaryFolder } from "../../../support/folder.ts";

const ID = "d6221045-217f-4d32-a2a0-ae9df2090f61";

it("the cache file of an earlier version opens with its responses, its counted calls and its sealed token", async () => {
  const cacheName = join(temporaryFolder(), "earlier.sqlite");
  const file = new DatabaseSync(cacheName);
  file.exec(readFileSync(join(import.meta.dirname, "../../cache/earlier-cache.sql"), "utf8"));
  file.close();
  const warnings: string[] = [];
  const log = (line: string) => void warnings.push(line);
  await using client = new GoCardlessClient({
    secretId: "an-id",
    secretKey: "a-key",
    baseUrl: "https://bank.example/api/v2", // Nothing listens there: any request would fail.
    cacheOptions: { cacheName },
    now: new TestClock("2026-11-23T10:00:00Z").now,
    logger: { debug() {}, info() {}, warn: log, error: log },
  });
  const { balances } = await client.getAccountBalances(ID);
  expect(balances.map(({ balanceAmount }) => balanceAmount.amount)).toEqual(["-1479.18", "-1535.57"]);
  expect((await client.quota(ID)).balances).toEqual({
    limit: 4,
    remaining: 3,
    resetAt: new Date("2026-11-24T09:00:00Z"),
    lastCallAt: new Date("2026-11-23T09:00:00Z"),
  });
  expect(await client.token()).toMatch(/^eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9\./);
  expect(warnings).toEqual([]);
});
