import { type Refusal, rateLimited } from "./refusal.ts";

/** A limit: so many requests in a window that moves with the clock. */
export interface Limit {
  calls: number;
  /** In seconds. */
  window: number;
  /** As the service's text names the window. */
  period: string;
}

/** The service's limits, each of which can be set otherwise. */
export interface Limits {
  accounts: Limit;
  institutions: Limit;
  read: Limit;
  write: Limit;
  tokenNew: Limit;
  tokenRefresh: Limit;
  /** Successful calls of one account for one kind of data. */
  account: Limit;
}

export const usualLimits: Limits = {
  accounts: { calls: 100, window: 60, period: "min" },
  institutions: { calls: 300, window: 60, period: "min" },
  read: { calls: 300, window: 60, period: "min" },
  write: { calls: 100, window: 60, period: "min" },
  tokenNew: { calls: 100, window: 3600, period: "hour" },
  tokenRefresh: { calls: 100, window: 60, period: "min" },
  account: { calls: 4, window: 86_400, period: "day" },
};

/** Which general limit a request falls under. */
export function familyOf(method: string, path: string): Exclude<keyof Limits, "account"> {
  if (path.startsWith("/token/new/")) return "tokenNew";
  if (path.startsWith("/token/")) return "tokenRefresh";
  if (path.startsWith("/accounts/")) return "accounts";
  if (method !== "GET") return "write";
  return path.startsWith("/institutions/") || path.startsWith("/integrations/") ? "institutions" : "read";
}

/** What the headers of an answer say of one limit. */
export interface LimitHeaders {
  limit: number;
  remaining: number;
  reset: number;
}

/** Counts calls in rolling windows. */
export class LimitBook {
  readonly #limits: Limits;
  readonly #calls = new Map<string, number[]>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts a call of a family and gives its headers. @throws Refusal where the limit is spent */
  countGeneral(family: Exclude<keyof Limits, "account">, now: number): LimitHeaders {
    const limit = this.#limits[family];
    const calls = this.#recent(family, limit, now);
    if (calls.length >= limit.calls) throw this.#refusal(calls, limit, now);
    calls.push(now);
    return headersOf(calls, limit, now);
  }

  /** @throws Refusal where the account's limit for this kind of data is spent */
  checkAccount(accountId: string, kind: string, now: number): void {
    const { account } = this.#limits;
    const calls = this.#recent(`${accountId}/${kind}`, account, now);
    if (calls.length >= account.calls) throw this.#refusal(calls, account, now);
  }

  /** Counts a successful call of an account. */
  countAccount(accountId: string, kind: string, now: number): void {
    this.#recent(`${accountId}/${kind}`, this.#limits.account, now).push(now);
  }

  /** What the headers say of an account now. */
  accountHeaders(accountId: string, kind: string, now: number): LimitHeaders {
    const { account } = this.#limits;
    return headersOf(this.#recent(`${accountId}/${kind}`, account, now), account, now);
  }

  /** What the headers say of a family now, without counting a call. */
  generalHeaders(family: Exclude<keyof Limits, "account">, now: number): LimitHeaders {
    return headersOf(this.#recent(family, this.#limits[family], now), this.#limits[family], now);
  }

  #recent(key: string, limit: Limit, now: number): number[] {
    const recent = (this.#calls.get(key) ?? []).filter((at) => at > now - limit.window * 1000);
    this.#calls.set(key, recent);
    return recent;
  }

  #refusal(calls: readonly number[], limit: Limit, now: number): Refusal {
    return rateLimited(limit.calls, limit.period, headersOf(calls, limit, now).reset);
  }
}

function headersOf(calls: readonly number[], limit: Limit, now: number): LimitHeaders {
  const oldest = calls[0] ?? now;
  return {
    limit: limit.calls,
    remaining: Math.max(0, limit.calls - calls.length),
    reset: Math.max(1, Math.ceil((oldest + limit.window * 1000 - now) / 1000)),
  };
}
