/** `npm run bench [-- --json FILE]`: runs every measure, and prints a table; writes JSON to FILE if one is named. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { line } from "../packages/cli/src/ui/printable.ts";
import { layOut, row } from "../packages/cli/src/ui/table.ts";
import { Output } from "../packages/cli/src/ui/terminal.ts";
import { hitAmongMany, hitByBackend, sizeOnDisk } from "./cache.ts";
import { allAccounts, cachedHit, peakMemory, storedMiss, uncached } from "./client.ts";
import type { Measure } from "./measure.ts";
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
];
for (const measure of all) {
  process.stderr.write(`Measuring ${measure.name}…\n`);
  measures.push(...(await measure(baseUrl)));
}
server.disconnect();

const met = ({ ratio, goal }: Measure) => (goal === null ? "" : ratio <= goal ? "met" : "NOT MET");
const { lines } = layOut(
  [
    { title: line`What` },
    { title: line`Ours`, align: "decimal" },
    { title: line`Unit` },
    { title: line`Against` },
    { title: line`Theirs`, align: "decimal" },
    { title: line`Ratio`, align: "decimal" },
    { title: line`Goal`, align: "decimal" },
    { title: line`` },
  ],
  measures.map((one) =>
    row(
      one.name,
      one.ours.toFixed(2),
      one.unit,
      one.against,
      one.theirs.toFixed(2),
      one.ratio.toFixed(2),
      one.goal === null ? "" : `≤ ${Number(one.goal.toFixed(2))}`,
      met(one),
    ),
  ),
  160,
);
const out = new Output(process.stdout);
for (const parts of lines) out.line(...parts);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measures, null, 2)}\n`);
