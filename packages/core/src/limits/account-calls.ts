import type { RateLimitScope } from "../base/errors.ts";
import type { FailureCount } from "./failure-pause.ts";
import { type RollingWindow, viewOf, type WindowRule } from "./rolling-window.ts";

/** The kinds of account data that have a daily limit each. */
export type DataKind = Exclude<RateLimitScope, "general">;

export const dataKinds: readonly DataKind[] = Object.freeze(["balances", "details", "transactions"]);

/** Successful calls of one account for one kind of data: four within 24 hours, where nothing else is known. */
export const dailyLimit: WindowRule = Object.freeze({ limit: 4, length: 86_400_000 });

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

/** The quota that a record stands for. */
export function quotaOf(record: AccountRecord, now: number): AccountQuota {
  return {
    balances: callQuota(record.balances, now),
    details: callQuota(record.details, now),
    transactions: callQuota(record.transactions, now),
  };
}

function callQuota(window: RollingWindow | undefined, now: number): CallQuota {
  if (window === undefined) {
    return { limit: dailyLimit.limit, remaining: dailyLimit.limit, resetAt: null, lastCallAt: null };
  }
  const { limit, remaining, resetAt, lastAt } = viewOf(window, dailyLimit, now);
  return { limit, remaining, resetAt: dateOrNull(resetAt), lastCallAt: dateOrNull(lastAt) };
}

function dateOrNull(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
