import { banks } from "../../packages/sandbox/src/banks/index.ts";
import { type LifePlan, type LifeResult, nameOf, sumOf } from "./plan.ts";

/** Which part of the pending entries must be linked with what they were booked as. */
const LINKED_AT_CALM_BANKS = 0.99;
const LINKED = 0.98;
/** Which part of the links that are called certain must be right. */
const CERTAIN_RIGHT = 0.995;

/** What a run is held to, as sentences about what is missed. */
export function missedGoals(results: readonly LifeResult[]): string[] {
  const lived = results.filter(({ error }) => error === undefined);
  const all = sumOf(lived.map(({ counts }) => counts));
  const calm = sumOf(lived.filter(({ plan }) => isCalm(plan)).map(({ counts }) => counts));
  const none = (["missing", "doubled", "mixed", "altered", "misstated", "brokenIds"] as const).flatMap(
    (name) => (all[name] === 0 ? [] : [`${name}: ${all[name]} instead of 0`]),
  );
  return [
    ...results.flatMap(({ plan, error }) => (error === undefined ? [] : [`${nameOf(plan)}: ${error}`])),
    ...none,
    ...least("linked at calm banks", part(calm.linked, calm.links), LINKED_AT_CALM_BANKS),
    ...least("linked", part(all.linked, all.links), LINKED),
    ...least("certain links that are right", part(all.certainRight, all.certain), CERTAIN_RIGHT),
  ];
}

function least(what: string, found: number, goal: number): string[] {
  return found >= goal ? [] : [`${what}: ${percent(found)} instead of ${percent(goal)}`];
}

/** A part of a whole, from 0 to 1; 1 of nothing. */
export function part(some: number, whole: number): number {
  return whole === 0 ? 1 : some / whole;
}

/** A part in percent, never rounded up to all of it. */
export function percent(part: number): string {
  return part === 1 ? "100 %" : `${(Math.floor(part * 10_000) / 100).toFixed(2)} %`;
}

/** Whether a bank has the quirks of a calm bank, and none that was drawn for it. */
function isCalm({ bank, quirks }: LifePlan): boolean {
  return quirks === undefined && banks.find(({ id }) => id === bank)?.profile === "calm";
}
