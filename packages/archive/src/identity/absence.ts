import type { Candidate, Comparison } from "./comparison.ts";
import { dayOf } from "./evidence.ts";
import type { Window } from "./window.ts";

/** A response that shows less than this part of what the window held is a hiccup, not a truth. */
const LEAST_SHOWN = 5;
/** So many missing entries at the old end, and none that is older, are beyond what the response really reaches. */
const BEYOND = 10;
/** A pending entry that is not shown for so many days, and in two responses, has vanished. */
const DAYS_UNTIL_VANISHED = 14;
const RESPONSES_UNTIL_GONE = 2;

/** Whether the response shows so little that nothing is missing. */
export function isHiccup({ candidates, sightings }: Comparison, missing: readonly Candidate[]): boolean {
  if (sightings.length === 0) return true;
  const shown = candidates.filter(({ isFree, isLive }) => !isFree && isLive).length;
  const held = shown + missing.length;
  return sightings.length * LEAST_SHOWN < held;
}

/** The transactions that the response should show and does not. */
export function missingIn({ candidates, response, today }: Comparison, window: Window): Candidate[] {
  const to = dayOf(response.coverage.to, today) ?? Number.POSITIVE_INFINITY;
  const gone = candidates.filter((one) => !one.isShown && one.isLive && one.mergedInto === undefined);
  const booked = withoutBeyond(
    gone.filter((one) => one.family === "booked" && window.covers(one)),
    window,
  );
  const pending = gone.filter(
    (one) =>
      one.family === "announced" && (to === Number.POSITIVE_INFINITY || (one.evidence.first ?? 0) <= to),
  );
  return [...booked, ...pending];
}

function withoutBeyond(missing: Candidate[], { oldest }: Window): Candidate[] {
  if (oldest === null || missing.length < BEYOND) return missing;
  const inside = missing.filter(({ evidence: { last } }) => last !== null && last >= oldest);
  return missing.length - inside.length >= BEYOND ? inside : missing;
}

/** Remembers what is missing, and ends what has been for long enough. */
export function noteMissing(comparison: Comparison, missing: readonly Candidate[]): void {
  const { day, before, response, isShort } = comparison;
  for (const candidate of missing) {
    const isBooked = candidate.family === "booked";
    const counts = !isShort && (isBooked || response.coverage.pending);
    if (isBooked && !counts) continue;
    const missed = candidate.notes.missed ?? { since: before ?? day, times: 0 };
    const times = Math.min(RESPONSES_UNTIL_GONE, missed.times + (counts ? 1 : 0));
    candidate.notes.missed = { ...missed, times };
    if (times < RESPONSES_UNTIL_GONE || !counts) continue;
    if (isBooked) end(candidate, "retracted");
    else if (day - missed.since >= DAYS_UNTIL_VANISHED && !liesAhead(candidate, day))
      end(candidate, "vanished");
  }
}

/** What is scheduled does not vanish before its date. */
function liesAhead({ status, evidence: { last } }: Candidate, day: number): boolean {
  return status === "scheduled" && last !== null && last + DAYS_UNTIL_VANISHED > day;
}

function end(candidate: Candidate, status: "retracted" | "vanished"): void {
  candidate.status = status;
  delete candidate.notes.missed;
}
