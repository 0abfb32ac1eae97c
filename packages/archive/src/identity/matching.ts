import { areApart } from "./apart.ts";
import { type Candidate, type Comparison, type Judgement, recognise, type Sighting } from "./comparison.ts";
import type { Evidence } from "./evidence.ts";

/** A way in which rows and transactions can agree. */
export interface Agreement extends Judgement {
  /** Agreeing rows and transactions have a key in common. */
  readonly keysOf: (evidence: Evidence) => readonly string[];
  /** Whether they can be the same, although they agree. */
  readonly allows?: (candidate: Candidate, sighting: Sighting) => boolean;
}

/** How many transactions with the same key are tried before a row is left for another agreement. */
const MOST_TRIED = 16;

/** Pairs rows with free transactions that agree, one to one and in order: of n and m alike, the smaller number. */
export function pairAgreeing(
  sightings: readonly Sighting[],
  candidates: readonly Candidate[],
  agreement: Agreement,
): void {
  const byKey = grouped(
    candidates.filter(({ isFree }) => isFree),
    ({ evidence }) => agreement.keysOf(evidence),
  );
  if (byKey.size === 0) return;
  for (const sighting of sightings) {
    if (!sighting.isOpen) continue;
    const candidate = firstAllowed(sighting, byKey, agreement);
    if (candidate !== undefined) recognise(sighting, candidate, agreement);
  }
}

function firstAllowed(
  sighting: Sighting,
  byKey: ReadonlyMap<string, Candidate[]>,
  { keysOf, allows }: Agreement,
): Candidate | undefined {
  for (const key of keysOf(sighting.evidence)) {
    const candidates = byKey.get(key);
    if (candidates === undefined) continue;
    while (candidates[0] !== undefined && !candidates[0].isFree) candidates.shift();
    const found = candidates
      .slice(0, MOST_TRIED)
      .find(
        (one) => one.isFree && !areApart(sighting, one) && (allows === undefined || allows(one, sighting)),
      );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Groups in order of appearance; one may be in several. */
export function grouped<T>(all: Iterable<T>, keysOf: (one: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    for (const key of keysOf(one)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [one]);
      else group.push(one);
    }
  }
  return groups;
}

/** The open rows of a response, of one family. */
export function openRows({ sightings }: Comparison, family: Sighting["family"]): Sighting[] {
  return sightings.filter((sighting) => sighting.family === family && sighting.isOpen);
}

/** The transactions of a family that no row has been recognised as. */
export function freeOf({ candidates }: Comparison, family: Candidate["family"]): Candidate[] {
  return candidates.filter((candidate) => candidate.family === family && candidate.isFree);
}
