/** What the user decided to be two, and never one. */
import type { Candidate, Sighting } from "./comparison.ts";

/** Whether a row was decided not to be a transaction. */
export function areApart({ apart }: Sighting, candidate: Candidate): boolean {
  return apart?.has(candidate.id) === true;
}

/** Whether two rows of a response were decided not to be one transaction. */
export function areApartRows(one: Sighting, other: Sighting): boolean {
  return one.apart?.has(other) === true;
}

/** Whether two transactions were decided not to be one. */
export function mustNotMerge(one: Candidate, other: Candidate): boolean {
  const isApart = (from: Candidate, to: Candidate) =>
    from.apart?.has(to.id) === true || (to.sighting !== undefined && from.apart?.has(to.sighting) === true);
  const rows =
    one.sighting !== undefined && other.sighting !== undefined && areApartRows(one.sighting, other.sighting);
  const row = (from: Candidate, to: Candidate) => from.sighting !== undefined && areApart(from.sighting, to);
  return rows || isApart(one, other) || isApart(other, one) || row(one, other) || row(other, one);
}
