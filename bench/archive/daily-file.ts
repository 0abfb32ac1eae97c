import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deflateRawSync } from "node:zlib";
import { openArchive } from "../../packages/archive/src/index.ts";
import { GoCardlessClient, goCardlessProvider } from "../../packages/core/src/index.ts";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { compare, type Measure } from "../measure.ts";

const DAYS = 400;

/** (o) The file after 400 daily syncs of 90 days, against every distinct row, each compressed by itself. */
export async function dailyFile(bank = "REVOLUT_REVOGB21"): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bankdata-bench-"));
  const location = join(folder, "archive.sqlite");
  try {
    const rows = await syncedDaily(location, bank);
    let single = 0;
    for (const row of rows) single += deflateRawSync(row).length;
    const what = `(o) file after ${DAYS} daily syncs, ${rows.size} distinct rows`;
    return [compare(what, sizeOf(location) / 1e6, "each row deflated", single / 1e6, 4, "MB")];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every distinct row that the bank sent, as JSON. */
async function syncedDaily(location: string, bank: string): Promise<Set<string>> {
  await using sandbox = await startSandbox({ now: "2026-01-05T09:00:00Z", rateLimits: false });
  await using client = new GoCardlessClient({
    ...sandbox.clientOptions(),
    cacheOptions: false,
    quota: false,
  });
  const provider = goCardlessProvider(client);
  await using archive = await openArchive({ location, now: sandbox.now });
  const connect = async () => {
    const begun = await provider.begin(await provider.bank(bank), {
      returnTo: "http://localhost/",
      historyDays: 90,
    });
    const address = await sandbox.authorise(begun.connectionId ?? "", { outcome: "linked" });
    const connection = await provider.finish(begun.state, address ?? "");
    return (await provider.accounts(connection, { details: "ask" })).items;
  };
  const rows = new Set<string>();
  let accounts = await connect();
  for (let day = 0; day < DAYS; day += 1) {
    if (day % 85 === 84) accounts = await connect();
    for (const account of accounts) {
      const { asOf, coverage, items, unreadable } = await provider.transactions(account, { days: 90 });
      await archive.record(
        { provider: provider.name, ...account },
        { observedAt: asOf, coverage, items, unreadable },
      );
      for (const { raw } of items) rows.add(JSON.stringify(raw));
    }
    sandbox.advanceTime({ days: 1 });
  }
  return rows;
}

function sizeOf(file: string): number {
  const database = new DatabaseSync(file);
  database.exec("pragma wal_checkpoint(truncate)");
  database.close();
  return statSync(file).size;
}

if (import.meta.main) {
  for (const bank of process.argv.slice(2)) console.log(bank, await dailyFile(bank));
}
