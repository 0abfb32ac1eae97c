/**
 * Transactions that the bank shows as several rows at once, as the user said: a pending entry that stays beside its booked form,
 * or one that is listed twice. Each of the other rows is recognised like a transaction of its own.
 */
import { Candidate, type Comparison, type Judgement, recognise, type Sighting } from "./comparison.ts";
import { learnAmount } from "./habits.ts";
import { jsonOfNotes, type Notes, notesFrom, type ShownBeside } from "./notes.ts";
import { RULES } from "./rules.ts";

/** Another row is remembered until it is not shown for so many days, and in two responses. */
const DAYS_REMEMBERED = 14;
const RESPONSES_REMEMBERED = 2;
/** So many other rows of a transaction are remembered. */
const MOST_BESIDE = 8;

const DECIDED = { rule: RULES.decided, cost: 0, certain: true } as const satisfies Judgement;

/** Adds the other rows as which the known transactions are shown. */
export function recallBeside({ candidates, today }: Comparison): void {
  for (const main of candidates) {
    const { was } = main;
    // The notes of most are not read.
    if (was === null || was.notes?.includes('"beside"') !== true) continue;
    for (const { missed, ...row } of main.notes.beside ?? []) {
      const notes = jsonOfNotes(missed === undefined ? {} : { missed });
      const status = row.list;
      addBeside(
        main,
        new Candidate(was.id, { id: was.id, status, certain: true, ...row, notes }, undefined, today),
      );
    }
  }
}

function addBeside(main: Candidate, other: Candidate): void {
  other.partOf = main;
  main.beside = [...main.beside, other];
}

/** Makes a transaction another row of one. */
export function mergeInto(comparison: Comparison, main: Candidate, other: Candidate): void {
  const at = comparison.candidates.indexOf(other);
  if (at !== -1) comparison.candidates.splice(at, 1);
  for (const one of other.beside) addBeside(main, one);
  other.beside = [];
  other.mergedInto = main;
  addBeside(main, other);
  main.certain &&= other.certain;
  comparison.ruledMoves.push({ from: other.id, into: main.id, rows: "all", ...DECIDED });
}

/** Makes a row that transaction, beside other rows that may be it as well. */
export function attach({ today }: Comparison, main: Candidate, sighting: Sighting): void {
  const { row, family } = sighting;
  const same = [main, ...main.beside].find(
    (one) => one.isFree && one.family === family && one.was?.content === row.content,
  );
  if (same !== undefined) recognise(sighting, same, DECIDED);
  else if (main.isFree && (family === "booked" || main.family !== "booked")) {
    if (main.was !== null) addBeside(main, new Candidate(main.id, main.was, undefined, today));
    recognise(sighting, main, DECIDED);
  } else {
    const other = new Candidate(main.id, null, undefined, today);
    addBeside(main, other);
    recognise(sighting, other, DECIDED);
  }
}

/** The free rows beside the transactions of a family. */
export function besideOf({ candidates }: Comparison, family: Candidate["family"]): Candidate[] {
  return candidates.flatMap(({ beside }) => beside.filter((one) => one.isFree && one.family === family));
}

/** Tells which of its rows says what a transaction is, and remembers the others. */
export function gatherBeside(comparison: Comparison): void {
  for (const sighting of comparison.sightings) {
    const main = sighting.rule === RULES.decided ? sighting.repeats?.candidate?.main : undefined;
    if (main === undefined) continue;
    sighting.repeats = undefined;
    attach(comparison, main, sighting);
  }
  for (const main of comparison.candidates) {
    if (main.beside.length === 0) continue;
    chooseRow(comparison, main);
    learnFrom(comparison, main);
    main.certain &&= main.beside.every(({ certain }) => certain);
    if (main.isShown && main.was?.notes) delete main.notes.missed;
    const others = main.beside.flatMap((one) => remembered(comparison, main, one) ?? []);
    if (others.length > 0) main.notes.beside = others.slice(-MOST_BESIDE);
    else if (main.was?.notes) delete main.notes.beside;
  }
}

/** A booked row says what a transaction is, even if the bank shows only the pending one at the moment. */
function chooseRow({ today }: Comparison, main: Candidate): void {
  const rankOf = ({ family, row }: Sighting) =>
    (family === "booked" ? 0 : 2) + (row.content === main.was?.content ? 0 : 1);
  const shown = [main, ...main.beside].flatMap(({ sighting }) => sighting ?? []);
  const [best] = shown.toSorted((a, b) => rankOf(a) - rankOf(b));
  if (best === undefined || best === main.sighting) return;
  if (main.isFree && main.isLive && main.family === "booked" && best.family !== "booked") return;
  const other = best.candidate;
  const displaced = main.sighting;
  main.beside = main.beside.filter((one) => one !== other);
  if (displaced !== undefined) {
    const row = new Candidate(main.id, null, displaced, today);
    displaced.candidate = row;
    addBeside(main, row);
  } else if (main.was !== null) addBeside(main, new Candidate(main.id, main.was, undefined, today));
  best.candidate = main;
  main.sighting = best;
  main.status = best.row.status;
  main.certain &&= best.certain;
}

/** Learns what the bank does from what the user said: all that is learnt of a booking without that. */
function learnFrom(comparison: Comparison, main: Candidate): void {
  const { was, sighting } = main;
  if (sighting?.rule !== RULES.decided || sighting.family !== "booked" || main.family === "booked") return;
  learnAmount(comparison, main.evidence, sighting.evidence);
  const lingers = main.beside.some((one) => !one.isFree && one.family !== "booked");
  comparison.memory.beside[lingers ? "lingered" : "direct"] += 1;
  if (was?.notes) delete main.notes.bought;
}

/** Another row as it is remembered; null if it is not any more. */
function remembered({ day, before }: Comparison, main: Candidate, one: Candidate): ShownBeside | null {
  if (one.sighting !== undefined) return asBeside(one.sighting.row, {});
  if (one.was === null) return null;
  const row = main.sighting?.row ?? main.was;
  const list = main.sighting?.row.status ?? main.was?.list;
  if (one.was.content === row?.content && one.was.list === list) return null;
  const missed = notesFrom(one.was.notes).missed ?? { since: before ?? day, times: 0 };
  const times = Math.min(RESPONSES_REMEMBERED, missed.times + 1);
  if (times === RESPONSES_REMEMBERED && day - missed.since >= DAYS_REMEMBERED) return null;
  const { list: status, content, entry } = one.was;
  return asBeside({ status, content, entry }, { missed: { since: missed.since, times } });
}

function asBeside(
  { status, content, entry }: Pick<Sighting["row"], "status" | "content" | "entry">,
  { missed }: Pick<Notes, "missed">,
): ShownBeside {
  const texts = { unstructured: null, structured: null, additional: null, note: null };
  return { list: status, content, entry: { ...entry, texts, raw: null }, ...(missed && { missed }) };
}
