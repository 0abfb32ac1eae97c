import type { DataKind } from "../base/data-kinds.ts";
import type { FailureCount } from "./failure-pause.ts";
import { type RollingWindow, viewOf, type WindowRule } from "./rolling-window.ts";

/** The calls for one kind of data. */
export interface CallQuota {
  /** Successful calls allowed within 24 hours. */
  limit: number;
  /** Calls allowed now. */
  remaining: number;
  /** When the next call becomes available again; null if none is used. */
  resetAt: Date | null;
  /** When our last successful call was made; null if none is known. */
  lastCallAt: Date | null;
}

/** The calls left for an account, by kind of data. */
export type AccountQuota = Record<DataKind, CallQuota>;

/** What is known about one account: its calls by kind of data, and its failures. */
export interface AccountRecord extends Partial<Record<DataKind, RollingWindow | undefined>> {
  format: 1;
  failures?: FailureCount | undefined;
}

export const emptyAccount: AccountRecord = Object.freeze({ format: 1 });

/**
 * Computes the quota from a record.
 *
 * @param rule the limit for each kind of data, unless headers have reported another one
 */
export function quotaOf(record: AccountRecord, rule: WindowRule, now: number): AccountQuota {
  return {
    balances: callQuota(record.balances, rule, now),
    details: callQuota(record.details, rule, now),
    transactions: callQuota(record.transactions, rule, now),
  };
}

function callQuota(window: RollingWindow | undefined, rule: WindowRule, now: number): CallQuota {
  if (window === undefined) {
    return { limit: rule.limit, remaining: rule.limit, resetAt: null, lastCallAt: null };
  }
  const { limit, remaining, resetAt, lastAt } = viewOf(window, rule, now);
  return { limit, remaining, resetAt: dateOrNull(resetAt), lastCallAt: dateOrNull(lastAt) };
}

function dateOrNull(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
