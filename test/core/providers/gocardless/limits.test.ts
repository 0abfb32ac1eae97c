import { describe, expect, it } from "vitest";
import { RateLimitMemory } from "../../../../packages/core/src/limits/rate-limits.ts";
import { readRateLimits } from "../../../../packages/core/src/providers/gocardless/limits.ts";

const NOW = Date.parse("2026-11-23T09:00:00Z");

describe("readRateLimits", () => {
  const expected = {
    general: { limit: 100, remaining: 92, resetAt: new Date(NOW + 1000) },
    account: { limit: 10, remaining: 5, resetAt: new Date(NOW + 5_242_000) },
  };

  it.each([
    ["with HTTP_, in upper case", (name: string) => `HTTP_${name}`],
    ["with http_, in lower case", (name: string) => `http_${name}`.toLowerCase()],
    ["without HTTP_", (name: string) => name],
    ["with hyphens, as a proxy writes them", (name: string) => name.replaceAll("_", "-").toLowerCase()],
  ])("readRateLimits reads headers %s", (_, spelled) => {
    const headers = new Headers({
      [spelled("X_RATELIMIT_LIMIT")]: "100",
      [spelled("X_RATELIMIT_REMAINING")]: "92",
      [spelled("X_RATELIMIT_RESET")]: "1",
      [spelled("X_RATELIMIT_ACCOUNT_SUCCESS_LIMIT")]: "10",
      [spelled("X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING")]: "5",
      [spelled("X_RATELIMIT_ACCOUNT_SUCCESS_RESET")]: "5242",
    });
    expect(readRateLimits(headers, NOW)).toEqual(expected);
  });

  it("readRateLimits ignores malformed values", () => {
    const headers = new Headers({
      HTTP_X_RATELIMIT_LIMIT: "many",
      HTTP_X_RATELIMIT_REMAINING: "-1",
      HTTP_X_RATELIMIT_RESET: "99999999999999",
      HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_LIMIT: "4",
      HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING: "1e1",
      HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET: "",
    });
    expect(readRateLimits(headers, NOW)).toEqual({
      general: null,
      account: { limit: 4, remaining: null, resetAt: null },
    });
  });
});

describe("RateLimitMemory", () => {
  it("RateLimitMemory keeps the last general limit, and each account's by data kind", () => {
    const memory = new RateLimitMemory();
    const limit = (remaining: number) => ({ limit: 4, remaining, resetAt: null });
    expect(memory.general()).toBeNull();
    memory.remember({ accountId: "a", dataKind: "balances" }, { general: limit(90), account: limit(3) });
    memory.remember({ accountId: "a", dataKind: "transactions" }, { general: null, account: limit(2) });
    memory.remember(undefined, { general: limit(89), account: limit(1) });
    expect(memory.general()).toEqual(limit(89));
    expect(memory.account("a")).toEqual({ balances: limit(3), transactions: limit(2) });
    expect(memory.account("b")).toEqual({});
  });
});
