import { negated } from "./amounts.ts";
import type { Candidate, Comparison, Sighting } from "./comparison.ts";
import { overlap } from "./evidence.ts";
import { boughtOf, datesAnew, learnAmount, learnDays } from "./habits.ts";
import { freeOf, openRows } from "./matching.ts";
import { cheapestPairs } from "./pairs.ts";
import { RULES, type Rule } from "./rules.ts";
import { costOfSettling, settlingKeys } from "./settle-cost.ts";
import type { Window } from "./window.ts";

/**
 * Recognises booked rows that are new as what was pending before and is missing now, and as booked holds that are missing:
 * a look-alike beside the old one is a second payment, one in its place is the same.
 */
export function recogniseSettled(comparison: Comparison, window: Window): void {
  const open = openRows(comparison, "booked");
  const missing = missingIn(comparison, window);
  if (open.length === 0 || missing.length === 0) return;
  learnDays(
    comparison,
    missing.filter(({ family }) => family === "announced"),
    open,
  );
  settle(comparison, missing, (candidate, sighting) =>
    costOfSettling(comparison, candidate, sighting.evidence),
  );
}

/**
 * At banks that date all that is pending today, what is pending anew and what was booked compete for what was pending before.
 * Booked rows tell the day of the purchase, so those that fit exactly come first.
 */
export function recogniseSettledExactly(comparison: Comparison, window: Window): void {
  if (datesAnew(comparison.memory) === "no" || openRows(comparison, "announced").length === 0) return;
  const missing = missingIn(comparison, window).filter(({ family }) => family === "announced");
  settle(comparison, missing, (candidate, { evidence: row }) => {
    const { from, to } = boughtOf(candidate, comparison);
    const isExact =
      candidate.evidence.money === row.money && row.value !== null && row.value >= from && row.value <= to;
    return isExact && overlap(candidate.evidence.words, row.words) >= 0.5
      ? costOfSettling(comparison, candidate, row)
      : null;
  });
}

function missingIn(comparison: Comparison, window: Window): Candidate[] {
  return [
    ...freeOf(comparison, "announced").filter(({ status, isShown }) => status !== "void" && !isShown),
    ...freeOf(comparison, "booked").filter((one) => window.isMissing(one)),
  ];
}

function settle(
  comparison: Comparison,
  candidates: readonly Candidate[],
  cost: (candidate: Candidate, sighting: Sighting) => number | null,
): void {
  const pairs = cheapestPairs({
    candidates,
    sightings: openRows(comparison, "booked"),
    keysOf: settlingKeys,
    cost,
    ruleOf,
  });
  for (const { candidate, sighting } of pairs) {
    learnAmount(comparison, candidate.evidence, sighting.evidence);
    if (candidate.family !== "announced") continue;
    comparison.memory.beside.direct += 1;
    delete candidate.notes.bought;
    comparison.settled.push({ candidate, sighting });
  }
}

function ruleOf({ family, evidence: was }: Candidate, { evidence: row }: Sighting): Rule {
  if (family === "booked") return RULES.replaced;
  if (was.amount === row.amount) return RULES.settled;
  return was.amount === negated(row.amount) ? RULES.signRestored : RULES.settledOtherwise;
}
