import { describe, expect, it } from "vitest";
import {
  ApiError,
  ConnectionError,
  type ErrorResponse,
  InstitutionError,
  RateLimitError,
  TimeoutError,
} from "../../../packages/core/src/base/errors.ts";
import {
  allowsStaleResponse,
  type FailedAttempt,
  IdleConnectionError,
  retryDelay,
} from "../../../packages/core/src/pipeline/retry.ts";
import { countedFailure } from "../../../packages/core/src/providers/gocardless/errors.ts";

const options = { limit: 2, firstDelay: 500, longestDelay: 8000, longestWait: 60_000 };

const errorResponse = (status: number, type: string | null = null): ErrorResponse => ({
  status,
  type,
  method: "GET",
  path: "/accounts/x/balances/",
  summary: "",
  detail: "",
  fields: {},
  sent: true,
});
const status = (code: number, type: string | null = null) =>
  new ApiError("rejected", errorResponse(code, type));
const limited = (scope: "general" | "balances") =>
  new RateLimitError("limited", { ...errorResponse(429), resetAt: null, scope, limit: null });
const lost = (code: string | null, sent = true) => new ConnectionError("lost", code, { sent });
const delay = ({ error = status(503), ...failed }: Partial<FailedAttempt>, policy = options) => {
  const isCounted = countedFailure(error) !== undefined;
  return retryDelay(
    { method: "GET", attempt: 1, error, isCounted, requestedDelay: null, random: 0, ...failed },
    policy,
  );
};

describe("retryDelay", () => {
  it("the delay doubles from half a second to eight, and half of it is random", () => {
    const many = { ...options, limit: 10 };
    expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => delay({ attempt, random: 1 }, many))).toEqual([
      500, 1000, 2000, 4000, 8000, 8000, 8000,
    ]);
    expect([1, 2, 3].map((attempt) => delay({ attempt, random: 0 }, many))).toEqual([250, 500, 1000]);
  });

  it("a GET on a connection that was closed while idle is sent again at once, and then as usual", () => {
    const error = new IdleConnectionError("lost", "ECONNRESET");
    expect([1, 2, 3].map((attempt) => delay({ error, attempt }))).toEqual([0, 500, undefined]);
    expect(delay({ error }, { ...options, limit: 0 })).toBeUndefined();
  });

  it("there are at most two retries", () => {
    expect([1, 2, 3].map((attempt) => delay({ attempt }) !== undefined)).toEqual([true, true, false]);
    expect(delay({ attempt: 1 }, { ...options, limit: 0 })).toBeUndefined();
  });

  it.each<[string, unknown, boolean, boolean]>([
    ["500", status(500), true, false],
    ["500 of a kind that suspends accounts", status(500, "UnknownRequestError"), false, false],
    ["502", status(502), true, false],
    ["502 of a kind that suspends accounts", status(502, "UnknownRequestError"), false, false],
    ["503", new InstitutionError("away", errorResponse(503, "ServiceError")), true, false],
    ["504", status(504), true, false],
    ["501", status(501), false, false],
    ["400", status(400), false, false],
    ["401", status(401), false, false],
    ["404", status(404), false, false],
    ["409", status(409), false, false],
    ["general limit", limited("general"), true, true],
    ["daily limit", limited("balances"), false, false],
    ["refused connection", lost("ECONNREFUSED", false), true, true],
    ["closed idle connection", new IdleConnectionError("lost", "ECONNRESET"), true, false],
    ["reset connection", lost("ECONNRESET"), true, false],
    ["unknown loss", lost(null), true, false],
    ["timeout", new TimeoutError("late", 1), true, false],
    ["programming error", new TypeError("x"), false, false],
  ])("after %s, a GET is retried: %s, and a POST: %s", (_, error, get, post) => {
    expect(delay({ error }) !== undefined).toBe(get);
    for (const method of ["POST", "PUT", "DELETE"]) expect(delay({ error, method }) !== undefined).toBe(post);
  });

  it("a retry waits as long as the service asks for, and does not happen above the cap", () => {
    expect(delay({ error: limited("general"), requestedDelay: 7000 })).toBe(7000);
    expect(delay({ error: limited("general"), requestedDelay: 60_000 })).toBe(60_000);
    expect(delay({ error: limited("general"), requestedDelay: 60_001 })).toBeUndefined();
    expect(delay({ error: status(503), requestedDelay: 7000 })).toBe(7000);
    expect(delay({ error: status(503), requestedDelay: Number.POSITIVE_INFINITY })).toBeUndefined();
  });

  it("a retry waits as usual if the service asks for less, and an error that is not retried never waits", () => {
    expect(delay({ error: status(503), requestedDelay: 0, attempt: 2, random: 1 })).toBe(1000);
    expect(delay({ error: limited("balances"), requestedDelay: 1 })).toBeUndefined();
    expect(delay({ error: status(503), requestedDelay: 1, method: "POST" })).toBeUndefined();
    expect(delay({ error: status(503), requestedDelay: 1, attempt: 3 })).toBeUndefined();
  });
});

describe("allowsStaleResponse", () => {
  it.each<[unknown, boolean]>([
    [status(500), true],
    [status(503), true],
    [limited("balances"), true],
    [lost(null), true],
    [new TimeoutError("late", 1), true],
    [status(400), false],
    [status(401), false],
    [status(403), false],
    [status(404), false],
    [status(409), false],
    [new TypeError("x"), false],
  ])("after %s, a stale response is allowed: %s", (error, allowed) =>
    expect(allowsStaleResponse(error)).toBe(allowed),
  );
});
