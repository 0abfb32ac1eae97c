import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { serialize } from "node:v8";
import { beforeAll, expect, it } from "vitest";
import { openArchive } from "../../packages/archive/src/index.ts";
import { temporaryFolder } from "../support/folder.ts";
import { heldRows, rowsNotOnce } from "./crash/held.ts";
import { toldBy } from "./crash/told-by-sandbox.ts";
import { ofOneAccount, recordFrom, type Told, underTwoHandles } from "./crash/told-responses.ts";
import { archiveLocation } from "./location.ts";

let told: Told[] = [];

beforeAll(async () => {
  told = await toldBy("SANDBOX_HARD_1", { days: 15 });
});

/** Starts a process that waits for `begin`. */
async function started(location: string, responses: readonly Told[], work: string) {
  const file = join(temporaryFolder(), "responses");
  writeFileSync(file, serialize(responses));
  const child = fork(join(import.meta.dirname, "concurrency/process.ts"), [location, file, work], {
    execArgv: ["--conditions=bankdata-source"],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  await once(child, "message");
  return {
    begin: () => child.send("begin"),
    /** What it wrote to stderr; empty if nothing went wrong. */
    ended: async (): Promise<string> => {
      const [code] = await once(child, "close");
      return code === 0 ? errors : `${errors}ended with ${code}`;
    },
  };
}

async function together(processes: readonly Awaited<ReturnType<typeof started>>[]): Promise<string[]> {
  const ends = processes.map(({ ended }) => ended());
  for (const { begin } of processes) begin();
  return await Promise.all(ends);
}

async function heldIn(location: string): Promise<string[][]> {
  await using archive = await openArchive({ location });
  return await heldRows(archive);
}

async function heldAlone(responses: readonly Told[]): Promise<string[][]> {
  await using archive = await openArchive({ location: ":memory:" });
  await recordFrom(archive, responses);
  return await heldRows(archive);
}

it("two processes that record the responses of the same accounts at once keep each row once, without an error", async () => {
  const location = archiveLocation();
  const halves = [0, 1].map((half) => told.filter((_, at) => at % 2 === half || at % 4 === half));
  const [one = [], other = []] = halves;
  expect(
    await together([await started(location, one, "record"), await started(location, other, "record")]),
  ).toEqual(["", ""]);
  const held = await heldIn(location);
  expect(rowsNotOnce(held, [...one, ...other])).toEqual([]);
});

it("two processes that open a new archive and record whole accounts at once leave the same as one after the other", async () => {
  const location = archiveLocation();
  const handles = [...new Set(told.map(({ source }) => source.handle))];
  expect(handles).toHaveLength(2);
  const accounts = handles.map((handle) => told.filter(({ source }) => source.handle === handle));
  const processes = await Promise.all(accounts.map((responses) => started(location, responses, "record")));
  expect(await together(processes)).toEqual(["", ""]);
  expect(await heldIn(location)).toEqual(await heldAlone(told));
});

it("one process reads while another records, and sees each transaction once and as it was sent", async () => {
  const location = archiveLocation();
  const [before, during] = [told.slice(0, 10), told.slice(10)];
  {
    await using archive = await openArchive({ location });
    await recordFrom(archive, before);
  }
  const processes = await Promise.all([started(location, during, "record"), started(location, told, "read")]);
  expect(await together(processes)).toEqual(["", ""]);
  expect(await heldIn(location)).toEqual(await heldAlone(told));
});

it("one process records while another makes one account of two, and the account is as if it had always been one", async () => {
  const location = archiveLocation();
  const twice = underTwoHandles(told);
  const [before, during] = [twice.slice(0, 10), twice.slice(10)];
  {
    await using archive = await openArchive({ location });
    await recordFrom(archive, before);
  }
  const processes = await Promise.all([started(location, during, "record"), started(location, [], "unite")]);
  expect(await together(processes)).toEqual(["", ""]);
  expect(await heldIn(location)).toEqual(await heldAlone(ofOneAccount(told)));
});

it("one process reads transactions and observations while another makes one account of two, and misses nothing", async () => {
  const location = archiveLocation();
  const twice = underTwoHandles(told);
  {
    await using archive = await openArchive({ location });
    await recordFrom(archive, twice);
  }
  const processes = await Promise.all([started(location, told, "read"), started(location, [], "unite")]);
  expect(await together(processes)).toEqual(["", ""]);
  expect(await heldIn(location)).toEqual(await heldAlone(ofOneAccount(told)));
});

it("two processes read an archive again while one records and one searches, and it is as if nobody had read it again", async () => {
  const location = archiveLocation();
  const [before, during] = [told.slice(0, 10), told.slice(10)];
  {
    await using archive = await openArchive({ location });
    await recordFrom(archive, before);
  }
  const processes = await Promise.all([
    started(location, during, "record"),
    started(location, [], "rederive"),
    started(location, [], "rederive"),
    started(location, told, "search"),
  ]);
  expect(await together(processes)).toEqual(["", "", "", ""]);
  expect(await heldIn(location)).toEqual(await heldAlone(told));
  await using archive = await openArchive({ location });
  expect(await archive.rederive()).toMatchObject({ added: 0, modified: 0, removed: 0 });
});

it("one process reads an archive again while another makes one account of two, and the account is as if it had always been one", async () => {
  const location = archiveLocation();
  {
    await using archive = await openArchive({ location });
    await recordFrom(archive, underTwoHandles(told));
  }
  const processes = await Promise.all([started(location, [], "rederive"), started(location, [], "unite")]);
  expect(await together(processes)).toEqual(["", ""]);
  expect(await heldIn(location)).toEqual(await heldAlone(ofOneAccount(told)));
});
