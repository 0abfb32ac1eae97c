/**
 * Pending entries that are still shown beside their booked form: at first only a suspicion, which a later response confirms,
 * because the pending one is gone and nothing else took its place, or refutes.
 */

import { mustNotMerge } from "./apart.ts";
import type { Candidate, Comparison, Settled, Sighting } from "./comparison.ts";
import { overlap } from "./evidence.ts";
import { learnAmount, lingers } from "./habits.ts";
import type { Move } from "./model.ts";
import type { Suspicion } from "./notes.ts";
import { chosenOf, possiblePairs } from "./pairs.ts";
import { RULES } from "./rules.ts";
import { costOfSettling, hasSameId, settlingKeys } from "./settle-cost.ts";

/** A pending entry is shown for at most so many days beside its booked form. */
const LONGEST_BESIDE = 4;

/** Suspects what is still pending of being what has just been booked without a past. */
export function suspect(comparison: Comparison, created: readonly Candidate[]): void {
  const still = comparison.candidates.filter(({ sighting }) => sighting?.row.status === "pending");
  const byRow = new Map(
    created.flatMap((one) => (one.sighting && one.family === "booked" ? [[one.sighting, one] as const] : [])),
  );
  const pairs = possiblePairs({
    candidates: still,
    sightings: [...byRow.keys()],
    keysOf: settlingKeys,
    cost: (candidate, sighting) => costBeside(comparison, candidate, sighting),
    ruleOf: () => RULES.lingered,
  });
  for (const { candidate, sighting, cost } of chosenOf(pairs)) {
    const booked = byRow.get(sighting);
    if (booked === undefined || mustNotMerge(candidate, booked)) continue;
    if (!yields(comparison, candidate, cost)) continue;
    booked.notes.suspect = { pending: candidate.id, until: comparison.day + LONGEST_BESIDE, cost };
  }
}

function costBeside(comparison: Comparison, candidate: Candidate, { evidence }: Sighting): number | null {
  const cost = costOfSettling(comparison, candidate, evidence);
  // What is booked on the day of the purchase is rarely final.
  return cost === null ? null : cost + (evidence.booking === evidence.value ? 0.4 : 0);
}

/** What is pending beside a later booked entry was not the earlier one. Whether the earlier suspicion yields to this one. */
function yields({ candidates }: Comparison, pending: Candidate, cost: number): boolean {
  for (const one of suspecting(candidates)) {
    if (one.notes.suspect?.pending !== pending.id) continue;
    if (one.notes.suspect.cost < cost - 0.3) return false;
    delete one.notes.suspect;
  }
  return true;
}

/** Confirms and refutes what was suspected. Returns what turned out to be the same. */
export function confirmSuspicions(comparison: Comparison): Move[] {
  const byId = new Map(comparison.candidates.map((one) => [one.id, one]));
  const confirmed: [Candidate, Candidate, Suspicion][] = [];
  for (const booked of suspecting(comparison.candidates)) {
    const suspicion = booked.notes.suspect;
    if (suspicion === undefined) continue;
    const pending = byId.get(suspicion.pending);
    if (pending === undefined || pending.status === "booked" || mustNotMerge(pending, booked))
      delete booked.notes.suspect;
    else if (pending.isFree) {
      if (!suspicion.gone) {
        comparison.memory.beside.lingered += 1;
        booked.notes.suspect = { ...suspicion, gone: true };
      }
      confirmed.push([booked, pending, suspicion]);
    } else if (comparison.day > suspicion.until) delete booked.notes.suspect;
    else if (suspicion.gone)
      booked.notes.suspect = { pending: suspicion.pending, until: suspicion.until, cost: suspicion.cost };
  }
  const isUsual = lingers(comparison.memory);
  return confirmed.flatMap(([booked, pending, { cost }]) => {
    if (!isUsual && !isAlike(comparison, pending, booked)) return [];
    delete booked.notes.suspect;
    return pending.mergedInto === undefined ? [merge(comparison, { pending, booked, cost })] : [];
  });
}

/** Whether two that were shown side by side are so much alike that this has to be no habit of the bank. */
function isAlike({ memory }: Comparison, { evidence: was }: Candidate, booked: Candidate): boolean {
  const row = booked.sighting?.evidence ?? booked.evidence;
  const isSameDay = was.value !== null && was.value === row.value;
  return (
    was.money === row.money &&
    (hasSameId(memory, was, row) || (isSameDay && overlap(was.words, row.words) >= 0.5))
  );
}

function merge(
  comparison: Comparison,
  { pending, booked, cost }: { pending: Candidate; booked: Candidate; cost: number },
): Move {
  learnAmount(comparison, pending.evidence, booked.sighting?.evidence ?? booked.evidence);
  pending.mergedInto = booked;
  const certain = cost < 0.8 && lingers(comparison.memory);
  booked.certain &&= certain;
  return { from: pending.id, into: booked.id, rows: "all", rule: RULES.lingered, cost, certain };
}

function suspecting(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(
    ({ was, notes }) => (was === null || was.notes !== null) && notes.suspect !== undefined,
  );
}

/**
 * Booked twice, taken back once: what was pending belongs to the one that stays. Until then nobody can know, so the link may be
 * with the other one.
 */
export function correctTakenBack({ candidates }: Comparison, missing: readonly Candidate[]): Move[] {
  const byId = new Map(candidates.map((one) => [one.id, one]));
  return missing.flatMap((gone) => {
    const twin = gone.was?.notes ? byId.get(gone.notes.double ?? "") : undefined;
    if (twin === undefined || twin.isFree || mustNotMerge(gone, twin)) return [];
    delete gone.notes.double;
    return [
      {
        from: gone.id,
        into: twin.id,
        rows: "pending" as const,
        rule: RULES.takenBack,
        cost: 1,
        certain: false,
      },
    ];
  });
}

/** Remembers of what was just booked twice which of the two has a past. */
export function noteDoubles(settled: readonly Settled[], created: readonly Candidate[]): void {
  for (const { candidate, sighting } of settled) {
    const { money, booking, value, who } = sighting.evidence;
    const twin = created.find(
      ({ family, evidence: e }) =>
        family === "booked" &&
        e.money === money &&
        e.booking === booking &&
        e.value === value &&
        e.who === who,
    );
    if (twin !== undefined) candidate.notes.double = twin.id;
  }
}
