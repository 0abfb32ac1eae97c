import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GoCardlessClient } from "../packages/core/src/index.ts";
import { startSandbox } from "../packages/sandbox/src/index.ts";
import { type Server, startPostgres, startRedis } from "../test/backends/servers.ts";
import { compare, type Measure } from "./measure.ts";
import { timeInProcesses, type Way } from "./processes.ts";
import type { CacheServer } from "./ways/adapters.ts";
import type { ClientSetup } from "./ways/client.ts";

/** (g) A cached response of 1,000 entries by backend, against only reading the same text there and JSON.parse. */
export async function hitByBackend(baseUrl: string): Promise<Measure[]> {
  const measures: Measure[] = [];
  const entries = 1000;
  const add = async (
    where: string,
    backend: NonNullable<ClientSetup["backend"]>,
    against: string,
    floor: object,
  ) => {
    const ways = {
      ours: hitIn({ baseUrl, entries, backend }),
      floor: { module: "text.ts", setup: { baseUrl, entries, ...floor } },
    };
    const times = await timeInProcesses(ways, { rounds: 60, warmUp: 20, calls: 5 });
    const what = `(g) cached on ${where}, 1,000 entries`;
    measures.push(compare(what, times.ours.time, `${against} + JSON.parse`, times.floor.time, null));
  };
  await add("memory", { kind: "memory" }, "a text", {});
  await withServer("Redis", startRedis, async ({ address }) => {
    const server: CacheServer = { kind: "redis", address };
    await add("Redis", server, "GET", { server });
  });
  await withServer("Postgres", startPostgres, async ({ address }) => {
    const server: CacheServer = { kind: "postgres", address };
    await add("Postgres", server, "SELECT", { server });
  });
  return measures;
}

function hitIn(setup: Omit<ClientSetup, "cache">): Way {
  return { module: "client.ts", setup: { ...setup, cache: "hit" } };
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
    await server.remove();
  }
}

/** How many responses are requested in turn. */
const FEW = 10;

/** (h) A cached hit among 10, 10,000 and 1,000,000 entries in the file. */
export async function hitAmongMany(baseUrl: string): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bankdata-bench-"));
  const maxBytes = 8 * 1024 ** 3;
  const hitAmong = async (entries: number): Promise<Way> => {
    const path = join(folder, `${entries}.sqlite`);
    {
      const options = { secretId: "id", secretKey: "key", baseUrl, quota: false };
      await using client = new GoCardlessClient({ ...options, cacheOptions: { cacheName: path, maxBytes } });
      for (let at = 0; at < FEW; at += 1) await client.getAccountTransactions(`10-${at}`);
    }
    fill(path, entries - FEW);
    return hitIn({ baseUrl, entries: 10, backend: { kind: "file", path }, accounts: FEW });
  };
  try {
    const ways = {
      few: await hitAmong(FEW),
      many: await hitAmong(10_000),
      most: await hitAmong(1_000_000),
    };
    const { few, many, most } = await timeInProcesses(ways, { rounds: 60, warmUp: 20, calls: 50 });
    return [
      compare("(h) cached hit among 10,000", many.time, "among 10", few.time, 1.5),
      compare("(h) cached hit among 1,000,000", most.time, "among 10", few.time, 1.5),
    ];
  } finally {
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

/** (i) The size of 200 responses of banks in the file, against the size of their text. */
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
  return [compare("(i) 200 responses on disk", kept / 1e6, "their JSON", raw / 1e6, 1, "MB")];
}
