import { daysFrom } from "bankdata-core/base";
import type { Candidate, Comparison } from "./comparison.ts";
import { dayOf, type Evidence } from "./evidence.ts";

/** What a response covers, and what it means there that an entry is not shown. */
export interface Window {
  /** Whether a booked transaction may be among the rows at all, without reading the dates of most that cannot. */
  mayShow(candidate: Candidate): boolean;
  /** Whether the response covers a booked transaction, so that it is gone if it is not shown. */
  covers(candidate: Candidate): boolean;
  /** Whether a booked transaction that no row has been recognised as is not shown, so that another row may be it. */
  isMissing(candidate: Candidate): boolean;
  /** The first day of all booked rows; null if there is none with a date. */
  readonly oldest: number | null;
}

/** How far from the first day an entry may have been that is shown with other dates now. */
const FARTHEST = 14;
/** Some responses are cut: what is much older than all that they show is not replaced by it. */
const NEAR = 5;

export function windowOf(comparison: Comparison): Window {
  const { response, today } = comparison;
  const { coverage, rows } = response;
  const shown = oldestOf(rows.filter(({ status }) => status === "booked").map(({ entry }) => entry));
  const oldest = dayOf(shown, today);
  const from = dayOf(coverage.from, today);
  const to = dayOf(coverage.to, today) ?? Number.POSITIVE_INFINITY;
  const start = from ?? (oldest === null ? Number.POSITIVE_INFINITY : oldest + 1);
  const earliest = [coverage.from, shown].filter((date) => date !== null).sort()[0];
  const limit = earliest === undefined ? "" : daysFrom(earliest, -FARTHEST);
  const isWithin = ({ first, last }: Evidence) =>
    first !== null && last !== null && first >= start && last <= to;
  const isTooOld = ({ was }: Candidate, before: string) => typeof was?.date === "string" && was.date < before;
  const covered = coverage.from ?? shown ?? "";
  const covers = (candidate: Candidate) => !isTooOld(candidate, covered) && isWithin(candidate.evidence);
  return {
    oldest,
    covers,
    mayShow: (candidate) => !isTooOld(candidate, limit),
    isMissing: (candidate) =>
      !comparison.isShort &&
      covers(candidate) &&
      (oldest === null || (candidate.evidence.last ?? oldest) >= oldest - NEAR),
  };
}

/** The first date of all, compared as text, as every row is looked at. */
function oldestOf(
  entries: readonly { bookingDate: string | null; valueDate: string | null }[],
): string | null {
  let oldest: string | null = null;
  for (const { bookingDate, valueDate } of entries) {
    for (const date of [bookingDate, valueDate])
      if (date !== null && date > "1970-01-01" && (oldest === null || date < oldest)) oldest = date;
  }
  return oldest;
}
