import type { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import KeyvPostgres from "@keyv/postgres";
import KeyvRedis from "@keyv/redis";
import { type CacheOptions, GoCardlessClient } from "../packages/core/src/index.ts";
import { startSandbox } from "../packages/sandbox/src/index.ts";
import { type Server, startPostgres, startRedis } from "../test/backends/servers.ts";
import { compare, type Measure, timeInTurn } from "./measure.ts";

/** One account is requested hundreds of times here, so the daily limit must be off. */
const common = { secretId: "id", secretKey: "key", quota: false };

/** (e) A cached response of 1,000 entries by backend, against only reading the same text there and JSON.parse. */
export async function hitByBackend(baseUrl: string): Promise<Measure[]> {
  const text = await (await fetch(`${baseUrl}/accounts/1000/transactions/`)).text();
  const measures: Measure[] = [];
  const add = async (name: string, cacheOptions: CacheOptions, against: string, raw: () => unknown) => {
    await using client = new GoCardlessClient({ ...common, baseUrl, cacheOptions });
    await client.getAccountTransactions("1000");
    const ways = { ours: () => client.getAccountTransactions("1000"), floor: raw };
    const { ours, floor } = await timeInTurn(ways, 200, 50);
    measures.push(
      compare(`(e) cached on ${name}, 1,000 entries`, ours, `${against} + JSON.parse`, floor, null),
    );
  };
  await add("memory", { backend: "memory" }, "a text", () => JSON.parse(text));
  await withServer("Redis", startRedis, async ({ address }) => {
    const adapter = new KeyvRedis(address);
    await adapter.set("raw", text);
    await add("Redis", { backend: adapter }, "GET", async () => JSON.parse(String(await adapter.get("raw"))));
    await adapter.disconnect();
  });
  await withServer("Postgres", startPostgres, async ({ address }) => {
    const adapter = new KeyvPostgres({
      uri: address,
      log(this: EventEmitter) {
        if (this.listenerCount("error") === 0) this.on("error", () => {});
      },
    });
    await adapter.set("raw", text);
    await add("Postgres", { backend: adapter }, "SELECT", async () =>
      JSON.parse(String(await adapter.get("raw"))),
    );
    await adapter.disconnect();
  });
  return measures;
}

/** Runs a measure on a server that it starts; prints a notice if the server cannot be started. */
async function withServer(
  name: string,
  start: () => Promise<Server>,
  work: (server: Server) => Promise<void>,
): Promise<void> {
  let server: Server;
  try {
    server = await start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`Skipped ${name}: it cannot be started here (${reason}).\n`);
    return;
  }
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

const FEW = 10;

/** (f) A cached hit among 10, 10,000 and 1,000,000 entries in the file. */
export async function hitAmongMany(baseUrl: string): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bankdata-bench-"));
  const maxBytes = 8 * 1024 ** 3;
  const clients = new Map<number, GoCardlessClient>();
  try {
    for (const entries of [FEW, 10_000, 1_000_000]) {
      const cacheName = join(folder, `${entries}.sqlite`);
      const options = { ...common, baseUrl, cacheOptions: { cacheName, maxBytes } };
      const first = new GoCardlessClient(options);
      for (let at = 0; at < FEW; at += 1) await first.getAccountTransactions(`10-${at}`);
      await first.close();
      fill(cacheName, entries - FEW);
      clients.set(entries, new GoCardlessClient(options));
    }
    let call = 0;
    const hit = (entries: number) => () => clients.get(entries)?.getAccountTransactions(`10-${call++ % FEW}`);
    const ways = { few: hit(FEW), many: hit(10_000), most: hit(1_000_000) };
    const times = await timeInTurn(ways, 2000, 500);
    return [
      compare("(f) cached hit among 10,000", times.many, "among 10", times.few, 1.5),
      compare("(f) cached hit among 1,000,000", times.most, "among 10", times.few, 1.5),
    ];
  } finally {
    for (const client of clients.values()) await client.close();
    rmSync(folder, { recursive: true });
  }
}

/** Adds a number of responses to a file: copies of one that it has, under keys and paths of their own. */
function fill(file: string, entries: number): void {
  if (entries === 0) return;
  const database = new DatabaseSync(file);
  database.exec("BEGIN");
  database
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO answers (key, scope, path, status, headers, created_at, expires_at, used_at, bytes, body)
       SELECT lower(hex(randomblob(32))), scope, path || n.i, status, headers, created_at, expires_at, used_at - n.i,
         bytes, body FROM n, (SELECT * FROM answers LIMIT 1)`,
    )
    .run(entries);
  database.exec("COMMIT");
  database.close();
}

/** (g) The size of 200 responses of banks in the file, against the size of their text. */
export async function sizeOnDisk(): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bankdata-bench-"));
  const cacheName = join(folder, "cache.sqlite");
  await using sandbox = await startSandbox({ accounts: 200, transactionsPerDay: 10, rateLimits: false });
  let raw = 0;
  const filter = ({ body }: { body: string }) => {
    raw += Buffer.byteLength(body);
    return true;
  };
  {
    await using client = new GoCardlessClient({
      ...sandbox.credentials,
      baseUrl: sandbox.baseUrl,
      quota: false,
      cacheOptions: { cacheName, filter },
    });
    for (const { id } of sandbox.state().accounts) await client.getAccountTransactions(id, { daysBack: 90 });
  }
  const kept = statSync(cacheName).size;
  rmSync(folder, { recursive: true });
  return [compare("(g) 200 responses on disk", kept / 1e6, "their JSON", raw / 1e6, 1, "MB")];
}
