import { isHiccup, missingIn, noteMissing } from "./absence.ts";
import { recogniseAdjusted, recogniseAnnounced, recogniseRedated } from "./announced.ts";
import { gatherBeside, recallBeside } from "./beside.ts";
import { recogniseBooked, recogniseCorrected, recogniseMoved } from "./booked.ts";
import { Candidate, type Comparison, comparisonOf, ruledOf, type Sighting } from "./comparison.ts";
import { usableId } from "./evidence.ts";
import { datesAnew } from "./habits.ts";
import { learnIds, sharedIdsOf } from "./ids.ts";
import { confirmSuspicions, correctTakenBack, noteDoubles, suspect } from "./lingering.ts";
import { grouped } from "./matching.ts";
import { jsonOf } from "./memory.ts";
import type { Known, Move, Reading, Recognition, Response, Row } from "./model.ts";
import { confirmRepeated, notePerhapsRepeated } from "./repeated.ts";
import { isDecided } from "./ruled.ts";
import { RULES } from "./rules.ts";
import { heedRulings, holdBack, spreadRulings } from "./rulings.ts";
import { recogniseSettled, recogniseSettledExactly } from "./settle.ts";
import { findRepeats, recogniseUnchanged } from "./unchanged.ts";
import { type Window, windowOf } from "./window.ts";

/**
 * Tells for each row of a response which transaction it is, from the surest evidence to the weakest. Pure: the same response
 * and the same knowledge give the same reading.
 *
 * @param newId gives the id of the transaction that a row creates
 */
export function readResponse(response: Response, known: Known, newId: (row: Row) => string): Reading {
  const comparison = comparisonOf(response, known);
  const window = windowOf(comparison);
  recallBeside(comparison);
  heedRulings(comparison);
  recogniseUnchanged(comparison);
  spreadRulings(comparison);
  comparison.isShort = isHiccup(comparison, missingIn(comparison, window));
  if (comparison.sightings.some(({ isOpen }) => isOpen)) recogniseChanged(comparison, window);
  const created = createNew(comparison, newId);
  noteDoubles(comparison.settled, created);
  gatherBeside(comparison);
  const moves = readAbsence(comparison, window, created);
  return readingOf(comparison, known, [...comparison.ruledMoves, ...moves]);
}

/** Recognises the rows that are not word for word as before, the surest evidence first. */
function recogniseChanged(comparison: Comparison, window: Window): void {
  comparison.sharedIds = sharedIdsOf(comparison.sightings);
  findRepeats(comparison);
  recogniseBooked(comparison, window);
  recogniseAnnounced(comparison);
  spreadRulings(comparison);
  holdBack(comparison);
  recogniseSettledExactly(comparison, window);
  recogniseRedated(comparison);
  recogniseSettled(comparison, window);
  recogniseAdjusted(comparison);
  recogniseMoved(comparison, window);
  recogniseCorrected(comparison, window);
}

/** What it means that something is not shown. */
function readAbsence(comparison: Comparison, window: Window, created: readonly Candidate[]): Move[] {
  const missing = missingIn(comparison, window);
  const moves = comparison.isShort
    ? []
    : [
        ...confirmRepeated(comparison),
        ...confirmSuspicions(comparison),
        ...correctTakenBack(
          comparison,
          missing.filter(({ mergedInto }) => mergedInto === undefined),
        ),
      ];
  suspect(comparison, created);
  noteMissing(
    comparison,
    missing.filter(({ mergedInto }) => mergedInto === undefined),
  );
  return moves;
}

function createNew(comparison: Comparison, newId: (row: Row) => string): Candidate[] {
  const { sightings, candidates, today } = comparison;
  const created: Candidate[] = [];
  markDoubles(comparison);
  for (const sighting of sightings) {
    if (!sighting.isOpen) continue;
    const candidate = new Candidate(newId(sighting.row), null, sighting, today);
    sighting.candidate = candidate;
    if (sighting.ruled !== undefined) ruledOf(candidate).join(sighting.ruled);
    created.push(candidate);
    if (sighting.family === "announced") notePurchase(comparison, candidate);
  }
  candidates.push(...created);
  if (created.length > 0) notePerhapsRepeated(comparison);
  return created;
}

/** New entries that have the id and the amount of another row of the response may be the same ones again. */
function markDoubles({ sightings }: Comparison): void {
  const byId = grouped(sightings, ({ family, row: { entry } }) => {
    const id = family === "booked" ? usableId(entry.ids.transactionId) : null;
    return id === null ? [] : [`${id} ${entry.amount} ${entry.currency}`];
  });
  for (const alike of byId.values()) {
    if (alike.length !== 2 || isDecided(alike[0]?.ruledSoFar, alike[1]?.ruledSoFar)) continue;
    for (const sighting of alike)
      if (sighting.isOpen) Object.assign(sighting, { rule: RULES.possibleDouble, certain: false });
  }
}

/** When it was bought, if its date does not tell. */
function notePurchase({ memory, before, day }: Comparison, candidate: Candidate): void {
  const isUndated = candidate.evidence.value === null;
  if (isUndated || datesAnew(memory) === "yes")
    candidate.notes.bought = { from: Math.max((before ?? day - 5) + 1, day - 30), to: day };
}

function readingOf(comparison: Comparison, known: Known, moves: readonly Move[]): Reading {
  const { candidates, sightings, memory, day, response } = comparison;
  const changed = candidates.flatMap((one) => (one.mergedInto === undefined ? (one.changed() ?? []) : []));
  const isNews = changed.length > 0 || moves.length > 0 || memory.handle !== response.handle;
  if (isNews) {
    learnIds(comparison);
    for (const sighting of sightings) {
      // The evidence of most rows has not been read, and need not be.
      if (sighting.row.status !== "pending" || !sighting.candidate?.was) continue;
      const { value } = sighting.evidence;
      if (value !== null && value < day - 1) memory.pendingDate.kept += 1;
    }
    Object.assign(memory, { day, handle: response.handle });
  }
  return {
    recognitions: sightings.map(recognitionOf),
    moves,
    changed,
    memory: isNews ? jsonOf(memory) : known.memory,
  };
}

function recognitionOf({ candidate, repeats, rule, cost, certain }: Sighting): Recognition {
  const transaction = candidate?.main.id ?? repeats?.candidate?.main.id;
  if (transaction === undefined) throw new TypeError("A row was left over.");
  return { transaction, rule, cost, certain };
}
