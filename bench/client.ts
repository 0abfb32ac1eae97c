import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import NordigenClient from "nordigen-node";
import { GoCardlessClient } from "../packages/core/src/index.ts";
import { compare, type Measure, timeInTurn } from "./measure.ts";

/** One account is requested hundreds of times here, so the daily limit must be off. */
const credentials = { secretId: "id", secretKey: "key" };
const quota = false;

/** The number of accounts that share the calls of (b). */
const ACCOUNTS = 250;

/** (a) A cached response of 1,000 entries, against only reading its row from SQLite and JSON.parse. */
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
  const text = await (await fetch(`${baseUrl}/accounts/1000/transactions/`)).text();
  const database = new DatabaseSync(join(folder, "floor.sqlite"));
  database.exec("CREATE TABLE responses (key TEXT PRIMARY KEY, body TEXT) STRICT");
  database.prepare("INSERT INTO responses VALUES (?, ?)").run("key", text);
  const row = database.prepare("SELECT body FROM responses WHERE key = ?");
  const times = await timeInTurn(
    {
      ours: () => client.getAccountTransactions("1000"),
      floor: () => JSON.parse(String(row.get("key")?.["body"])),
    },
    400,
    100,
  );
  database.close();
  await client.close();
  rmSync(folder, { recursive: true });
  return [compare("(a) cached, 1,000 entries", times.ours, "SQLite row + JSON.parse", times.floor, 1.5)];
}

/** (b) A response without the cache, against only fetch and JSON.parse, and against nordigen-node. */
export async function uncached(baseUrl: string): Promise<Measure[]> {
  const client = new GoCardlessClient({ ...credentials, baseUrl, quota, cacheOptions: false });
  const nordigen = new NordigenClient({ ...credentials, baseUrl });
  await nordigen.generateToken();
  const measures: Measure[] = [];
  for (const [count, rounds] of [
    [1000, 300],
    [10_000, 60],
  ] as const) {
    // An account is requested a few times a day at most, so the calls are spread over many accounts.
    let call = 0;
    const next = () => `${count}-${call++ % ACCOUNTS}`;
    const times = await timeInTurn(
      {
        ours: () => client.getAccountTransactions(next()),
        floor: async () =>
          JSON.parse(await (await fetch(`${baseUrl}/accounts/${next()}/transactions/`)).text()),
        nordigen: () => nordigen.account(next()).getTransactions(),
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

/** (d) All 50 accounts from a server that takes 50 ms for each response, against one such response. */
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
