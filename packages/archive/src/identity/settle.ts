import { directionOf, negated } from "./amounts.ts";
import type { Candidate, Comparison, Sighting } from "./comparison.ts";
import { type Evidence, ID_KINDS, overlap } from "./evidence.ts";
import {
  type Bought,
  boughtOf,
  costOfChange,
  costOfGrowth,
  datesAnew,
  keepsNames,
  learnAmount,
  learnDays,
  purchaseDate,
} from "./habits.ts";
import { contradict, trustIn } from "./ids.ts";
import { freeOf, openRows } from "./matching.ts";
import { cheapestPairs, type Pair } from "./pairs.ts";
import { RULES, type Rule } from "./rules.ts";
import type { Window } from "./window.ts";

/**
 * Recognises booked rows that are new as what was pending before and is missing now, and as booked holds that are missing:
 * a look-alike beside the old one is a second payment, one in its place is the same.
 */
export function recogniseSettled(comparison: Comparison, window: Window): Pair[] {
  const open = openRows(comparison, "booked");
  const missing = missingIn(comparison, window);
  if (open.length === 0 || missing.length === 0) return [];
  learnDays(
    comparison,
    missing.filter(({ family }) => family === "announced"),
    open,
  );
  return settle(comparison, missing, (candidate, sighting) =>
    costOfSettling(comparison, candidate, sighting.evidence),
  );
}

/**
 * At banks that date all that is pending today, what is pending anew and what was booked compete for what was pending before.
 * Booked rows tell the day of the purchase, so those that fit exactly come first.
 */
export function recogniseSettledExactly(comparison: Comparison, window: Window): Pair[] {
  if (datesAnew(comparison.memory) === "no" || openRows(comparison, "announced").length === 0) return [];
  const missing = missingIn(comparison, window).filter(({ family }) => family === "announced");
  return settle(comparison, missing, (candidate, { evidence: row }) => {
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
    ...freeOf(comparison, "announced").filter(({ status }) => status !== "void"),
    ...freeOf(comparison, "booked").filter((one) => window.isMissing(one)),
  ];
}

function settle(
  comparison: Comparison,
  candidates: readonly Candidate[],
  cost: (candidate: Candidate, sighting: Sighting) => number | null,
): Pair[] {
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
  }
  return pairs;
}

function ruleOf({ family, evidence: was }: Candidate, { evidence: row }: Sighting): Rule {
  if (family === "booked") return RULES.replaced;
  if (was.amount === row.amount) return RULES.settled;
  return was.amount === negated(row.amount) ? RULES.signRestored : RULES.settledOtherwise;
}

/** How many words of a text lead to others with the same word. */
const MOST_WORDS = 6;

/** Only what has one of these in common can be the same. */
export function settlingKeys({ amount, currency, who, words, foreign, reference }: Evidence): string[] {
  const keys = [
    `${amount.replace("-", "")} ${currency}`,
    ...[...words].slice(0, MOST_WORDS).map((word) => `word ${word} ${currency}`),
  ];
  if (who !== "") keys.push(`who ${who} ${currency}`);
  if (foreign !== null) keys.push(`foreign ${foreign} ${currency}`);
  if (reference !== null) keys.push(`reference ${reference} ${currency}`);
  return keys;
}

/** What it takes to believe that something missing, pending or a hold, has become a booked row; null if it cannot be. */
export function costOfSettling(comparison: Comparison, candidate: Candidate, row: Evidence): number | null {
  const { evidence: was, family } = candidate;
  if (was.currency !== row.currency) return null;
  const isPending = family === "announced";
  const days = costOfDays(comparison, isPending ? boughtOf(candidate, comparison) : ownDays(was), row);
  if (days === null || (isPending && contradict(was, row, "booking", comparison))) return null;
  const isIdentified = isPending && hasSameId(comparison, was, row);
  const references =
    was.reference === null || row.reference === null ? 0 : was.reference === row.reference ? -1 : 1.5;
  const isNamed = was.who !== "" && row.who !== "";
  const isSameWho = isNamed ? was.who === row.who : overlap(was.words, row.words) >= 0.5;
  if (isNamed && !isSameWho && keepsNames(comparison.memory) && !isIdentified) return null;
  const words = isPending ? 0.1 + (1 - overlap(was.words, row.words)) * (isNamed ? 0.2 : 0.5) : 0;
  const base = isIdentified ? 0 : Math.max(0, days + words + references);
  const isSignLost = isPending && was.amount === negated(row.amount) && directionOf(was.amount) > 0;
  const stranger = isSameWho || isIdentified ? 0 : overlap(was.words, row.words) > 0 ? 1 : 1.7;
  if (was.amount === row.amount) return base + stranger;
  if (isSignLost) return base + 0.2 + stranger;
  return costOfOtherAmount(comparison, candidate, row, { base, isSameWho: isSameWho || isIdentified });
}

/** Another amount needs the same counterparty, and a reservation: only these are replaced. */
function costOfOtherAmount(
  { memory }: Comparison,
  { evidence: was, family }: Candidate,
  row: Evidence,
  { base, isSameWho }: { base: number; isSameWho: boolean },
): number | null {
  if (!isSameWho || directionOf(was.amount) !== directionOf(row.amount)) return null;
  if (was.foreign !== null && was.foreign === row.foreign) return base + 0.2;
  if (family === "booked" && (was.booking !== was.value || was.text === row.text)) return null;
  return base + 1 + costOfGrowth(memory, was, row) + costOfChange(memory, was);
}

function ownDays({ value }: Evidence): Bought {
  return { from: value ?? 0, to: value ?? 0 };
}

/** Most is booked within so many days, and all within the longer time if the day of the purchase is still told. */
const LONGEST = { usual: 14, withPurchaseDay: 45 } as const;

function costOfDays({ memory }: Comparison, { from, to }: Bought, row: Evidence): number | null {
  const { booking, value } = row;
  if (booking === null || value === null) return 0.5;
  const apart = (date: number) => Math.max(0, from - date, date - to);
  const keeps = purchaseDate(memory);
  if (keeps !== "unknown") return apart(keeps === "value" ? value : booking) === 0 ? 0 : null;
  const latest = Math.max(booking, value);
  const longest = apart(value) === 0 ? LONGEST.withPurchaseDay : LONGEST.usual;
  if (latest < from - 1 || latest > to + longest) return null;
  return Math.min(1.7, 0.3 * Math.min(apart(value), apart(booking)));
}

/** Whether an id survived the booking, as far as this kind may at this bank. */
function hasSameId({ memory }: Comparison, was: Evidence, row: Evidence): boolean {
  return ID_KINDS.some(
    (kind) =>
      was.ids[kind] !== undefined &&
      was.ids[kind] === row.ids[kind] &&
      trustIn(memory, "booking", kind) !== "silent" &&
      trustIn(memory, "announced", kind) !== "silent",
  );
}
