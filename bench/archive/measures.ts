import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compare, type Measure } from "../measure.ts";
import { dailyFile } from "./daily-file.ts";
import { SEARCHES } from "./searches.ts";
import type { Taken } from "./stopwatch.ts";

const run = promisify(execFile);

/** The most bytes by which a response without news may grow the file. */
const ALLOWED_GROWTH = 200;

/** How many unchanged responses are recorded, and in how many turns. */
const [REPEATED, TURNS] = [100, 3];

/** From how many transactions on starting up and compiling do not count. */
const MANY = 500_000;

/**
 * What an archive of some transactions costs, each way in a process of its own. Other work on the machine changes how long
 * something takes more than how long the processor works on it, so the times are those of the processor.
 *
 * @param transactions how many are archived
 */
export async function archiveMeasures(transactions: number): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bankdata-bench-"));
  const [large, small, bare] = [join(folder, "large"), join(folder, "small"), join(folder, "bare")];
  const many = transactions.toLocaleString("en");
  const goal = (ratio: number) => (transactions >= MANY ? ratio : null);
  try {
    const ours: Taken = await told("load-ours.ts", large, String(transactions));
    const theirs: Taken = await told("load-bare.ts", large, bare);
    await told("load-ours.ts", small, "1000");
    return [
      compare(
        `(m) first load of ${many} transactions`,
        ours.cpu,
        "bare insert of the rows",
        theirs.cpu,
        3,
        "s",
      ),
      compare(`(m) memory of that`, ours.peak, "of that", theirs.peak, null, "MB"),
      ...(await unchanged(large, small, many)),
      ...(await again(large, ours, many)),
      ...(await reading(large, small, { transactions, many, goal: goal(1.5) })),
      ...(await searching(large, many)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** (n) A response of 1,000 entries without news, among many and among no others. */
async function unchanged(large: string, small: string, many: string): Promise<Measure[]> {
  const turns = { large: [] as number[], small: [] as number[], grown: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const [among, alone]: { cpu: number; grown: number }[] = [
      await told("resync-ours.ts", large, "0", String(REPEATED), String(turn)),
      await told("resync-ours.ts", small, "0", String(REPEATED), String(turn)),
    ];
    turns.large.push(among?.cpu ?? Number.NaN);
    turns.small.push(alone?.cpu ?? Number.NaN);
    turns.grown.push(among?.grown ?? Number.NaN);
  }
  const [mine, theirs] = [Math.min(...turns.large), Math.min(...turns.small)];
  return [
    compare(`(n) response without news, 1,000 entries, among ${many}`, mine, "among 1,000", theirs, 1.2),
    compare("(n) bytes that it adds", Math.max(...turns.grown), "allowed", ALLOWED_GROWTH, 1, "bytes"),
  ];
}

/** (q) Reading again all that was recorded, under the same rules. */
async function again(large: string, recorded: Taken, many: string): Promise<Measure[]> {
  const taken: Taken = await told("rederive-ours.ts", large);
  return [
    compare(`(q) rederive of ${many}`, taken.cpu, "recording them", recorded.cpu, 2, "s"),
    compare("(q) memory of that", taken.peak, "of that", recorded.peak, null, "MB"),
  ];
}

/** (p) Reading all transactions, and opening with the first 50. */
async function reading(
  large: string,
  small: string,
  { transactions, many, goal }: { transactions: number; many: string; goal: number | null },
): Promise<Measure[]> {
  const few: Taken = await told("iterate.ts", large, String(Math.ceil(transactions / 10)));
  const all: Taken = await told("iterate.ts", large, String(transactions));
  const first: Taken = await told("iterate.ts", large, "50", "handle-0");
  const firstOfFew: Taken = await told("iterate.ts", small, "50", "handle-0");
  return [
    compare(`(p) memory of reading ${many}`, all.peak, "a tenth of them", few.peak, goal, "MB"),
    compare(
      `(p) open and first 50 of an account, among ${many}`,
      first.cpu * 1000,
      "among 1,000",
      firstOfFew.cpu * 1000,
      1.5,
    ),
  ];
}

/** What searches took, in milliseconds of the processor, and how many they found; by name. */
interface Searched {
  readonly taken: Readonly<Record<string, number>>;
  readonly found: Readonly<Record<string, number>>;
}

/** (o) The newest 50 of a search, and the same from a bare index. Last, as it adds an index of amounts to the file. */
async function searching(large: string, many: string): Promise<Measure[]> {
  const ours: Searched = await told("search-ours.ts", large);
  const bare: Searched = await told("search-bare.ts", large);
  return SEARCHES.map(({ name, match }) => {
    const [mine, theirs] = [ours.taken[name] ?? Number.NaN, bare.taken[name] ?? Number.NaN];
    if (match !== undefined && ours.found[name] !== bare.found[name])
      throw new Error(`A search for ${name} found ${ours.found[name]} instead of ${bare.found[name]}.`);
    const other = match === undefined ? "the amounts alone" : "a bare index";
    return compare(
      `(o) newest 50 with ${name}, among ${many}`,
      mine,
      other,
      theirs,
      match === undefined ? 2 : 3,
    );
  });
}

/** What a process of this folder prints. */
async function told<Result>(script: string, ...given: string[]): Promise<Result> {
  const path = join(import.meta.dirname, script);
  const { stdout } = await run(process.execPath, [
    "--expose-gc",
    "--conditions=bankdata-source",
    path,
    ...given,
  ]);
  return JSON.parse(stdout);
}

/** The measures of an archive that are done within a minute. */
export async function smallArchive(): Promise<Measure[]> {
  return [...(await archiveMeasures(50_000)), ...(await dailyFile())];
}
