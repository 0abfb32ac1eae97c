import type { HeaderFields } from "../../base/header-fields.ts";
import type { RateLimit, RateLimits, WindowRule } from "../../pipeline/index.ts";

/** A group of operations that share one general limit of the company. */
export type RateLimitBucket =
  | "accounts"
  | "institutions"
  | "reads"
  | "writes"
  | "newTokens"
  | "refreshedTokens";

const MINUTE = 60_000;

/** The service's general limits; lengths in milliseconds. */
export const generalLimits: Readonly<Record<RateLimitBucket, WindowRule>> = Object.freeze({
  accounts: { limit: 100, length: MINUTE },
  institutions: { limit: 300, length: MINUTE },
  reads: { limit: 300, length: MINUTE },
  writes: { limit: 100, length: MINUTE },
  newTokens: { limit: 100, length: 60 * MINUTE },
  refreshedTokens: { limit: 100, length: MINUTE },
});

/** Successful calls per account and data kind: four within 24 hours, unless the headers report another limit. */
export const dailyCalls: WindowRule = Object.freeze({ limit: 4, length: 24 * 60 * MINUTE });

/**
 * Reads the rate-limit headers: upper or lower case, with and without the literal `HTTP_` in front, with `_` or, as
 * some proxies rewrite it, `-`. `RESET` is in seconds from `now` (milliseconds). Malformed values count as missing.
 */
export function readRateLimits(headers: HeaderFields, now: number): RateLimits {
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

/** The largest value that is accepted: in seconds, 31 days, well past any window of the service. */
const LARGEST_COUNT = 31 * 86_400;

function count(text: string | undefined): number | null {
  if (text === undefined || !/^\s*\d{1,9}\s*$/.test(text)) return null;
  const value = Number(text);
  return value <= LARGEST_COUNT ? value : null;
}
