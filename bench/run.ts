/** `npm run bench [-- --json FILE]`: runs every measure, and prints a table; writes JSON to FILE if one is named. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { smallArchive } from "./archive/measures.ts";
import { hitAmongMany, hitByBackend, sizeOnDisk } from "./cache.ts";
import { allAccounts, cachedHit, peakMemory, storedMiss, uncached } from "./client.ts";
import type { Measure } from "./measure.ts";
import { printMeasures } from "./print-measures.ts";
import { thirtyDays } from "./quota.ts";
import { largeSandbox } from "./sandbox.ts";
import { installedSize } from "./size.ts";
import { startUp } from "./start-up.ts";

const { values } = parseArgs({ options: { json: { type: "string" } } });

const server = spawn(process.execPath, [join(import.meta.dirname, "bare-server.ts")], {
  stdio: ["ignore", "pipe", "inherit", "ipc"],
});
const [port] = await once(server.stdout ?? process.stdin, "data");
const baseUrl = `http://127.0.0.1:${String(port).trim()}/api/v2`;

const measures: Measure[] = [];
const all = [
  cachedHit,
  uncached,
  storedMiss,
  peakMemory,
  allAccounts,
  startUp,
  hitByBackend,
  hitAmongMany,
  sizeOnDisk,
  thirtyDays,
  largeSandbox,
  installedSize,
  smallArchive,
];
for (const measure of all) {
  process.stderr.write(`Measuring ${measure.name}…\n`);
  measures.push(...(await measure(baseUrl)));
}
server.disconnect();

printMeasures(measures);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measures, null, 2)}\n`);
