import type { DataKind } from "../../limits/account-calls.ts";
import type { AskedData } from "../../limits/call-budget.ts";

/** What one pair of headers says of a limit. */
export interface RateLimit {
  /** Calls allowed in the window; null where not said. */
  limit: number | null;
  /** Calls left in it; null where not said. */
  remaining: number | null;
  /** When the window resets; null where not said. */
  resetAt: Date | null;
}

/** What the headers of one answer say: of all calls of the company, and of this account and kind of data. */
export interface RateLimits {
  general: RateLimit | null;
  account: RateLimit | null;
}

/**
 * Reads the rate-limit headers: upper or lower case, with and without the literal `HTTP_` in front, with `_` or, as
 * some proxies rewrite it, `-`. `RESET` is in seconds from `now` (milliseconds). Nonsense counts as not said.
 */
export function readRateLimits(headers: Headers, now: number): RateLimits {
  const byName = new Map<string, string>();
  for (const [name, value] of headers) {
    const plain = name
      .toLowerCase()
      .replaceAll("-", "_")
      .replace(/^http_/, "");
    if (plain.startsWith("x_ratelimit_")) byName.set(plain, value);
  }
  return {
    general: readOne(byName, "x_ratelimit_", now),
    account: readOne(byName, "x_ratelimit_account_success_", now),
  };
}

function readOne(headers: ReadonlyMap<string, string>, prefix: string, now: number): RateLimit | null {
  const limit = count(headers.get(`${prefix}limit`));
  const remaining = count(headers.get(`${prefix}remaining`));
  const seconds = count(headers.get(`${prefix}reset`));
  if (limit === null && remaining === null && seconds === null) return null;
  return { limit, remaining, resetAt: seconds === null ? null : new Date(now + seconds * 1000) };
}

/** The largest wait that is believed: 31 days, well past any window of the service. */
const LARGEST_COUNT = 31 * 86_400;

function count(text: string | undefined): number | null {
  if (text === undefined || !/^\s*\d{1,9}\s*$/.test(text)) return null;
  const value = Number(text);
  return value <= LARGEST_COUNT ? value : null;
}

/** Remembers what the headers said last: the general limit, and each account's by kind of data. */
export class RateLimitMemory {
  #general: RateLimit | null = null;
  readonly #accounts = new Map<string, Partial<Record<DataKind, RateLimit>>>();

  /** Takes note of an answer's limits. @param asked the account data that was asked for, if any */
  remember(asked: AskedData | undefined, limits: RateLimits): void {
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
