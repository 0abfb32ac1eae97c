import { areApart } from "./apart.ts";
import { type Candidate, recognise, type Sighting } from "./comparison.ts";
import type { Evidence } from "./evidence.ts";
import { grouped } from "./matching.ts";
import type { Rule } from "./rules.ts";

/** What is to be paired, and what a pair costs. */
export interface Pairing {
  readonly candidates: readonly Candidate[];
  readonly sightings: readonly Sighting[];
  /** Only what has a key in common is compared. */
  readonly keysOf: (evidence: Evidence) => readonly string[];
  /** Null if they cannot be the same. */
  readonly cost: (candidate: Candidate, sighting: Sighting) => number | null;
  readonly ruleOf: (candidate: Candidate, sighting: Sighting) => Rule;
}

export interface Pair {
  candidate: Candidate;
  sighting: Sighting;
  cost: number;
}

/** A pair that costs more is none. */
const MOST_COST = 3;
/** A pair is certain if it costs less, and the next rival costs more by as much. */
const CERTAIN = { cost: 1.3, margin: 0.4 };
/** How many of those with a key in common are compared with a row: the ones nearest in time. */
const MOST_COMPARED = 24;

/** Recognises rows as transactions, one to one, the cheapest pair first. Returns the pairs. */
export function cheapestPairs(pairing: Pairing): Pair[] {
  const pairs = possiblePairs(pairing);
  const chosen = chosenOf(pairs);
  exchange(chosen, pairs);
  const costs = new Map<Candidate | Sighting, number>();
  for (const { candidate, sighting, cost } of chosen) costs.set(candidate, cost).set(sighting, cost);
  const rivals = grouped(pairs, ({ candidate, sighting }) => [
    candidate.id,
    `${sighting.family} ${sighting.row.position}`,
  ]);
  for (const pair of chosen) {
    const { candidate, sighting, cost } = pair;
    const others = [
      ...(rivals.get(candidate.id) ?? []),
      ...(rivals.get(`${sighting.family} ${sighting.row.position}`) ?? []),
    ];
    const certain = cost < CERTAIN.cost && !others.some((other) => isRival(other, pair, costs));
    recognise(sighting, candidate, { rule: pairing.ruleOf(candidate, sighting), cost, certain });
  }
  return chosen;
}

export function possiblePairs({ candidates, sightings, keysOf, cost }: Pairing): Pair[] {
  if (candidates.length === 0 || sightings.length === 0) return [];
  const byKey = grouped(candidates, ({ evidence }) => keysOf(evidence));
  for (const group of byKey.values())
    if (group.length > MOST_COMPARED) group.sort((a, b) => dayIn(a.evidence) - dayIn(b.evidence));
  const pairs: Pair[] = [];
  for (const sighting of sightings) {
    const near = new Set(
      keysOf(sighting.evidence).flatMap((key) => nearest(byKey.get(key) ?? [], dayIn(sighting.evidence))),
    );
    for (const candidate of near) {
      if (areApart(sighting, candidate)) continue;
      const one = cost(candidate, sighting);
      if (one !== null && one <= MOST_COST) pairs.push({ candidate, sighting, cost: one });
    }
  }
  return pairs.sort((a, b) => a.cost - b.cost);
}

export function chosenOf(pairs: readonly Pair[]): Pair[] {
  const used = new Set<Candidate | Sighting>();
  const chosen: Pair[] = [];
  for (const pair of pairs) {
    if (used.has(pair.candidate) || used.has(pair.sighting)) continue;
    used.add(pair.candidate).add(pair.sighting);
    chosen.push({ ...pair });
  }
  return chosen;
}

/** Beyond this many pairs nothing is exchanged, as that takes quadratic time; a response has a few. */
const MOST_EXCHANGED = 200;

/** Exchanges the rows of two pairs wherever both together are cheaper then. */
function exchange(chosen: Pair[], possible: readonly Pair[]): void {
  if (chosen.length > MOST_EXCHANGED) return;
  const costs = new Map<Candidate, Map<Sighting, number>>();
  for (const { candidate, sighting, cost } of possible) {
    const own = costs.get(candidate) ?? new Map<Sighting, number>();
    costs.set(candidate, own.set(sighting, cost));
  }
  for (const a of chosen) {
    for (const b of chosen) {
      const first = costs.get(a.candidate)?.get(b.sighting);
      const second = costs.get(b.candidate)?.get(a.sighting);
      if (a === b || first === undefined || second === undefined) continue;
      if (first + second >= a.cost + b.cost - 1e-9) continue;
      [a.sighting, b.sighting] = [b.sighting, a.sighting];
      [a.cost, b.cost] = [first, second];
    }
  }
}

/** Whether another pair was nearly as likely. What has a better partner of its own is no rival, nor is a twin. */
function isRival(
  other: Pair,
  { candidate, sighting, cost }: Pair,
  costs: ReadonlyMap<Candidate | Sighting, number>,
): boolean {
  if (other.candidate === candidate && other.sighting === sighting) return false;
  if (other.cost >= cost + CERTAIN.margin) return false;
  const [one, twin] =
    other.candidate === candidate ? [other.sighting, sighting] : [other.candidate, candidate];
  if (areTwins(one.evidence, twin.evidence)) return false;
  return (costs.get(one) ?? Number.POSITIVE_INFINITY) > other.cost - CERTAIN.margin / 2;
}

function areTwins(one: Evidence, other: Evidence): boolean {
  return (
    one.money === other.money &&
    one.first === other.first &&
    one.last === other.last &&
    one.who === other.who &&
    one.text === other.text
  );
}

function dayIn({ value, booking }: Evidence): number {
  return value ?? booking ?? 0;
}

/** Of a group sorted by day, those around a day. */
function nearest(group: readonly Candidate[], day: number): readonly Candidate[] {
  if (group.length <= MOST_COMPARED) return group;
  let [low, high] = [0, group.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = group[middle];
    if (one !== undefined && dayIn(one.evidence) < day) low = middle + 1;
    else high = middle;
  }
  const start = Math.max(0, Math.min(low - MOST_COMPARED / 2, group.length - MOST_COMPARED));
  return group.slice(start, start + MOST_COMPARED);
}
