/**
 * What the user decided, which wins over every rule: rows that are one transaction are made one before anything else is looked
 * at, and those that are not are never taken for one.
 */
import { areApart, areApartRows, mustNotMerge } from "./apart.ts";
import { type Candidate, type Comparison, recognise, type Sighting } from "./comparison.ts";
import { overlap } from "./evidence.ts";
import { grouped } from "./matching.ts";
import type { Move, Ruling } from "./model.ts";
import { RULES } from "./rules.ts";

const DECIDED = { rule: RULES.decided, cost: 0, certain: true } as const;

/** How many further wordings of one transaction are kept in mind: a pending one beside the booked one, and how it changed. */
const MOST_FACES = 8;

/** Obeys what is decided about rows of this response, and keeps apart what is to be kept apart. */
export function obeyRulings(comparison: Comparison): void {
  const { sightings, candidates } = comparison;
  const byId = new Map(candidates.map((one) => [one.id, one]));
  const rulings = latestOf(comparison.response.rulings ?? []);
  for (const { isSame, one, other } of rulings) if (!isSame) keepApart(comparison, byId, one, other);
  // If not all can be obeyed, the last ones are.
  for (const { isSame, one, other } of rulings.toReversed()) {
    if (!isSame) continue;
    const [a, b] = [
      typeof one === "number" ? sightings[one] : byId.get(one),
      typeof other === "number" ? sightings[other] : byId.get(other),
    ];
    if (a === undefined || b === undefined) continue;
    if ("row" in a && "row" in b) repeat(a, b);
    else if ("row" in a && !("row" in b)) unite(comparison, a, b);
    else if ("row" in b && !("row" in a)) unite(comparison, b, a);
  }
}

/** Of several rulings about the same two, the last one. */
function latestOf(rulings: readonly Ruling[]): Ruling[] {
  const latest = new Map<string, Ruling>();
  for (const ruling of rulings) {
    const pair = [ruling.one, ruling.other].map((end) => `${typeof end} ${end}`).sort();
    latest.delete(pair.join(" "));
    latest.set(pair.join(" "), ruling);
  }
  return [...latest.values()];
}

function keepApart(
  { sightings }: Comparison,
  byId: ReadonlyMap<string, Candidate>,
  one: Ruling["one"],
  other: Ruling["one"],
): void {
  for (const [end, opposite] of [
    [one, other],
    [other, one],
  ] as const) {
    const from = typeof end === "number" ? sightings[end] : byId.get(end);
    const to = typeof opposite === "number" ? sightings[opposite] : opposite;
    if (from === undefined || to === undefined) continue;
    from.apart ??= new Set();
    from.apart.add(to);
  }
}

/** Two rows of one response that are one transaction: the booked one, or else the first, is its row. */
function repeat({ origin: one }: Sighting, { origin: other }: Sighting): void {
  const isOtherFirst = other.family === "booked" && one.family !== "booked";
  // A row that is a known transaction already is never the one that repeats.
  const [main, again] = (isOtherFirst && one.isOpen) || !other.isOpen ? [other, one] : [one, other];
  if (main !== again && again.isOpen) Object.assign(again, { ...DECIDED, repeats: main });
}

/** A row that is a known transaction. If that is still shown as before, both are. */
function unite({ sightings }: Comparison, { origin: sighting }: Sighting, candidate: Candidate): void {
  if (!sighting.isOpen || candidate.mergedInto !== undefined) return;
  const isShown = sightings.some(
    (one) =>
      one !== sighting &&
      one.isOpen &&
      one.family === candidate.family &&
      one.row.content === candidate.was?.content,
  );
  const isBookedNow = sighting.family === "booked" && candidate.family === "announced";
  if (candidate.isFree && (isBookedNow || (sighting.family === candidate.family && !isShown))) {
    if (isBookedNow && candidate.was !== null)
      addFace(candidate, faceOf(candidate.family, candidate.was.content));
    recognise(sighting, candidate, DECIDED);
    delete candidate.notes.bought;
  } else show(sighting, candidate);
}

/** A row that is a transaction beside the row by which that is known. */
function show(sighting: Sighting, candidate: Candidate): void {
  Object.assign(sighting, { ...DECIDED, shows: candidate });
  addFace(candidate, faceOf(sighting.family, sighting.row.content));
}

function faceOf(family: Sighting["family"], content: string): string {
  return `${family} ${content}`;
}

function addFace({ notes }: Candidate, face: string): void {
  const faces = (notes.faces ?? []).filter((one) => one !== face);
  notes.faces = [...faces, face].slice(-MOST_FACES);
}

/** Recognises rows that were decided to be transactions of which the bank shows another row as well. */
export function recogniseFaces({ sightings, candidates }: Comparison): void {
  const several = candidates.filter(
    ({ was, notes }) => was?.notes?.includes("faces") === true && notes.faces !== undefined,
  );
  if (several.length === 0) return;
  const byFace = grouped(several, ({ notes }) => notes.faces ?? []);
  for (const sighting of sightings) {
    if (!sighting.isOpen) continue;
    const [known] = byFace.get(faceOf(sighting.family, sighting.row.content)) ?? [];
    const candidate = known ?? several.find((one) => isChangedFace(one, sighting));
    if (candidate === undefined || areApart(sighting, candidate)) continue;
    const { sighting: own } = candidate;
    if (own === undefined || !areApartRows(sighting, own)) show(sighting, candidate);
  }
}

/** Whether a pending row is one whose wording has changed since it was decided what it is. */
function isChangedFace({ notes, evidence: was }: Candidate, { family, evidence: row }: Sighting): boolean {
  if (family !== "announced" || notes.faces?.some((face) => face.startsWith("announced")) !== true)
    return false;
  return (
    was.money === row.money &&
    ((was.who !== "" && was.who === row.who) || overlap(was.words, row.words) >= 0.5)
  );
}

/** Remembers that rows of one response are one transaction, now that it is known which. */
export function keepRepeated({ sightings }: Comparison): void {
  for (const { rule, repeats, family, row } of sightings)
    if (rule === RULES.decided && repeats?.origin.candidate !== undefined)
      addFace(repeats.origin.candidate, faceOf(family, row.content));
}

/**
 * Makes one of two transactions that were decided to be one, or of which the same row was decided to be both: the booked one
 * stays, or else the one that came first.
 */
export function mergeDecided({ response, sightings, candidates }: Comparison): Move[] {
  const byId = new Map(candidates.map((one) => [one.id, one]));
  const meant = (end: Ruling["one"]) => {
    const origin = typeof end === "number" ? sightings[end]?.origin : undefined;
    return finallyOf(typeof end === "string" ? byId.get(end) : (origin?.candidate ?? origin?.shows));
  };
  const merged: Candidate[] = [];
  for (const { isSame, one, other } of latestOf(response.rulings ?? []).toReversed()) {
    const [a, b] = isSame ? [meant(one), meant(other)] : [];
    if (a === undefined || b === undefined || a === b || mustNotMerge(a, b)) continue;
    const isOther = a.family === b.family ? a.was === null && b.was !== null : b.family === "booked";
    const [into, from] = isOther ? [b, a] : [a, b];
    const content = from.sighting?.row.content ?? from.was?.content;
    if (content !== undefined) addFace(into, faceOf(from.family, content));
    from.mergedInto = into;
    merged.push(from);
  }
  return merged.map((from) => ({
    ...{ from: from.id, into: finallyOf(from)?.id ?? from.id, rows: "all", ...DECIDED },
  }));
}

/** What a transaction turned out to be. */
function finallyOf(candidate: Candidate | undefined): Candidate | undefined {
  return candidate?.mergedInto === undefined ? candidate : finallyOf(candidate.mergedInto);
}
