/**
 * Old entries of which a response shows one more than is known, without an id of their own: a second payment that was told
 * late, or one that is listed twice, as where two pages overlap. Which of both it is, only later responses tell: until then it
 * is kept as a transaction, so that nothing is lost.
 */

import { mustNotMerge } from "./apart.ts";
import { type Candidate, type Comparison, recognise } from "./comparison.ts";
import type { Move } from "./model.ts";
import { RULES } from "./rules.ts";

/** Banks tell second payments within so many days, and repeat what is older, as that is on a later page. */
const OLD = 5;
/** So many responses show a second payment, but hardly ever the same entry twice. */
const ENOUGH = 3;

/** Notes which new entries may only be listed twice. */
export function notePerhapsRepeated({ sightings, day }: Comparison): void {
  const booked = sightings.filter(({ family, candidate }) => family === "booked" && candidate !== undefined);
  const first = new Map<string, Candidate>();
  for (const { row, candidate } of [
    ...booked.filter(({ candidate: one }) => one?.was !== null),
    ...booked.filter(({ candidate: one }) => one?.was === null),
  ]) {
    const other = first.get(row.content);
    if (candidate === undefined) continue;
    if (other === undefined) first.set(row.content, candidate);
    else if (candidate.was === null && isOld(candidate, day) && !mustNotMerge(candidate, other)) {
      candidate.notes.repeats = { of: other.id, shown: 1 };
      candidate.certain = false;
      Object.assign(candidate.sighting ?? {}, { rule: RULES.possibleDouble, certain: false });
    }
  }
}

function isOld({ evidence: { last } }: Candidate, day: number): boolean {
  return last !== null && day - last >= OLD;
}

/**
 * Confirms what is shown again, and returns what was only listed twice: one of both is gone, and the other is not, so that the
 * response reaches there.
 */
export function confirmRepeated({ candidates }: Comparison): Move[] {
  const byId = new Map(candidates.map((one) => [one.id, one]));
  const moves: Move[] = [];
  for (const candidate of candidates) {
    const { repeats } = candidate.was?.notes ? candidate.notes : {};
    const twin = repeats === undefined ? undefined : byId.get(repeats.of);
    if (repeats === undefined) continue;
    if (twin === undefined || twin.mergedInto !== undefined || mustNotMerge(candidate, twin))
      delete candidate.notes.repeats;
    else if (candidate.sighting !== undefined && twin.sighting !== undefined) confirm(candidate, repeats);
    else moves.push(...merged(candidate, twin));
  }
  return moves;
}

/** Makes one of both, if one of them is still shown: the one that came first stays. */
function merged(candidate: Candidate, twin: Candidate): Move[] {
  const sighting = twin.sighting ?? candidate.sighting;
  if (sighting === undefined) return [];
  if (twin.sighting === undefined) {
    recognise(sighting, twin, { rule: RULES.repeated, cost: 0.5, certain: true });
    candidate.sighting = undefined;
  }
  candidate.mergedInto = twin;
  const how = { rule: RULES.repeated, cost: 0.5, certain: true } as const;
  return [{ from: candidate.id, into: twin.id, rows: "all", ...how }];
}

function confirm(candidate: Candidate, { of, shown }: { of: string; shown: number }): void {
  if (shown + 1 < ENOUGH) candidate.notes.repeats = { of, shown: shown + 1 };
  else {
    delete candidate.notes.repeats;
    candidate.certain = true;
  }
}
