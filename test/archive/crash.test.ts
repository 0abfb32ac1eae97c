import { expect, it } from "vitest";
import { Random } from "../../packages/sandbox/src/banks/random.ts";
import { temporaryFolder } from "../support/folder.ts";
import { killedWhileRecording, killedWhileRederiving, killedWhileUniting } from "./crash/rounds.ts";
import { toldBy } from "./crash/told-by-sandbox.ts";

it("an archive whose process is killed while it opens or records has whole responses, and ends as if nothing had happened", async () => {
  const told = await toldBy("SANDBOX_HARD_1", { days: 15 });
  const round = { folder: temporaryFolder(), told, random: new Random(1, "kills") };
  const { kills, faults } = await killedWhileRecording(round, 18);
  expect(faults).toEqual([]);
  expect(kills.opening + kills.recording).toBe(18);
});

it("two accounts are one or still two if the process that makes them one is killed, and one after the next try", async () => {
  const told = await toldBy("SANDBOX_HARD_1", { days: 15 });
  const round = { folder: temporaryFolder(), told, random: new Random(1, "more kills") };
  const { kills, faults } = await killedWhileUniting(round, 7);
  expect(faults).toEqual([]);
  expect(kills.uniting).toBe(7);
});

it("an account whose process is killed while it reads again is as before or whole, and whole after the next try", async () => {
  const told = await toldBy("SANDBOX_HARD_1", { days: 15 });
  const round = { folder: temporaryFolder(), told, random: new Random(1, "still more kills") };
  const { kills, faults } = await killedWhileRederiving(round, 7);
  expect(faults).toEqual([]);
  expect(kills.rederiving).toBe(7);
});
