/** What the user decided, which wins over every rule. */
import { attach, mergeInto } from "./beside.ts";
import {
  Candidate,
  type Comparison,
  type RuledRows,
  recognise,
  ruledOf,
  type Sighting,
} from "./comparison.ts";
import type { Ruling } from "./model.ts";
import { Ruled } from "./ruled.ts";
import { RULES } from "./rules.ts";

/**
 * Reads what the user decided, before any rule runs. Of decisions that contradict each
 * other the later one counts, so that the last one is heeded first.
 */
export function heedRulings(comparison: Comparison): void {
  const { rulings = [] } = comparison.response;
  if (rulings.length === 0) return;
  const byId = new Map(comparison.candidates.map((one) => [one.id, one]));
  for (const { isSame, one, other } of rulings.toReversed()) {
    const [first, second] = [meantBy(one, comparison, byId), meantBy(other, comparison, byId)];
    if (first === undefined || second === undefined) continue;
    if (!isSame && !first.isOneWith(second)) first.tellApartFrom(second);
    if (isSame && !first.isApartFrom(second)) first.join(second);
    comparison.ruled.push(first, second);
  }
  preferShown(comparison);
  for (const { candidates, sightings } of wholesOf(comparison))
    for (const sighting of sightings) recogniseUnder(sighting, candidates);
}

/** A row that is word for word as one of those that the user put together is that one, not another one that is alike. */
function recogniseUnder(sighting: Sighting, candidates: Iterable<Candidate>): void {
  const same = [...candidates]
    .flatMap((one) => [one, ...one.beside])
    .find(
      ({ isFree, family, was }) =>
        isFree && family === sighting.family && was?.content === sighting.row.content,
    );
  if (same !== undefined) recognise(sighting, same, { rule: RULES.unchanged, cost: 0, certain: true });
}

function meantBy(
  which: Ruling["one"],
  { sightings }: Comparison,
  byId: ReadonlyMap<string, Candidate>,
): RuledRows | undefined {
  const meant = typeof which === "string" ? byId.get(which) : sightings[which];
  if (meant === undefined) return undefined;
  if (meant instanceof Candidate) return ruledOf(meant);
  meant.ruled ??= new Ruled();
  meant.ruled.sightings.add(meant);
  return meant.ruled;
}

/** Of two that are alike and were told apart, the one that was shown last is shown again. */
function preferShown({ candidates }: Comparison): void {
  const isGone = ({ ruled, was }: Candidate) =>
    ruled !== undefined && was?.notes?.includes('"missed"') === true;
  const gone = candidates.filter(isGone);
  const others = candidates.filter((one) => !isGone(one));
  candidates.splice(0, candidates.length, ...others, ...gone);
}

/** Once one of several rows that are one transaction has been recognised, the others are it, too. */
export function spreadRulings(comparison: Comparison): void {
  for (const { candidates, sightings } of wholesOf(comparison)) {
    const known = [...candidates].filter(({ partOf }) => partOf === undefined);
    const [main, ...others] = byRank(known, comparison.candidates);
    if (main === undefined) continue;
    for (const other of others) mergeInto(comparison, main, other);
    for (const sighting of bookedFirst(sightings)) if (sighting.isOpen) attach(comparison, main, sighting);
  }
}

/**
 * Of rows that are one transaction and that nothing sure has recognised yet, only one takes part in what is less sure, or else they
 * could become different ones.
 */
export function holdBack(comparison: Comparison): void {
  for (const { sightings } of wholesOf(comparison)) {
    const [first, ...others] = bookedFirst(sightings).filter(({ isOpen }) => isOpen);
    for (const other of others) Object.assign(other, { repeats: first, rule: RULES.decided });
  }
}

function wholesOf({ ruled }: Comparison): Set<RuledRows> {
  return new Set(ruled.map(({ whole }) => whole));
}

/** The one that stays first: what is booked before what is pending, and of equal ones the earlier. */
function byRank(known: readonly Candidate[], all: readonly Candidate[]): Candidate[] {
  if (known.length < 2) return [...known];
  const places = new Map(all.map((one, at) => [one, at]));
  const rankOf = ({ isLive, family }: Candidate) => (isLive ? 0 : 2) + (family === "booked" ? 0 : 1);
  return known.toSorted((a, b) => rankOf(a) - rankOf(b) || (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

function bookedFirst(sightings: Iterable<Sighting>): Sighting[] {
  const rows = [...sightings];
  return [
    ...rows.filter(({ family }) => family === "booked"),
    ...rows.filter(({ family }) => family !== "booked"),
  ];
}
