import { areApart, areApartRows } from "./apart.ts";
import { type Candidate, type Comparison, recognise, type Sighting } from "./comparison.ts";
import { ID_KINDS, usableId } from "./evidence.ts";
import { trustIn } from "./ids.ts";
import { RULES } from "./rules.ts";

/**
 * Pairs the rows that are word for word as before. Of several equal transactions, those that are still shown come before
 * those that ended.
 */
export function recogniseUnchanged({ sightings, candidates }: Comparison): void {
  const byContent = new Map<string, Candidate[]>();
  const add = (candidate: Candidate) => {
    const key = `${candidate.family} ${candidate.was?.content}`;
    const group = byContent.get(key);
    if (group === undefined) byContent.set(key, [candidate]);
    else group.push(candidate);
  };
  for (const candidate of candidates) if (!candidate.isLive && candidate.isFree) add(candidate);
  for (const candidate of candidates.toReversed()) if (candidate.isLive && candidate.isFree) add(candidate);
  for (const sighting of sightings) {
    if (!sighting.isOpen) continue;
    const alike = byContent.get(`${sighting.family} ${sighting.row.content}`) ?? [];
    const at = alike.findLastIndex((one) => !areApart(sighting, one));
    const [candidate] = at === -1 ? [] : alike.splice(at, 1);
    if (candidate !== undefined)
      recognise(sighting, candidate, { rule: RULES.unchanged, cost: 0, certain: true });
  }
}

/**
 * Finds rows that repeat another one of the response word for word, as if two pages overlapped. Without an id that tells
 * them apart, two equal rows are two payments.
 */
export function findRepeats(comparison: Comparison): void {
  const first = new Map<string, Sighting>();
  for (const sighting of comparison.sightings) {
    const key = `${sighting.family} ${sighting.row.content}`;
    const other = first.get(key)?.origin;
    if (other === undefined) first.set(key, sighting);
    else if (
      other !== sighting &&
      sighting.isOpen &&
      !areApartRows(sighting, other) &&
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
