import { directionOf, negated } from "./amounts.ts";
import type { Candidate, Comparison, Sighting } from "./comparison.ts";
import { type Evidence, overlap } from "./evidence.ts";
import { contradict, findRenewedIds, tellingIds } from "./ids.ts";
import { freeOf, grouped, openRows, pairAgreeing } from "./matching.ts";
import { cheapestPairs } from "./pairs.ts";
import { RULES } from "./rules.ts";
import type { Window } from "./window.ts";

const wholeOf = ({ money, booking, value, who, text }: Evidence) =>
  `${money} ${booking} ${value} ${who} ${text}`;

/** Recognises booked rows whose amount has not changed, by ids and content. */
export function recogniseBooked(comparison: Comparison, window: Window): void {
  const open = openRows(comparison, "booked");
  if (open.length === 0) return;
  const free = freeOf(comparison, "booked").filter((one) => window.mayShow(one));
  if (free.length === 0) return;
  const ids = (evidence: Evidence) => tellingIds(evidence, "booked", comparison);
  const allows = (candidate: Candidate, sighting: Sighting) =>
    !contradict(candidate.evidence, sighting.evidence, "booked", comparison);
  const sure = { certain: true, allows };
  const pair = (agreement: Parameters<typeof pairAgreeing>[2]) => pairAgreeing(open, free, agreement);

  findRenewedIds(comparison, uniquePairs(open, free));
  pair({
    ...sure,
    rule: RULES.sameContentAndId,
    cost: 0,
    keysOf: (e) => ids(e).map((id) => `${wholeOf(e)} ${id}`),
  });
  pair({ ...sure, rule: RULES.sameContent, cost: 0.1, keysOf: (e) => [wholeOf(e)] });
  pair({ ...sure, rule: RULES.sameId, cost: 0.2, keysOf: (e) => ids(e).map((id) => `${e.money} ${id}`) });
  const days = (e: Evidence) => `${e.money} ${e.booking} ${e.value}`;
  pair({
    ...sure,
    rule: RULES.sameDaysAndName,
    cost: 0.3,
    keysOf: (e) => (e.who ? [`${days(e)} ${e.who}`] : []),
  });
  pair({
    ...sure,
    rule: RULES.sameDaysAndText,
    cost: 0.4,
    keysOf: (e) => (e.text ? [`${days(e)} ${e.text}`] : []),
  });
  pairMoved(comparison, window);
}

/** The most days by which a booking date moves if the value date stays, and if both move. */
const LONGEST_MOVE = { besideValueDate: 10, both: 2 };

/** Entries of which only a date has changed, by as few days as possible, and which are not shown with the old one. */
function pairMoved(comparison: Comparison, window: Window): void {
  const open = openRows(comparison, "booked");
  const missing = freeOf(comparison, "booked").filter((one) => window.isMissing(one));
  const cost = ({ evidence: was }: Candidate, { evidence: row }: Sighting) => {
    if (was.booking === null || was.value === null || row.booking === null || row.value === null) return null;
    const [booking, value] = [Math.abs(was.booking - row.booking), Math.abs(was.value - row.value)];
    const nearest = Math.min(
      booking,
      value,
      Math.abs(was.value - row.booking),
      Math.abs(was.booking - row.value),
    );
    if (nearest > LONGEST_MOVE.both || Math.max(booking, value) > LONGEST_MOVE.besideValueDate) return null;
    return nearest + Math.max(booking, value) / 10;
  };
  cheapestPairs(comparison, {
    candidates: missing,
    sightings: open,
    keysOf: ({ money, who, text }) => [`${money} ${who} ${text}`],
    cost: (candidate, sighting) =>
      contradict(candidate.evidence, sighting.evidence, "booked", comparison)
        ? null
        : cost(candidate, sighting),
    ruleOf: () => RULES.movedDate,
  });
}

/**
 * Entries whose amount the bank corrected or turned round in place: the same id at the same day, name and text. Never another
 * currency, and another direction only for the same sum.
 */
export function recogniseCorrected(comparison: Comparison, window: Window): void {
  const missing = freeOf(comparison, "booked").filter((one) => window.isMissing(one));
  const open = openRows(comparison, "booked");
  const keysOf = (e: Evidence) => tellingIds(e, "booked", comparison).map((id) => `${e.currency} ${id}`);
  const isSame = ({ evidence: was }: Candidate, { evidence: row }: Sighting) =>
    was.booking === row.booking &&
    was.value === row.value &&
    (was.text === row.text ||
      (was.who !== "" && was.who === row.who) ||
      overlap(was.words, row.words) >= 0.5);
  const judgement = { cost: 1, certain: true, keysOf };
  pairAgreeing(open, missing, {
    ...judgement,
    rule: RULES.signTurned,
    allows: (one, row) => isSame(one, row) && negated(one.evidence.amount) === row.evidence.amount,
  });
  pairAgreeing(open, missing, {
    ...judgement,
    rule: RULES.corrected,
    allows: (one, row) =>
      isSame(one, row) && directionOf(one.evidence.amount) === directionOf(row.evidence.amount),
  });
}

/** The pairs that content alone makes, and of which there is only one. */
function uniquePairs(
  open: readonly Sighting[],
  free: readonly Candidate[],
): (readonly [Candidate, Sighting])[] {
  const rows = grouped(open, ({ evidence }) => [wholeOf(evidence)]);
  const known = grouped(free, ({ evidence }) => [wholeOf(evidence)]);
  return [...rows].flatMap(([key, [sighting, another]]) => {
    const [candidate, other] = known.get(key) ?? [];
    if (!sighting || another || !candidate || other) return [];
    return [[candidate, sighting] as const];
  });
}
