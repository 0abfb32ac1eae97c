import type { DataKind } from "./account-calls.ts";
import type { AccountData } from "./call-budget.ts";

/** What one pair of headers says of a limit. */
export interface RateLimit {
  /** Calls allowed in the window; null where not said. */
  limit: number | null;
  /** Calls left in it; null where not said. */
  remaining: number | null;
  /** When the window resets; null where not said. */
  resetAt: Date | null;
}

/** What the headers of one response say: of all calls of the company, and of this account and kind of data. */
export interface RateLimits {
  general: RateLimit | null;
  account: RateLimit | null;
}

/** Remembers what the headers said last: the general limit, and each account's by kind of data. */
export class RateLimitMemory {
  #general: RateLimit | null = null;
  readonly #accounts = new Map<string, Partial<Record<DataKind, RateLimit>>>();

  /** Takes note of an answer's limits. @param asked the account data that was asked for, if any */
  remember(asked: AccountData | undefined, limits: RateLimits): void {
    if (limits.general !== null) this.#general = limits.general;
    if (asked === undefined || limits.account === null) return;
    this.#accounts.set(asked.accountId, {
      ...this.#accounts.get(asked.accountId),
      [asked.dataKind]: limits.account,
    });
  }

  /** The general limit as last seen. */
  general(): RateLimit | null {
    return this.#general;
  }

  /** An account's limits as last seen, by kind of data; a kind not asked yet is missing. */
  account(accountId: string): Partial<Record<DataKind, RateLimit>> {
    return { ...this.#accounts.get(accountId) };
  }
}
