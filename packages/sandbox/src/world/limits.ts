import { flat, type Refusal, rateLimited } from "./refusal.ts";
import type { AccountRecord } from "./state.ts";

const DAY = 86_400_000;

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

/** Limits that are set otherwise than the service's; those left out stay as the service has them. */
export type SomeLimits = { [name in keyof Limits]?: Limit | undefined };

const usualLimits: Limits = {
  accounts: { calls: 100, window: 60, period: "min" },
  institutions: { calls: 300, window: 60, period: "min" },
  read: { calls: 300, window: 60, period: "min" },
  write: { calls: 100, window: 60, period: "min" },
  tokenNew: { calls: 100, window: 3600, period: "hour" },
  tokenRefresh: { calls: 100, window: 60, period: "min" },
  account: { calls: 4, window: 86_400, period: "day" },
};

/** The general limits. */
type Family = Exclude<keyof Limits, "account">;

/** Which general limit a request falls under. */
export function familyOf(method: string, path: string): Family {
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

/** Counts calls in rolling windows, whether the limits are kept or not. */
export class LimitBook {
  readonly #callsPerDay: (account: AccountRecord) => number | undefined;
  #limits: Limits | undefined;
  readonly #calls = new Map<string, number[]>();

  /** @param callsPerDay what an account's bank allows, where that is less than the service does */
  constructor(limits: Limits | undefined, callsPerDay: (account: AccountRecord) => number | undefined) {
    this.#limits = limits;
    this.#callsPerDay = callsPerDay;
  }

  /** The limits that are kept; undefined for none. */
  get limits(): Limits | undefined {
    return this.#limits;
  }

  /** Sets other limits; what was counted stays counted. */
  set limits(limits: Limits | undefined) {
    this.#limits = limits;
  }

  /** Counts a call of a family and gives its headers; undefined without limits. @throws Refusal where the limit is spent */
  countGeneral(family: Family, now: number): LimitHeaders | undefined {
    const limit = this.#limits?.[family];
    if (limit === undefined) return undefined;
    const calls = this.#recent(family, limit, now);
    if (calls.length >= limit.calls) throw refusal(calls, limit, now);
    calls.push(now);
    return headersOf(calls, limit, now);
  }

  /** @throws Refusal where the account's limit for this kind of data is spent, the service's or its bank's */
  checkAccount(account: AccountRecord, kind: string, now: number): void {
    const limit = this.#limits?.account;
    if (limit === undefined) return;
    const calls = this.#recent(`${account.id}/${kind}`, limit, now);
    if (calls.length >= limit.calls) throw refusal(calls, limit, now);
    const perDay = this.#callsPerDay(account);
    if (perDay !== undefined && calls.filter((at) => at > now - DAY).length >= perDay) {
      throw flat(
        429,
        `Couldn't update account ${kind}`,
        "Daily request limit set by the Institution has been exceeded.",
        "RateLimitError",
      );
    }
  }

  /** Counts a successful call of an account. */
  countAccount(account: AccountRecord, kind: string, now: number): void {
    const limit = this.#limits?.account ?? usualLimits.account;
    this.#recent(`${account.id}/${kind}`, limit, now).push(now);
  }

  /** What the headers say of an account now; undefined without limits. */
  accountHeaders(accountId: string, kind: string, now: number): LimitHeaders | undefined {
    const limit = this.#limits?.account;
    return limit && headersOf(this.#recent(`${accountId}/${kind}`, limit, now), limit, now);
  }

  /** What the headers say of a family now, without counting a call; undefined without limits. */
  generalHeaders(family: Family, now: number): LimitHeaders | undefined {
    const limit = this.#limits?.[family];
    return limit && headersOf(this.#recent(family, limit, now), limit, now);
  }

  /** All that is counted, to be kept and put back. */
  get counted(): Record<string, number[]> {
    return Object.fromEntries(this.#calls);
  }

  set counted(calls: Readonly<Record<string, readonly number[]>>) {
    this.#calls.clear();
    for (const [key, times] of Object.entries(calls)) this.#calls.set(key, [...times]);
  }

  #recent(key: string, limit: Limit, now: number): number[] {
    const known = this.#calls.get(key) ?? [];
    const begins = now - limit.window * 1000;
    const recent = known.length > 0 && (known[0] ?? 0) > begins ? known : known.filter((at) => at > begins);
    this.#calls.set(key, recent);
    return recent;
  }
}

function refusal(calls: readonly number[], limit: Limit, now: number): Refusal {
  return rateLimited(limit.calls, limit.period, headersOf(calls, limit, now).reset);
}

/** The limits of an option or a control: true for the service's, false for none, or some of them otherwise. */
export function limitsFrom(given: boolean | SomeLimits): Limits | undefined {
  if (given === false) return undefined;
  if (given === true) return usualLimits;
  const { accounts, institutions, read, write, tokenNew, tokenRefresh, account } = given;
  return {
    accounts: accounts ?? usualLimits.accounts,
    institutions: institutions ?? usualLimits.institutions,
    read: read ?? usualLimits.read,
    write: write ?? usualLimits.write,
    tokenNew: tokenNew ?? usualLimits.tokenNew,
    tokenRefresh: tokenRefresh ?? usualLimits.tokenRefresh,
    account: account ?? usualLimits.account,
  };
}

function headersOf(calls: readonly number[], limit: Limit, now: number): LimitHeaders {
  const oldest = calls[0] ?? now;
  return {
    limit: limit.calls,
    remaining: Math.max(0, limit.calls - calls.length),
    reset: Math.max(1, Math.ceil((oldest + limit.window * 1000 - now) / 1000)),
  };
}
