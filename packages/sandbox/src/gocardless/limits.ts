import { DAY } from "../banks/day.ts";
import { assertFits, positive, type Rule, record, text, wholeNumber } from "../world/argument.ts";
import { assertKnownNames } from "../world/known-names.ts";
import { CallCounts, type LimitLeft } from "../world/limits.ts";
import type { World } from "../world/state.ts";
import { type ErrorResponse, flatError, rateLimited } from "./errors/error-response.ts";
import type { AccountRecord } from "./state/records.ts";

/** A limit: at most this many requests in a rolling window. */
export interface Limit {
  /** The next request in the window is rejected with 429. */
  calls: number;
  /** In seconds. */
  window: number;
  /** The name of the window in the service's error text, such as "min" or "day". */
  period: string;
}

/** The service's limits by name. */
export interface Limits {
  /** Requests below `/accounts/`, of all accounts together. @default 100 a minute */
  accounts: Limit;
  /** GET requests below `/institutions/` and `/integrations/`. @default 300 a minute */
  institutions: Limit;
  /** All other GET requests. @default 300 a minute */
  read: Limit;
  /** All other requests that are not GET. @default 100 a minute */
  write: Limit;
  /** `POST /token/new/`. @default 100 an hour */
  tokenNew: Limit;
  /** `POST /token/refresh/`. @default 100 a minute */
  tokenRefresh: Limit;
  /** Successful requests for one kind of data of one account; some banks allow fewer. @default 4 a day */
  account: Limit;
}

/** Limits that replace the service's; those left out stay as they are. */
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

/** What each member of a limit must be. */
const LIMIT_RULES: Readonly<Record<keyof Limit, Rule>> = {
  calls: wholeNumber(0, 1_000_000_000),
  window: positive(1_000_000_000),
  period: text(100),
};

/**
 * Limits from an option or a control: `true` for the service's, `false` for none, or limits that replace some of them.
 *
 * @param name the name of the argument, for errors
 * @throws TypeError that names the member that is unknown or invalid
 */
export function limitsFrom(given: boolean | SomeLimits, name = "limits"): Limits | undefined {
  if (given === false) return undefined;
  if (given === true) return usualLimits;
  assertLimits(given, name);
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

function assertLimits(given: SomeLimits, name: string): void {
  assertFits(name, given, { ...record, words: "true, false or an object with limits" });
  assertKnownNames<SomeLimits>(given, usualLimits, "the limits");
  for (const [limitName, limit] of Object.entries(given)) {
    if (limit === undefined) continue;
    assertFits(`${name}.${limitName}`, limit, record);
    assertKnownNames<Limit>(limit, LIMIT_RULES, `${name}.${limitName}`);
    assertFits(`${name}.${limitName}.calls`, limit.calls, LIMIT_RULES.calls);
    assertFits(`${name}.${limitName}.window`, limit.window, LIMIT_RULES.window);
    assertFits(`${name}.${limitName}.period`, limit.period, LIMIT_RULES.period);
  }
}

/**
 * The names of the headers with limits. The service was seen with either: "http" for `HTTP_X_RATELIMIT_LIMIT`, "plain"
 * for `X-RateLimit-Limit`.
 */
export type RateLimitHeaders = "http" | "plain";

/** The requests that share a general limit. */
type RateLimitBucket = Exclude<keyof Limits, "account">;

/** Which general limit a request falls under. */
export function bucketOf(method: string, path: string): RateLimitBucket {
  if (path.startsWith("/token/new/")) return "tokenNew";
  if (path.startsWith("/token/")) return "tokenRefresh";
  if (path.startsWith("/accounts/")) return "accounts";
  if (method !== "GET" && method !== "HEAD") return "write";
  return path.startsWith("/institutions/") || path.startsWith("/integrations/") ? "institutions" : "read";
}

/** Enforces the service's limits, and the lower limits of some banks. */
export class LimitBook {
  /** Calls stay counted when the limits change. */
  readonly counts = new CallCounts();
  /** The limits in force; undefined for none. */
  limits: Limits | undefined;
  readonly #world: World;

  constructor(world: World, limits: Limits | undefined) {
    this.#world = world;
    this.limits = limits;
  }

  /** Counts a call and returns what is left; undefined without limits. @throws ErrorResponse if nothing was left */
  countGeneral(bucket: RateLimitBucket, now: number): LimitLeft | undefined {
    const limit = this.limits?.[bucket];
    if (limit === undefined) return undefined;
    if (this.counts.recent(bucket, limit, now).length >= limit.calls) throw this.#spent(bucket, limit, now);
    this.counts.add(bucket, limit, now);
    return this.counts.left(bucket, limit, now);
  }

  /** What is left of a bucket now, without counting a call; undefined without limits. */
  generalLeft(bucket: RateLimitBucket, now: number): LimitLeft | undefined {
    const limit = this.limits?.[bucket];
    return limit && this.counts.left(bucket, limit, now);
  }

  /** @throws ErrorResponse if the service's or the bank's limit for this account and kind of data is reached */
  checkAccount(account: AccountRecord, kind: string, now: number): void {
    const limit = this.limits?.account;
    if (limit === undefined) return;
    const key = `${account.id}/${kind}`;
    const calls = this.counts.recent(key, limit, now);
    if (calls.length >= limit.calls) throw this.#spent(key, limit, now);
    const perDay = this.#world.banks.get(account.institution_id)?.callsPerDay;
    if (perDay !== undefined && calls.filter((at) => at > now - DAY).length >= perDay) {
      throw flatError(
        429,
        `Couldn't update account ${kind}`,
        "Daily request limit set by the Institution has been exceeded.",
        "RateLimitError",
      );
    }
  }

  /** Counts a successful request for an account's data. */
  countAccount(account: AccountRecord, kind: string, now: number): void {
    this.counts.add(`${account.id}/${kind}`, this.limits?.account ?? usualLimits.account, now);
  }

  /** What is left of an account's limit now, without counting a call; undefined without limits. */
  accountLeft(accountId: string, kind: string, now: number): LimitLeft | undefined {
    const limit = this.limits?.account;
    return limit && this.counts.left(`${accountId}/${kind}`, limit, now);
  }

  #spent(key: string, limit: Limit, now: number): ErrorResponse {
    return rateLimited(limit.calls, limit.period, this.counts.left(key, limit, now).reset);
  }
}
