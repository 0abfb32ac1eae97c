/**
 * How a bank behaves, as far as it was learnt: which date is that of the purchase, whether names stay, whether pending
 * entries linger, whose amounts change.
 */
import { directionOf, growth } from "./amounts.ts";
import type { Candidate, Comparison, Sighting } from "./comparison.ts";
import type { Evidence } from "./evidence.ts";
import { grouped } from "./matching.ts";
import { amountRecord, growthRecord, knownAmounts, knownGrowth, type Memory } from "./memory.ts";

/** The days between which something was bought. */
export interface Bought {
  readonly from: number;
  readonly to: number;
}

const ENOUGH = 5;
const NEARLY_ALWAYS = 0.85;

/** The date of a booked row that is the day of the purchase, as its pending row says. */
export function purchaseDate({
  purchaseDay: { value, booking, of },
}: Memory): "value" | "booking" | "unknown" {
  const isKept = (count: number) => of >= ENOUGH && count / of >= NEARLY_ALWAYS;
  if (isKept(value)) return "value";
  return isKept(booking) ? "booking" : "unknown";
}

/** Whether a booked row names whom its pending row named. */
export function keepsNames({ names: { same, of } }: Memory): boolean {
  return of >= ENOUGH && same / of >= NEARLY_ALWAYS;
}

/** Whether pending entries are still shown for a while beside their booked form. */
export function lingers({ beside: { lingered, direct } }: Memory): boolean {
  return lingered >= 3 && lingered / (lingered + direct) > 0.1;
}

/** Whether the bank dates all that is pending anew each day: certainly, possibly, or not. */
export function datesAnew({ pendingDate: { kept, moved } }: Memory): "yes" | "perhaps" | "no" {
  if (moved > kept) return "yes";
  return kept >= 3 && kept > 3 * moved ? "no" : "perhaps";
}

/** Whether pending amounts lack their minus. */
export function losesSign({ pendingSign: { kept, lost } }: Memory): boolean {
  return lost >= 3 && lost > 9 * kept;
}

/** When a pending transaction was bought. */
export function boughtOf({ notes, evidence: { value } }: Candidate, { day }: Comparison): Bought {
  return notes.bought ?? (value === null ? { from: day - 30, to: day } : { from: value, to: value });
}

/** How unusual it is for a counterparty that an amount changes in this way, at most 1: a tip, a rate, a full tank. */
export function costOfGrowth(memory: Memory, before: Evidence, after: Evidence): number {
  const grown = growth(before.amount, after.amount);
  if (!Number.isFinite(grown)) return 1;
  const { of, sum, squares } = knownGrowth(memory, after.who) ?? { of: 0, sum: 0, squares: 0 };
  if (of < 3) return 1 - Math.exp(-Math.abs(grown));
  const mean = sum / of;
  const variance = Math.max(squares / of - mean * mean, 0) + 0.0002;
  return Math.min(1, (grown - mean) ** 2 / variance / 16);
}

/** What has always been booked as it was announced will not change now. */
export function costOfChange(memory: Memory, evidence: Evidence): number {
  const [exact, loose] = keysOfAmounts(evidence).map((key) => {
    const { same, changed } = knownAmounts(memory, key) ?? { same: 0, changed: 0 };
    return same >= 3 && same > changed * 4;
  });
  if (exact) return 2;
  return loose ? 0.4 : 0;
}

/** Learns from a pair whether an announced amount changed, and how. */
export function learnAmount({ memory }: Comparison, before: Evidence, after: Evidence): void {
  const isSame = before.amount.replace("-", "") === after.amount.replace("-", "");
  if (directionOf(after.amount) < 0)
    memory.pendingSign[directionOf(before.amount) > 0 ? "lost" : "kept"] += 1;
  for (const key of keysOfAmounts(before)) amountRecord(memory, key)[isSame ? "same" : "changed"] += 1;
  const grown = growth(before.amount, after.amount);
  if (isSame || !Number.isFinite(grown) || after.who === "") return;
  const record = growthRecord(memory, after.who);
  record.of += 1;
  record.sum += grown;
  record.squares += grown * grown;
}

/** Learns from pairs that have no rival on either side which date is kept, and whether the name is. */
export function learnDays(
  comparison: Comparison,
  missing: readonly Candidate[],
  open: readonly Sighting[],
): void {
  const { memory } = comparison;
  const named = ({ money, who }: Evidence) => [`${money} ${who}`];
  for (const [candidate, sighting] of alonePairs(comparison, {
    missing,
    open,
    keysOf: named,
    fits: isNear,
  })) {
    const { from, to } = boughtOf(candidate, comparison);
    memory.purchaseDay.of += 1;
    for (const name of ["value", "booking"] as const) {
      const date = sighting.evidence[name];
      if (date !== null && date >= from && date <= to) memory.purchaseDay[name] += 1;
    }
  }
  const keeps = purchaseDate(memory);
  if (keeps === "unknown") return;
  const agrees = ({ from, to }: Bought, row: Evidence) => {
    const date = row[keeps];
    return date !== null && date >= from && date <= to;
  };
  const hasName = ({ money, who }: Evidence) => (who === "" ? [] : [money]);
  for (const [{ evidence }, sighting] of alonePairs(comparison, {
    missing,
    open,
    keysOf: hasName,
    fits: agrees,
  })) {
    memory.names.of += 1;
    if (evidence.who === sighting.evidence.who) memory.names.same += 1;
  }
}

function isNear({ from, to }: Bought, { booking }: Evidence): boolean {
  return booking !== null && booking >= from - 1 && booking <= to + 14;
}

interface Alone {
  missing: readonly Candidate[];
  open: readonly Sighting[];
  keysOf: (evidence: Evidence) => readonly string[];
  fits: (bought: Bought, row: Evidence) => boolean;
}

/** More alike than these are no pairs beyond doubt. */
const MOST_ALIKE = 8;

function alonePairs(comparison: Comparison, { missing, open, keysOf, fits }: Alone): [Candidate, Sighting][] {
  const rows = grouped(open, ({ evidence }) => keysOf(evidence));
  const known = grouped(missing, ({ evidence }) => keysOf(evidence));
  return [...known].flatMap(([key, candidates]) => {
    const sightings = rows.get(key) ?? [];
    if (candidates.length > MOST_ALIKE || sightings.length > MOST_ALIKE) return [];
    const pairs = candidates.flatMap((candidate) =>
      sightings
        .filter(
          (sighting) => sighting.mayBe(candidate) && fits(boughtOf(candidate, comparison), sighting.evidence),
        )
        .map((sighting): [Candidate, Sighting] => [candidate, sighting]),
    );
    return pairs.filter((pair) =>
      pairs.every((other) => other === pair || (other[0] !== pair[0] && other[1] !== pair[1])),
    );
  });
}

/** With the name and without, and without numbers such as dates. */
function keysOfAmounts({ who, words }: Evidence): [string, string] {
  const plain = [...words].filter((word) => !/\d/.test(word));
  return [`${who} ${plain.join(" ")}`, plain.filter((word) => !who.includes(word)).join(" ")];
}
