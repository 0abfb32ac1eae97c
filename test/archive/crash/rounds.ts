import { copyFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { serialize } from "node:v8";
import { openArchive } from "../../../packages/archive/src/index.ts";
import type { Random } from "../../../packages/sandbox/src/banks/random.ts";
import { heldRows, rowsNotOnce } from "./held.ts";
import { type Killing, runKilled } from "./killed-process.ts";
import { ofOneAccount, recordedOf, recordFrom, type Told, underTwoHandles } from "./told-responses.ts";

/** What was found after the kills. */
export interface Rounds {
  /** How many processes were killed, by what they were doing. */
  readonly kills: Record<"opening" | "recording" | "uniting" | "rederiving", number>;
  /** What is wrong, as sentences. */
  readonly faults: string[];
}

/** How long a process is left to work at most before it is killed, in milliseconds. */
const LONGEST_WAIT = 300;

interface Round {
  readonly folder: string;
  readonly told: readonly Told[];
  /** The random moments. */
  readonly random: Random;
}

/** Kills processes that record, until as many were killed; each archive is filled to its end and compared. */
export async function killedWhileRecording(round: Round, kills: number): Promise<Rounds> {
  const { folder, told, random } = round;
  const found = noneYet();
  const [file, responses] = [join(folder, "archive.sqlite"), join(folder, "responses")];
  writeFileSync(responses, serialize(told));
  const expected = await uncrashed(told);
  while (found.kills.opening + found.kills.recording < kills) {
    remove(file);
    for (let end = ""; end !== "done"; ) {
      const isEnough = found.kills.opening + found.kills.recording >= kills;
      const killing = isEnough ? undefined : drawn(random);
      end = await runKilled([file, responses, "record"], killing);
      if (end === "killed") found.kills[killing?.after === "opens" ? "opening" : "recording"] += 1;
      found.faults.push(...(await faultsOf(file, told)));
    }
    found.faults.push(...(await differences(file, expected)));
  }
  return found;
}

/** Kills processes that make one account of two, which had the responses of one bank account in turn. */
export async function killedWhileUniting(
  { folder, random, ...round }: Round,
  kills: number,
): Promise<Rounds> {
  const told = underTwoHandles(round.told);
  const found = noneYet();
  const [two, file, responses] = ["two.sqlite", "archive.sqlite", "responses"].map((name) =>
    join(folder, name),
  );
  if (two === undefined || file === undefined || responses === undefined)
    throw new Error("A path is missing.");
  writeFileSync(responses, serialize(told));
  await recordIn(two, told);
  const before = await heldIn(two);
  const after = await uncrashed(ofOneAccount(round.told));
  while (found.kills.uniting < kills) {
    remove(file);
    copyFileSync(two, file);
    const killing = { after: "works", wait: random.fraction() * LONGEST_WAIT } as const;
    if ((await runKilled([file, responses, "unite"], killing)) === "killed") found.kills.uniting += 1;
    found.faults.push(...(await faultsOf(file, told)));
    const held = await heldIn(file);
    if (String(held) !== String(before) && String(held) !== String(after))
      found.faults.push("two accounts were made one by half");
    await runKilled([file, responses, "unite"], undefined);
    found.faults.push(...(await differences(file, after)));
  }
  return found;
}

/**
 * Kills processes that read an account again whose links are gone and whose transactions are not as they were recorded; it is
 * as bad as before, or whole.
 */
export async function killedWhileRederiving(
  { folder, random, ...round }: Round,
  kills: number,
): Promise<Rounds> {
  // Each account is a write of its own.
  const told = ofOneAccount(round.told);
  const found = noneYet();
  const [damaged, file, responses] = [
    join(folder, "damaged.sqlite"),
    join(folder, "archive.sqlite"),
    join(folder, "responses"),
  ];
  writeFileSync(responses, serialize(told));
  await recordIn(damaged, told);
  const whole = await heldIn(damaged);
  const database = new DatabaseSync(damaged);
  database.exec("delete from link where payload % 2 = 1; update entry set status = 'void'");
  database.exec("pragma wal_checkpoint(truncate)");
  database.close();
  const before = await heldIn(damaged);
  while (found.kills.rederiving < kills) {
    remove(file);
    copyFileSync(damaged, file);
    const killing = { after: "works", wait: random.fraction() * LONGEST_WAIT } as const;
    if ((await runKilled([file, responses, "rederive"], killing)) === "killed") found.kills.rederiving += 1;
    const held = await heldIn(file);
    if (String(held) !== String(before) && String(held) !== String(whole))
      found.faults.push("an account was read again by half");
    await runKilled([file, responses, "rederive"], undefined);
    found.faults.push(...(await faultsOf(file, told)), ...(await differences(file, whole)));
  }
  return found;
}

function noneYet(): Rounds {
  return { kills: { opening: 0, recording: 0, uniting: 0, rederiving: 0 }, faults: [] };
}

/** One in five is killed while it opens the archive, which at first has to be made. */
function drawn(random: Random): Killing {
  const after = random.chance(20) ? "opens" : "works";
  return { after, wait: random.fraction() * LONGEST_WAIT };
}

async function uncrashed(told: readonly Told[]): Promise<string[][]> {
  await using archive = await openArchive({ location: ":memory:" });
  await recordFrom(archive, told);
  return await heldRows(archive);
}

async function recordIn(location: string, told: readonly Told[]): Promise<void> {
  await using archive = await openArchive({ location });
  await recordFrom(archive, told);
}

async function heldIn(location: string): Promise<string[][]> {
  await using archive = await openArchive({ location });
  return await heldRows(archive);
}

async function differences(location: string, expected: readonly string[][]): Promise<string[]> {
  const held = await heldIn(location);
  return String(held) === String(expected)
    ? []
    : [
        `the archive has ${held.length} transactions that are not the ${expected.length} of one without a crash`,
      ];
}

/** What is wrong with an archive whose process was killed. */
async function faultsOf(file: string, told: readonly Told[]): Promise<string[]> {
  if (!existsSync(file)) return [];
  const faults: string[] = [];
  const database = new DatabaseSync(file);
  const [integrity] = database.prepare("pragma integrity_check").all();
  if (integrity?.["integrity_check"] !== "ok") faults.push(JSON.stringify(integrity));
  const loose = database.prepare("pragma foreign_key_check").all();
  if (loose.length > 0) faults.push(`${loose.length} rows refer to nothing`);
  database.close();
  await using archive = await openArchive({ location: file });
  const recorded = told.slice(0, await recordedOf(archive, told));
  for (const row of rowsNotOnce(await heldRows(archive), recorded)) faults.push(`not once: ${row}`);
  return faults;
}

function remove(file: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
}
