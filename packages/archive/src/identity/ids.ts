/**
 * Ids are evidence, not identity: each kind is believed as far as it was kept at this bank, among booked rows, among
 * announced ones, and from one to the other.
 */
import type { Candidate, Comparison, Family, Sighting } from "./comparison.ts";
import { type Evidence, ID_KINDS, type IdKind } from "./evidence.ts";
import { type IdPlace, idRecord, type Memory } from "./memory.ts";

/** How far an id of a kind can be believed: `silent` ones say nothing, `proven` ones contradict if they differ. */
export type Trust = "silent" | "unproven" | "proven";

const MOST_CHANGED = 0.02;
const MOST_SHARED = 0.2;
/** How often an id must have been kept before another one means another transaction. */
const PROOF = 10;

export function trustIn(memory: Memory, place: IdPlace, kind: IdKind): Trust {
  const record = memory.ids.get(`${place} ${kind}`);
  if (record === undefined) return "unproven";
  const { kept, changed, shared } = record;
  if (changed > MOST_CHANGED * (kept + changed) || shared > MOST_SHARED * (kept + changed + shared))
    return "silent";
  return kept >= PROOF ? "proven" : "unproven";
}

/** The ids that stand at rows of different content in the response. */
export function sharedIdsOf(sightings: readonly Sighting[]): ReadonlySet<string> {
  const contents = new Map<string, string>();
  const shared = new Set<string>();
  for (const { row, family } of sightings) {
    for (const kind of ID_KINDS) {
      const id = row.entry.ids[kind]?.trim();
      if (!id) continue;
      const key = `${family} ${kind} ${id}`;
      const content = contents.get(key);
      if (content === undefined) contents.set(key, row.content);
      else if (content !== row.content) shared.add(key);
    }
  }
  return shared;
}

/** The ids that tell one transaction from another in this response, as keys. */
export function tellingIds(
  { ids }: Evidence,
  family: Family,
  { memory, renewedIds, sharedIds }: Pick<Comparison, "memory" | "renewedIds" | "sharedIds">,
): string[] {
  const keys: string[] = [];
  for (const kind of ID_KINDS) {
    const id = ids[kind];
    if (id === undefined || renewedIds.has(kind) || sharedIds.has(`${family} ${kind} ${id}`)) continue;
    if (trustIn(memory, family, kind) !== "silent") keys.push(`${kind} ${id}`);
  }
  return keys;
}

/** Whether ids that were always kept tell a row from a transaction. */
export function contradict(one: Evidence, other: Evidence, place: IdPlace, comparison: Comparison): boolean {
  if (comparison.isReconnected) return false;
  let differs = false;
  for (const kind of ID_KINDS) {
    const [mine, theirs] = [one.ids[kind], other.ids[kind]];
    if (mine === undefined || theirs === undefined || comparison.renewedIds.has(kind)) continue;
    const trust = trustIn(comparison.memory, place, kind);
    if (trust === "silent") continue;
    if (mine === theirs) return false;
    if (trust === "proven") differs = true;
  }
  return differs;
}

const FEWEST_RENEWED = 3;
const RENEWED_PER_KEPT = 4;

/**
 * Finds the kinds of id that were all renewed at once: in pairs that content alone makes, at least three differ, and four
 * for each that is as before.
 */
export function findRenewedIds(
  comparison: Comparison,
  pairs: Iterable<readonly [Candidate, Sighting]>,
): void {
  const differing = new Map<IdKind, number>();
  for (const [candidate, sighting] of pairs) {
    for (const kind of ID_KINDS) {
      const [before, after] = [candidate.evidence.ids[kind], sighting.evidence.ids[kind]];
      if (before !== undefined && after !== undefined && before !== after)
        differing.set(kind, (differing.get(kind) ?? 0) + 1);
    }
  }
  for (const [kind, count] of differing) {
    if (count < FEWEST_RENEWED) continue;
    const kept = comparison.sightings.filter(
      ({ candidate, row }) =>
        candidate?.was?.content === row.content && row.status === "booked" && row.entry.ids[kind],
    ).length;
    if (count >= RENEWED_PER_KEPT * kept) comparison.renewedIds.add(kind);
  }
}

/** Remembers which ids were kept, changed and shared in a response that says something new. */
export function learnIds(comparison: Comparison): void {
  const { memory, sightings, renewedIds, sharedIds } = comparison;
  for (const { row, family, candidate } of sightings) {
    for (const kind of ID_KINDS) {
      const id = row.entry.ids[kind]?.trim();
      if (!id) continue;
      if (sharedIds.has(`${family} ${kind} ${id}`)) idRecord(memory, family, kind).shared += 1;
      const was = candidate?.was;
      if (!was) continue;
      const place = was.list === "booked" || family !== "booked" ? family : "booking";
      const isUnchanged = was.content === row.content;
      const before = isUnchanged ? id : candidate.evidence.ids[kind];
      if (before === undefined) continue;
      if (before === id) idRecord(memory, place, kind).kept += 1;
      else if (!renewedIds.has(kind) || trustIn(memory, place, kind) !== "proven")
        idRecord(memory, place, kind).changed += 1;
    }
  }
}
