/**
 * Records an unchanged response of an account again and again: `resync-ours.ts FILE ACCOUNT RUNS TURN`. Prints what one took, and
 * by how many bytes it grew the file, as JSON.
 */
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { openArchive } from "../../packages/archive/src/index.ts";
import { dateAfter } from "./days.ts";
import { entriesOf } from "./entries.ts";
import { FROM, sourceOf } from "./load-ours.ts";

const [file = "", number = "0", count = "200", turn = "0"] = process.argv.slice(2);
const account = Number(number);
const [runs, entries, perDay] = [Number(count), 1000, 10];
const items = entriesOf(account, { first: 0, count: entries, from: FROM, perDay });
const first = Date.parse(`${dateAfter(FROM, entries / perDay)}T20:00:00Z`);
/** Later than in the turns before. */
const start = first + Number(turn) * 30 * 86_400_000;
const source = sourceOf(account);
const times: number[] = [];
{
  await using archive = await openArchive({ location: file, now: () => "2026-06-01T09:00:00Z" });
  const again = async (at: number) => {
    const observedAt = new Date(start + at * 60_000);
    const coverage = { from: FROM, to: null, pending: true };
    const cpu = process.cpuUsage();
    const { added, changed } = await archive.record(source, { observedAt, coverage, items, unreadable: [] });
    const { user, system } = process.cpuUsage(cpu);
    if (at > 0 && added + changed > 0) throw new Error(`An unchanged response changed ${added + changed}.`);
    times.push((user + system) / 1000);
  };
  for (let at = 0; at < 20; at += 1) await again(at);
  const before = pages();
  times.length = 0;
  for (let at = 20; at < 20 + runs; at += 1) await again(at);
  const grown = (pages() - before) / runs;
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ cpu: times[times.length >> 1], grown }));
}

/** The bytes of the file once the log is in it. */
function pages(): number {
  const database = new DatabaseSync(file);
  database.exec("pragma wal_checkpoint(truncate)");
  database.close();
  return statSync(file).size;
}
