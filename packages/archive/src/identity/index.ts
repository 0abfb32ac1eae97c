/**
 * The identity of transactions: tells for each row of a bank's response which transaction it is. Pure functions: no clock, no
 * randomness and no storage; whoever stores the rows hands in what is known and keeps what a reading changes.
 */

export { usableIds } from "./evidence.ts";
export type {
  Entry,
  KnownTransaction,
  Move,
  Reading,
  Recognition,
  Response,
  Row,
  Ruling,
} from "./model.ts";
export {
  ARCHIVED_STATUSES,
  type ArchivedStatus,
} from "./model.ts";
export { readResponse } from "./read-response.ts";
export { isMove, RULES, RULES_VERSION } from "./rules.ts";
