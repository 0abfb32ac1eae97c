/**
 * Keeps an archive up to date. It promises:
 *
 * - No call of a bank is wasted: it is asked when a call is due, one call a day is left for a person, a limit that is used
 *   up is not asked, and every response is recorded.
 * - All history that a consent allows is read once, and no gap is left afterwards.
 * - One account that fails does not keep the others from being read.
 * - What was done, what was not, and why, is in the report.
 */
export { sourceAccount } from "./account-sync.ts";
export type { SyncOptions, SyncProgress } from "./options.ts";
export type { AccountReport, SyncOutcome, SyncReason, SyncReport } from "./report.ts";
export { sync } from "./sync.ts";
