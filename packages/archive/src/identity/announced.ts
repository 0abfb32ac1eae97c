import { directionOf } from "./amounts.ts";
import { besideOf } from "./beside.ts";
import type { Candidate, Comparison, Sighting } from "./comparison.ts";
import { type Evidence, overlap } from "./evidence.ts";
import { datesAnew } from "./habits.ts";
import { contradict, tellingIds } from "./ids.ts";
import { freeOf, grouped, openRows, pairAgreeing } from "./matching.ts";
import { RULES } from "./rules.ts";
import { ROUND } from "./settle-cost.ts";

/** Recognises rows that are not booked yet, by content and ids. */
export function recogniseAnnounced(comparison: Comparison): void {
  const open = openRows(comparison, "announced");
  const free = [...freeOf(comparison, "announced"), ...besideOf(comparison, "announced")];
  if (open.length === 0 || free.length === 0) return;
  const ids = (evidence: Evidence) => tellingIds(evidence, "announced", comparison);
  const allows = allowedIn(comparison);
  const whole = ({ money, booking, value, who, text }: Evidence) =>
    `${money} ${booking} ${value} ${who} ${text}`;
  const pair = (agreement: Parameters<typeof pairAgreeing>[2]) => pairAgreeing(open, free, agreement);
  const sure = { certain: true, allows };
  pair({
    ...sure,
    rule: RULES.sameContentAndId,
    cost: 0,
    keysOf: (e) => ids(e).map((id) => `${whole(e)} ${id}`),
  });
  pair({ ...sure, rule: RULES.sameContent, cost: 0.1, keysOf: (e) => [whole(e)] });
  pair({ ...sure, rule: RULES.sameId, cost: 0.2, keysOf: (e) => ids(e).map((id) => `${e.money} ${id}`) });
  const named = ({ money, value, who }: Evidence) => (who === "" ? [] : [`${money} ${value} ${who}`]);
  pair({ ...sure, rule: RULES.sameDaysAndName, cost: 0.3, keysOf: named });
  const texted = ({ money, value, text }: Evidence) => (text === "" ? [] : [`${money} ${value} ${text}`]);
  pair({ ...sure, rule: RULES.sameDaysAndText, cost: 0.4, keysOf: texted });
}

/**
 * Recognises pending entries that say something else than before, as holds and foreign purchases do from one day to the next: each
 * in the place of the only one alike that is missing. What may have been booked comes first.
 */
export function recogniseAdjusted(comparison: Comparison): void {
  const place = ({ currency, value }: Evidence) => `${currency} ${value}`;
  adjust(comparison, {
    certain: true,
    keysOf: (e) => tellingIds(e, "announced", comparison).map((id) => `${place(e)} ${id}`),
    fits: sharesWords,
  });
  adjust(comparison, {
    certain: true,
    keysOf: (e) => (e.foreign === null ? [] : [`${place(e)} ${e.foreign}`]),
    fits: sharesWords,
  });
  // Two purchases at one place and day are no rarity, so that another amount needs a sum that is only reserved.
  adjust(comparison, {
    certain: false,
    keysOf: (e) => (e.value === null ? [] : [`${place(e)} ${e.who} ${e.text}`]),
    fits: (was, row) => ROUND.test(was.amount) && sharesWords(was, row),
  });
  adjust(comparison, {
    certain: false,
    keysOf: (e) => (e.value === null ? [] : [`${e.money} ${e.value}`]),
    fits: (was, row) => was.who === "" || row.who === "" || was.who === row.who,
  });
}

/** The rows beside other ones that were there last: what comes after a break is another entry. */
function shownLast(comparison: Comparison): Candidate[] {
  return besideOf(comparison, "announced").filter(({ notes }) => notes.missed === undefined);
}

interface Adjustment {
  readonly certain: boolean;
  readonly keysOf: (evidence: Evidence) => readonly string[];
  readonly fits: (was: Evidence, row: Evidence) => boolean;
}

function adjust(comparison: Comparison, { certain, keysOf, fits }: Adjustment): void {
  const open = openRows(comparison, "announced");
  const missing = [...freeOf(comparison, "announced"), ...shownLast(comparison)].filter(
    ({ isLive }) => isLive,
  );
  if (open.length === 0 || missing.length === 0) return;
  const rows = grouped(open, ({ evidence }) => keysOf(evidence));
  const known = grouped(missing, ({ evidence }) => keysOf(evidence));
  const isAlone = (key: string) => rows.get(key)?.length === 1 && known.get(key)?.length === 1;
  const allowed = allowedIn(comparison);
  pairAgreeing(open, missing, {
    rule: RULES.adjusted,
    cost: certain ? 0.6 : 1.5,
    certain,
    keysOf: (evidence) => keysOf(evidence).filter(isAlone),
    allows: (candidate, sighting) => {
      const [was, row] = [candidate.evidence, sighting.evidence];
      const isTurned = directionOf(was.amount) !== directionOf(row.amount);
      return !isTurned && fits(was, row) && allowed(candidate, sighting);
    },
  });
}

function sharesWords(was: Evidence, row: Evidence): boolean {
  return overlap(was.words, row.words) >= 0.5;
}

/** Recognises pending rows at banks that date all that is pending today, every day. */
export function recogniseRedated(comparison: Comparison): void {
  if (datesAnew(comparison.memory) === "no") return;
  const { day } = comparison;
  const open = openRows(comparison, "announced").filter(
    ({ evidence: { value } }) => value === null || value >= day - 1,
  );
  const free = [...freeOf(comparison, "announced"), ...shownLast(comparison)].filter(
    ({ evidence: { value } }) => value === null || value <= day,
  );
  const allows = allowedIn(comparison);
  const ids = (e: Evidence) => tellingIds(e, "announced", comparison);
  const judgement = { rule: RULES.redated, cost: 0.5, certain: true, allows };
  pairAgreeing(open, free, { ...judgement, keysOf: (e) => ids(e).map((id) => `${e.money} ${id}`) });
  pairAgreeing(open, free, { ...judgement, keysOf: ({ money, who, text }) => [`${money} ${who} ${text}`] });
  for (const { candidate, rule } of open)
    if (candidate !== undefined && rule === RULES.redated) keepPurchaseDay(candidate, comparison);
}

/** The date of the row is not that of the purchase any more. */
function keepPurchaseDay(candidate: Candidate, comparison: Comparison): void {
  const { value } = candidate.evidence;
  comparison.memory.pendingDate.moved += 1;
  if (candidate.notes.bought === undefined && value !== null)
    candidate.notes.bought = { from: value - 4, to: value };
}

function allowedIn(comparison: Comparison): (candidate: Candidate, sighting: Sighting) => boolean {
  return (candidate, sighting) => !contradict(candidate.evidence, sighting.evidence, "announced", comparison);
}
