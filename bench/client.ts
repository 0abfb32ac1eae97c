import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import NordigenClient from "nordigen-node";
import { GoCardlessClient } from "../src/index.ts";
import { compare, type Measure, timeInTurn } from "./measure.ts";

/** One account is asked hundreds of times here, so that the daily limit must not be kept. */
const credentials = { secretId: "id", secretKey: "key" };
const quota = false;

/** (a) A cached answer of 1,000 entries, against reading its row from SQLite and JSON.parse alone. */
export async function cachedHit(baseUrl: string): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bankdata-bench-"));
  const file = join(folder, "cache.sqlite");
  await using client = new GoCardlessClient({
    ...credentials,
    baseUrl,
    quota,
    cacheOptions: { cacheName: file },
  });
  await client.getAccountTransactions("1000");
  const database = new DatabaseSync(file);
  const row = database.prepare("SELECT body FROM answers WHERE path = ?");
  const times = await timeInTurn(
    {
      ours: () => client.getAccountTransactions("1000"),
      floor: () => JSON.parse(String(row.get("/accounts/1000/transactions/")?.["body"])),
    },
    400,
    100,
  );
  database.close();
  await client.close();
  rmSync(folder, { recursive: true });
  return [compare("(a) cached, 1,000 entries", times.ours, "SQLite row + JSON.parse", times.floor, 1.5)];
}

/** (b) An answer without cache, against fetch and JSON.parse alone and against nordigen-node. */
export async function uncached(baseUrl: string): Promise<Measure[]> {
  const client = new GoCardlessClient({ ...credentials, baseUrl, quota, cacheOptions: false });
  const nordigen = new NordigenClient({ ...credentials, baseUrl });
  await nordigen.generateToken();
  const measures: Measure[] = [];
  for (const [count, rounds] of [
    [1000, 300],
    [10_000, 60],
  ] as const) {
    const address = `${baseUrl}/accounts/${count}/transactions/`;
    const times = await timeInTurn(
      {
        ours: () => client.getAccountTransactions(String(count)),
        floor: async () => JSON.parse(await (await fetch(address)).text()),
        nordigen: () => nordigen.account(String(count)).getTransactions(),
      },
      rounds,
      Math.ceil(rounds / 4),
    );
    const name = `(b) not cached, ${count.toLocaleString("en")} entries`;
    measures.push(
      compare(name, times.ours, "fetch + JSON.parse", times.floor, 1.25),
      compare(name, times.ours, "nordigen-node 1.4.1", times.nordigen, 1),
    );
  }
  return measures;
}

/** (d) All 50 accounts from a server that takes 50 ms an answer, against that time. */
export async function allAccounts(baseUrl: string): Promise<Measure[]> {
  const { ours, trip } = await timeInTurn(
    {
      ours: () =>
        new GoCardlessClient({ ...credentials, baseUrl, quota, cacheOptions: false }).getAllAccounts(),
      trip: async () => (await fetch(`${baseUrl}/accounts/one/`)).text(),
    },
    8,
    2,
  );
  return [compare("(d) getAllAccounts, 50 accounts", ours, "one round trip", trip, 8)];
}
