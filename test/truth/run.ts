/**
 * Lives simulated lives with the archive, and compares it with the truth of the sandbox.
 *
 * npm run truth [-- --draw ci] [--banks BANK,BANK] [--seeds 1001-1003] [--days 400] [--faults]
 *
 * Banks are ids of the sandbox, `profiles` for the first bank of each profile, `all` for every bank, and `combinations` for a
 * bank with quirks that the seed draws. Exits with 1 if a goal is missed.
 */
import { parseArgs } from "node:util";
import { line } from "../../packages/cli/src/ui/printable.ts";
import { layOut, row } from "../../packages/cli/src/ui/table.ts";
import { Output } from "../../packages/cli/src/ui/terminal.ts";
import { banks } from "../../packages/sandbox/src/banks/index.ts";
import { banksByProfile, COMBINATIONS, plansFor, seedsFrom } from "./draws.ts";
import { missedGoals, part, percent } from "./goals.ts";
import { liveAll } from "./live-all.ts";
import { type Counts, type LifePlan, type LifeResult, nameOf, sumOf } from "./plan.ts";

const { values } = parseArgs({
  options: {
    draw: { type: "string", default: "full" },
    banks: { type: "string" },
    seeds: { type: "string" },
    days: { type: "string" },
    faults: { type: "boolean", default: false },
  },
});

const results = await liveAll(wanted(), (result, done, total) => {
  const { plan, took } = result;
  process.stderr.write(`${done} of ${total}: ${nameOf(plan)}, ${(took / 1000).toFixed(0)} s\n`);
  if (!values.faults) return;
  for (const fault of result.faults) process.stderr.write(`  ${fault}\n`);
});
printTable(results);
const missed = missedGoals(results);
for (const goal of missed) console.log(`Missed: ${goal}`);
process.exitCode = missed.length === 0 ? 0 : 1;

function wanted(): LifePlan[] {
  if (values.draw !== "ci" && values.draw !== "full") throw new Error("--draw is ci or full.");
  const days = Number(values.days ?? 400);
  if (!Number.isSafeInteger(days) || days < 1) throw new Error("--days is a whole number from 1.");
  if (values.banks === undefined && values.draw === "ci") return ciPlans();
  const names = (values.banks ?? "profiles,combinations").split(",").flatMap(banksNamed);
  return plansFor(names, { seeds: seedsFrom(values.seeds ?? "1001-1003"), days });
}

/** What fits into a minute and a half on two processors: a few banks that differ much. */
function ciPlans(): LifePlan[] {
  return [
    ...plansFor(["SANDBOX_HARD_1", "SANDBOX_HARD_2", "SANDBOX_HARD_3", "SANDBOX_HARD_4"], {
      seeds: [1],
      days: 120,
    }),
    ...plansFor(["REVOLUT_REVOGB21", "N26_NTSBDEB1", COMBINATIONS], { seeds: [1, 2], days: 120 }),
  ];
}

function banksNamed(name: string): string[] {
  if (name === "profiles") return banksByProfile();
  if (name === "all") return banks.map(({ id }) => id);
  if (name !== COMBINATIONS && !banks.some(({ id }) => id === name))
    throw new Error(`The sandbox has no bank ${name}.`);
  return [name];
}

function printTable(lives: readonly LifeResult[]): void {
  const byBank = Map.groupBy(lives, ({ plan }) => (plan.quirks === undefined ? plan.bank : COMBINATIONS));
  const rows = [...byBank].map(
    ([bank, some]) => [bank, some.length, sumOf(some.map((one) => one.counts))] as const,
  );
  const all = ["together", lives.length, sumOf(lives.map(({ counts }) => counts))] as const;
  const { lines } = layOut(
    [
      { title: line`Bank` },
      ...[
        line`Lives`,
        line`Responses`,
        line`Entries`,
        line`Missing`,
        line`Doubled`,
        line`Mixed`,
        line`Altered`,
        line`Misstated`,
        line`Ids broken`,
        line`Links`,
        line`Linked`,
        line`Certain`,
        line`Certain right`,
      ].map((title) => ({ title, align: "right" }) as const),
    ],
    [...rows, all].map(([bank, count, counts]) => row(bank, String(count), ...cells(counts))),
    Number.POSITIVE_INFINITY,
  );
  const out = new Output(process.stdout);
  for (const parts of lines) out.line(...parts);
}

function cells(counts: Counts): string[] {
  const { responses, entries, missing, doubled, mixed, altered, misstated, brokenIds, links } = counts;
  return [
    ...[responses, entries, missing, doubled, mixed, altered, misstated, brokenIds, links].map(String),
    percent(part(counts.linked, links)),
    percent(part(counts.certain, links)),
    percent(part(counts.certainRight, counts.certain)),
  ];
}
