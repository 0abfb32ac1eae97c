import { z } from "zod";
import type { RateLimitScope } from "../base/errors.ts";
import { FailureCount } from "./failure-pause.ts";
import { RollingWindow, viewOf, type WindowRule } from "./rolling-window.ts";

/** The kinds of account data that have a daily limit each. */
export type AccountScope = Exclude<RateLimitScope, "general">;

export const accountScopes: readonly AccountScope[] = Object.freeze(["balances", "details", "transactions"]);

/** Successful calls of one account for one kind of data: four within 24 hours, where nothing else is known. */
export const dailyLimit: WindowRule = Object.freeze({ limit: 4, length: 86_400_000 });

/** What may still be asked of one kind of data. */
export interface ScopeQuota {
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
export type AccountQuota = Record<AccountScope, ScopeQuota>;

/** What is kept of one account. */
export const AccountRecord = z.object({
  format: z.literal(1),
  balances: RollingWindow.optional(),
  details: RollingWindow.optional(),
  transactions: RollingWindow.optional(),
  failures: FailureCount.optional(),
});
export type AccountRecord = z.infer<typeof AccountRecord>;

export const emptyAccount: AccountRecord = Object.freeze({ format: 1 });

/** The quota that a record stands for. */
export function quotaOf(record: AccountRecord, now: number): AccountQuota {
  return {
    balances: scopeQuota(record.balances, now),
    details: scopeQuota(record.details, now),
    transactions: scopeQuota(record.transactions, now),
  };
}

function scopeQuota(window: RollingWindow | undefined, now: number): ScopeQuota {
  if (window === undefined) {
    return { limit: dailyLimit.limit, remaining: dailyLimit.limit, resetAt: null, lastCallAt: null };
  }
  const { limit, remaining, resetAt, lastAt } = viewOf(window, dailyLimit, now);
  return { limit, remaining, resetAt: dateOrNull(resetAt), lastCallAt: dateOrNull(lastAt) };
}

function dateOrNull(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
