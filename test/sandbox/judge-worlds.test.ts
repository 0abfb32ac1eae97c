import { describe, expect, it } from "vitest";
import { PROFILES } from "../../packages/sandbox/src/banks/index.ts";
import { Random } from "../../packages/sandbox/src/banks/random.ts";
import { judge, type Quirk } from "../../packages/sandbox/src/index.ts";
import { livesOf, type Meeting, otherWorld } from "./other-worlds.ts";
import { watchAccount } from "./watched-account.ts";

const BANK = "SANDBOX_HARD_4";

/** Asks for three weeks with gaps, answers that are cut or fail, and a reconnection. */
async function watched(quirks: readonly Quirk[], seed: number) {
  const agreement = { max_historical_days: 30 };
  const options = { seed, transactionsPerDay: 10, quirks: { [BANK]: [...quirks] } };
  const account = await watchAccount(BANK, agreement, options);
  const random = new Random(seed, "steps");
  for (let step = 0; step < 18; step += 1) {
    if (step === 12) await account.reconnect(agreement);
    if (random.chance(10)) account.sandbox.inject({ operation: "transactions", drop: "body" });
    if (random.chance(10)) account.sandbox.inject({ operation: "transactions", error: "ServiceError" });
    await account.ask().catch(() => undefined);
    await account.wait(random.int(0, 2));
  }
  account.sandbox.clearFaults();
  await account.ask();
  return account;
}

const CASES: readonly (readonly [name: string, quirks: readonly Quirk[], wanted: readonly Meeting[]])[] = [
  ["hard-1", PROFILES["hard-1"], ["same", "changed"]],
  ["hard-2", PROFILES["hard-2"], ["same"]],
  ["hard-3", PROFILES["hard-3"], ["changed"]],
  ["hard-4", PROFILES["hard-4"], ["same"]],
  [
    "a bank that books twice by mistake",
    ["takenBack", "reissuedIds", "everydayPrices", "undatedTexts"],
    ["changed", "began"],
  ],
  [
    "a bank that releases what was pending",
    ["vanishingPending", "reissuedIds", "everydayPrices", "undatedTexts", "lateIds"],
    ["changed", "ended"],
  ],
];

describe("a program that believes in another version of what happened, which fits all that it has seen,", () => {
  it.each(CASES)(
    "is faultless at %s",
    async (_name, quirks, wanted) => {
      const met = new Map<Meeting, number>();
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        await using account = await watched(quirks, seed);
        const truth = account.truth();
        const lives = livesOf(account, truth, quirks);
        const random = new Random(seed, "worlds");
        for (let time = 0; time < 8; time += 1) {
          const draw = (below: number) => random.int(0, below - 1);
          const kinds = new Set<Meeting>(["same", "changed", "began", "ended"]);
          const world = otherWorld(lives, account.responses.length, draw, kinds);
          for (const meeting of world.met) met.set(meeting, (met.get(meeting) ?? 0) + 1);
          const { lost, doubled, mixed } = judge(world.rows, truth);
          expect({ lost, doubled, mixed }, `seed ${seed}`).toEqual({ lost: [], doubled: [], mixed: [] });
        }
      }
      for (const meeting of wanted) expect(met.get(meeting), meeting).toBeGreaterThan(0);
    },
    60_000,
  );
});
