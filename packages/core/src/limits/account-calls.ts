import type { RateLimitScope } from "../base/errors.ts";
import type { FailureCount } from "./failure-pause.ts";
import { type RollingWindow, viewOf, type WindowRule } from "./rolling-window.ts";

/** The kinds of account data that have a daily limit each. */
export type DataKind = Exclude<RateLimitScope, "general">;

export const dataKinds: readonly DataKind[] = Object.freeze(["balances", "details", "transactions"]);

/** What may still be asked of one kind of data. */
export interface CallQuota {
  /** Successful calls within 24 hours. */
  limit: number;
  /** Calls that may go out now. */
  remaining: number;
  /** When the next call comes back; null where all of them are there. */
  resetAt: Date | null;
  /** When our last successful call was; null where none is known. */
  lastCallAt: Date | null;
}

/** What may still be asked of an account, by kind of data. */
export type AccountQuota = Record<DataKind, CallQuota>;

/** What is known of one account: its calls by kind of data, and its failures. */
export interface AccountRecord extends Partial<Record<DataKind, RollingWindow | undefined>> {
  format: 1;
  failures?: FailureCount | undefined;
}

export const emptyAccount: AccountRecord = Object.freeze({ format: 1 });

/**
 * The quota that a record stands for.
 *
 * @param rule of the calls for one kind of data, unless headers have reported another limit
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
