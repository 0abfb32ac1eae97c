/**
 * Kills 300 processes that record, open, unite or rederive, and compares what they leave with an archive that was never killed:
 * `npm run test:crash [-- KILLS] [SEED]`. Prints a dot for each archive that is as it should be.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../../packages/sandbox/src/banks/random.ts";
import { killedWhileRecording, killedWhileRederiving, killedWhileUniting } from "./rounds.ts";
import { toldBy } from "./told-by-sandbox.ts";

/** How many of the kills hit a process that makes one account of two, and one that reads again: one in this many each. */
const SHARE = 5;

const kills = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? 1);
const folder = mkdtempSync(join(tmpdir(), "bankdata-crash-"));
try {
  const random = new Random(seed, "kills");
  const share = Math.floor(kills / SHARE);
  const daily = { folder, random, told: await toldBy("SANDBOX_HARD_1", { days: 40, seed }) };
  const recorded = await killedWhileRecording(daily, kills - 2 * share);
  const united = await killedWhileUniting(daily, share);
  const rederived = await killedWhileRederiving(daily, share);
  const { opening, recording } = recorded.kills;
  const { uniting, rederiving } = { ...united.kills, rederiving: rederived.kills.rederiving };
  console.log(
    `Killed: ${opening} opening, ${recording} recording, ${uniting} uniting, ${rederiving} rederiving.`,
  );
  const faults = [...recorded.faults, ...united.faults, ...rederived.faults];
  for (const fault of faults) console.log(fault);
  console.log(
    faults.length === 0 ? "Nothing was lost, doubled or left half done." : `${faults.length} faults.`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
