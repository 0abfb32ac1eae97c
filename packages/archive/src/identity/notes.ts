import { isRecord } from "bankdata-core/base";
import type { Entry, Row } from "./model.ts";

/** What has to be known of a transaction besides its latest row. Days are counted from 1970. */
export interface Notes {
  /** It was not shown where it should have been. */
  missed?: Missed;
  /** The days between which the purchase was, where the date of the row does not tell. */
  bought?: { from: number; to: number };
  /** A booked entry without a past, and the pending one that may be it, although it was still shown. */
  suspect?: Suspicion;
  /** A booked entry that became booked in the same response, with the same content and without a past. */
  double?: string;
  /** It may only repeat the row of another transaction: the id of that, and how many responses have shown both so far. */
  repeats?: { of: string; shown: number };
  /** The other rows as which the bank shows it, as the user said. */
  beside?: ShownBeside[];
}

/** Another row as which a transaction is shown, as it was last. */
export interface ShownBeside {
  list: Row["status"];
  content: string;
  /** Without what identity does not need. */
  entry: Entry;
  missed?: Missed;
}

/** The last day on which something was shown, and in how many responses it is missing. */
interface Missed {
  since: number;
  times: number;
}

export interface Suspicion {
  /** The id of the pending transaction. */
  pending: string;
  /** Until which day it can be shown beside. */
  until: number;
  cost: number;
  /** The pending one is gone, and nothing else took its place: it only has to be learnt that the bank does so. */
  gone?: boolean;
}

export function notesFrom(json: string | null): Notes {
  if (json === null) return {};
  const read: unknown = JSON.parse(json);
  return isRecord(read) ? read : {};
}

export function jsonOfNotes(notes: Notes): string | null {
  const text = JSON.stringify(notes);
  return text === "{}" ? null : text;
}
