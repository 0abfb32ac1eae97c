import { directionOf, negated } from "./amounts.ts";
import { besideOf } from "./beside.ts";
import type { Candidate, Comparison, Sighting } from "./comparison.ts";
import { type Evidence, overlap } from "./evidence.ts";
import { contradict, findRenewedIds, tellingIds } from "./ids.ts";
import { freeOf, grouped, openRows, pairAgreeing } from "./matching.ts";
import { cheapestPairs } from "./pairs.ts";
import { RULES, type Rule } from "./rules.ts";
import type { Window } from "./window.ts";

const wholeOf = ({ money, booking, value, who, text }: Evidence) =>
  `${money} ${booking} ${value} ${who} ${text}`;

/** Recognises booked rows whose amount and purchase day have not changed, by content and ids. */
export function recogniseBooked(comparison: Comparison, window: Window): void {
  const open = openRows(comparison, "booked");
  if (open.length === 0) return;
  const known = [...freeOf(comparison, "booked"), ...besideOf(comparison, "booked")];
  const free = known.filter((one) => window.mayShow(one));
  if (free.length === 0) return;
  findRenewedIds(comparison, uniquePairs(open, free));
  const ids = (evidence: Evidence) => tellingIds(evidence, "booked", comparison);
  const days = ({ money, booking, value }: Evidence) => `${money} ${booking} ${value}`;
  /** Of those that agree, those with the same id come first. */
  const pair = (rule: Rule, cost: number, keyOf: (evidence: Evidence) => string | null) => {
    const keys = (evidence: Evidence) => keyOf(evidence) ?? [];
    pairAgreeing(open, free, {
      rule: rule === RULES.sameContent ? RULES.sameContentAndId : rule,
      cost: cost / 2,
      certain: true,
      keysOf: (evidence) =>
        [keys(evidence)].flat().flatMap((key) => ids(evidence).map((id) => `${key} ${id}`)),
    });
    pairAgreeing(open, free, { rule, cost, certain: true, keysOf: (evidence) => [keys(evidence)].flat() });
  };
  pair(RULES.sameContent, 0.1, wholeOf);
  pair(RULES.sameDaysAndName, 0.3, (e) => (e.who === "" ? null : `${days(e)} ${e.who}`));
  pair(RULES.sameDaysAndText, 0.4, (e) => (e.text === "" ? null : `${days(e)} ${e.text}`));
  pairMoved(comparison, window, (was, row) =>
    was.value === row.value ? Math.abs(was.booking - row.booking) / 10 : null,
  );
  pairAgreeing(open, free, {
    rule: RULES.sameId,
    cost: 0.5,
    certain: true,
    keysOf: (e) => ids(e).map((id) => `${e.money} ${id}`),
    allows: (one, { evidence: row }) => window.isMissing(one) || !isLater(one.evidence, row),
  });
}

/** The most days by which a booking date moves if the value date stays, and if both move. */
const LONGEST_MOVE = { besideValueDate: 10, both: 2 };

/** Recognises booked rows of which all dates have moved a little. */
export function recogniseMoved(comparison: Comparison, window: Window): void {
  pairMoved(comparison, window, (was, row) => {
    const moves = [was.booking, was.value].flatMap((one) =>
      [row.booking, row.value].map((two) => Math.abs(one - two)),
    );
    const nearest = Math.min(...moves);
    return nearest > LONGEST_MOVE.both ? null : nearest + Math.max(...moves) / 10;
  });
}

/**
 * Whether a row bears none of the days of a transaction, nor days near to them. Unless the transaction is missing then, the
 * row may be the next payment with its id: some banks give a standing order or a mandate one id, and some count anew.
 */
function isLater(was: Evidence, row: Evidence): boolean {
  const days = ({ booking, value }: Evidence) => [booking, value].filter((day) => day !== null);
  const apart = days(was).flatMap((one) => days(row).map((two) => Math.abs(one - two)));
  return apart.length > 0 && Math.min(...apart) > LONGEST_MOVE.both;
}

interface Days {
  readonly booking: number;
  readonly value: number;
}

/** What it costs to believe that an id changed that never did before. */
const OTHER_ID = 1.5;

/** Entries of which only dates have changed, by as few days as possible, and which are not shown with the old ones. */
function pairMoved(
  comparison: Comparison,
  window: Window,
  costOf: (was: Days, row: Days) => number | null,
): void {
  cheapestPairs({
    candidates: freeOf(comparison, "booked").filter((one) => window.isMissing(one)),
    sightings: openRows(comparison, "booked"),
    keysOf: ({ money, who, text }) => [`${money} ${who} ${text}`],
    ruleOf: () => RULES.movedDate,
    cost: ({ evidence: was }, { evidence: row }) => {
      const [before, after] = [daysOf(was), daysOf(row)];
      if (before === null || after === null) return null;
      if (Math.abs(before.booking - after.booking) > LONGEST_MOVE.besideValueDate) return null;
      const cost = costOf(before, after);
      return cost === null ? null : cost + (contradict(was, row, "booked", comparison) ? OTHER_ID : 0);
    },
  });
}

function daysOf({ booking, value }: Evidence): Days | null {
  return booking === null || value === null ? null : { booking, value };
}

/** A hold in the list of booked entries is replaced within so many days. */
const LONGEST_HOLD = 5;

function isNear(was: Evidence, row: Evidence): boolean {
  if (was.booking === row.booking && was.value === row.value) return true;
  return was.booking !== null && row.booking !== null && Math.abs(was.booking - row.booking) <= LONGEST_HOLD;
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
    isNear(was, row) &&
    (was.text === row.text ||
      (was.who !== "" && was.who === row.who) ||
      overlap(was.words, row.words) >= 0.5);
  const judgement = { cost: 1, certain: true, keysOf };
  pairAgreeing(open, missing, {
    ...judgement,
    rule: RULES.signTurned,
    allows: (one, row) =>
      isSame(one, row) &&
      one.evidence.booking === row.evidence.booking &&
      negated(one.evidence.amount) === row.evidence.amount,
  });
  pairAgreeing(open, missing, {
    rule: RULES.signTurned,
    cost: 1.5,
    certain: false,
    keysOf: (e) =>
      e.who === "" && e.text === ""
        ? []
        : [`${e.amount.replace("-", "")} ${e.currency} ${e.booking} ${e.value} ${e.who} ${e.text}`],
    allows: (one, { evidence: row }) =>
      negated(one.evidence.amount) === row.amount && !contradict(one.evidence, row, "booked", comparison),
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
    if (!sighting || another || !candidate || other || !sighting.mayBe(candidate)) return [];
    return [[candidate, sighting] as const];
  });
}
