import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { judge } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";
import { amountWithinSevenDays, contentHash, idOnly, type Rule } from "./rules.ts";
import { watchedForTwoHundredDays } from "./two-hundred-days.ts";

const RULES: readonly (readonly [name: string, rule: Rule])[] = [
  ["id", idOnly],
  ["content", contentHash],
  ["amount within seven days", amountWithinSevenDays],
];
const HARD = ["SANDBOX_HARD_1", "SANDBOX_HARD_2", "SANDBOX_HARD_3", "SANDBOX_HARD_4"];
const CALM = "BAWAG_BAWAATWW";

/** What a rule makes of an account: of the booked entries, and of the links to what was pending before. */
interface Result {
  entries: number;
  lost: number;
  doubled: number;
  mixed: number;
  linked: string;
}

async function resultsAt(bank: string): Promise<Result[]> {
  await using account = await watchedForTwoHundredDays(bank);
  const truth = account.truth();
  return RULES.map(([, rule]) => {
    const rows = rule(account.responses);
    const { entries, lost, doubled, mixed } = judge(rows, truth, { lists: ["booked"] });
    const { linked, unlinked } = judge(rows, truth);
    return {
      entries,
      lost: lost.length,
      doubled: doubled.length,
      mixed: mixed.length,
      linked: `${linked.length} of ${linked.length + unlinked.length}`,
    };
  });
}

describe("the hard banks", () => {
  it("make each of three naive programs lose or double entries, as the documentation says", async () => {
    const documentation = await readFile(new URL("../../docs/sandbox.md", import.meta.url), "utf8");
    const rows: string[] = [];
    for (const bank of [CALM, ...HARD]) {
      for (const [at, { entries, lost, doubled, mixed, linked }] of (await resultsAt(bank)).entries()) {
        const row = `| \`${bank}\` | ${RULES[at]?.[0]} | ${entries} | ${lost} | ${doubled} | ${mixed} | ${linked} |`;
        rows.push(row);
        if (bank !== CALM) expect(lost + doubled, row).toBeGreaterThan(0);
      }
    }
    const [, table = ""] = /\n\| bank \| rule \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(documentation) ?? [];
    expect(table.trim().split("\n")).toEqual(rows);
  }, 60_000);

  it.each([1, 300])(
    "have the same accounts in a sandbox that starts with %i accounts as in any other",
    async (accounts) => {
      await using client = await plainClient({ accounts });
      const counts: number[] = [];
      for (const bank of HARD) counts.push((await client.connect(bank)).accounts.length);
      expect(counts).toEqual([2, 2, 2, 3]);
    },
  );

  it.each([
    ["SANDBOX_HARD_1", "transactionId"],
    ["SANDBOX_HARD_3", "entryReference"],
  ])("%s sends another %s once a pending entry is booked", async (bank, name) => {
    await using account = await watchedForTwoHundredDays(bank);
    let reissued = 0;
    for (const { observed } of account.truth()) {
      const idsAs = (list: "booked" | "pending") =>
        observed.filter(({ status }) => status === list).flatMap(({ payload }) => payload[name] ?? []);
      const [pending, booked] = [idsAs("pending"), idsAs("booked")];
      for (const id of pending) expect(booked).not.toContain(id);
      if (pending.length > 0 && booked.length > 0) reissued += 1;
    }
    expect(reissued).toBeGreaterThan(100);
  });
});
