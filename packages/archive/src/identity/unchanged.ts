import { besideOf } from "./beside.ts";
import { type Candidate, type Comparison, recognise, type Sighting } from "./comparison.ts";
import { ID_KINDS, usableId } from "./evidence.ts";
import { trustIn } from "./ids.ts";
import { areApart } from "./ruled.ts";
import { RULES } from "./rules.ts";

/**
 * Pairs the rows that are word for word as before. Of several equal transactions, those that are still shown come before
 * those that ended.
 */
export function recogniseUnchanged(comparison: Comparison): void {
  const { sightings, candidates } = comparison;
  const byContent = new Map<string, Candidate[]>();
  const add = (candidate: Candidate) => {
    const key = `${candidate.family} ${candidate.was?.content}`;
    const group = byContent.get(key);
    if (group === undefined) byContent.set(key, [candidate]);
    else group.push(candidate);
  };
  for (const family of ["booked", "announced"] as const)
    for (const candidate of besideOf(comparison, family)) add(candidate);
  for (const candidate of candidates) if (!candidate.isLive && candidate.isFree) add(candidate);
  for (const candidate of candidates.toReversed()) if (candidate.isLive && candidate.isFree) add(candidate);
  for (const sighting of sightings) {
    if (!sighting.isOpen) continue;
    const candidates = byContent.get(`${sighting.family} ${sighting.row.content}`);
    const candidate = candidates === undefined ? undefined : takeLast(candidates, sighting);
    if (candidate !== undefined)
      recognise(sighting, candidate, { rule: RULES.unchanged, cost: 0, certain: true });
  }
}

/** Takes the last one that the row may be. What the user called another one, too, is only what it has been until now. */
function takeLast(candidates: Candidate[], sighting: Sighting): Candidate | undefined {
  const isElse = sighting.ruled !== undefined && sighting.ruled.whole.candidates.size > 0;
  const at = candidates.findLastIndex(
    (one) => sighting.mayBe(one) && (!isElse || (one.isLive && one.notes.missed === undefined)),
  );
  return at === -1 ? undefined : candidates.splice(at, 1)[0];
}

/**
 * Finds rows that repeat another one of the response word for word, as if two pages overlapped. Without an id that tells
 * them apart, two equal rows are two payments.
 */
export function findRepeats(comparison: Comparison): void {
  const first = new Map<string, Sighting>();
  for (const sighting of comparison.sightings) {
    const key = `${sighting.family} ${sighting.row.content}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, sighting);
    else if (
      sighting.isOpen &&
      !areApart(sighting.ruled, other.ruledSoFar) &&
      hasOwnId(sighting, comparison)
    ) {
      Object.assign(sighting, { repeats: other, rule: RULES.repeated });
    }
  }
}

/** Whether an id of the row is one that no other transaction has, as far as is known. */
function hasOwnId({ row, family }: Sighting, { memory, sharedIds }: Comparison): boolean {
  return ID_KINDS.some((kind) => {
    const id = usableId(row.entry.ids[kind]);
    if (id === null || sharedIds.has(`${family} ${kind} ${id}`)) return false;
    const record = memory.ids.get(`${family} ${kind}`);
    if (record !== undefined && record.shared > 0.2 * (record.kept + record.changed + record.shared))
      return false;
    // Some banks give all that is pending one id, and there may be no third one that shows it.
    return family === "booked" || trustIn(memory, family, kind) === "proven";
  });
}
