import type { DataKind } from "../base/data-kinds.ts";
import type { AccountData } from "./call-budget.ts";

/** One limit as the headers of a response report it. */
export interface RateLimit {
  /** Calls allowed in the window; null if not reported. */
  limit: number | null;
  /** Calls left in the window; null if not reported. */
  remaining: number | null;
  /** When the window resets; null if not reported. */
  resetAt: Date | null;
}

/** The limits in one response's headers: for all calls of the company, and for this account and kind of data. */
export interface RateLimits {
  /** The limit for all calls of the company; null if the headers report none. */
  general: RateLimit | null;
  /** The daily limit for this account and kind of data; null if the headers report none, or the call has none. */
  account: RateLimit | null;
}

/** Remembers the limits that headers reported last: the general one, and each account's by kind of data. */
export class RateLimitMemory {
  #general: RateLimit | null = null;
  readonly #accounts = new Map<string, Partial<Record<DataKind, RateLimit>>>();

  /** Remembers a response's limits. @param requested the account data that was requested, if any */
  remember(requested: AccountData | undefined, limits: RateLimits): void {
    if (limits.general !== null) this.#general = limits.general;
    if (requested === undefined || limits.account === null) return;
    this.#accounts.set(requested.accountId, {
      ...this.#accounts.get(requested.accountId),
      [requested.dataKind]: limits.account,
    });
  }

  /** The general limit as last seen. */
  general(): RateLimit | null {
    return this.#general;
  }

  /** An account's limits as last seen, by kind of data; a kind that was not requested yet is missing. */
  account(accountId: string): Partial<Record<DataKind, RateLimit>> {
    return { ...this.#accounts.get(accountId) };
  }
}
