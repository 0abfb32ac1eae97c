import { describe, expect, it } from "vitest";
import {
  AccountNotReadyError,
  ApiError,
  InstitutionError,
  RateLimitError,
} from "../../../packages/core/src/base/errors.ts";
import { type ClientOptions, GoCardlessClient } from "../../../packages/core/src/index.ts";
import { readRetryAfter } from "../../../packages/core/src/pipeline/retry-after.ts";
import { TestClock } from "../../support/clock.ts";
import { type Reply, startService } from "../../support/service.ts";

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const NOW = Date.parse("2026-11-23T09:00:00Z");

describe("readRetryAfter", () => {
  it.each<[string, number | null]>([
    ["0", 0],
    ["7", 7000],
    [" 120 ", 120_000],
    ["999999999999999999999", 1e24],
    ["9".repeat(400), Number.POSITIVE_INFINITY],
    ["Mon, 23 Nov 2026 09:00:42 GMT", 42_000],
    ["Monday, 23-Nov-26 09:00:42 GMT", 42_000],
    ["Mon Nov 23 09:00:42 2026", 42_000],
    ["Mon, 23 Nov 2026 08:59:59 GMT", 0],
    ["Fri, 31 Dec 9999 23:59:59 GMT", Date.parse("9999-12-31T23:59:59Z") - NOW],
    ["", null],
    ["-5", null],
    ["+5", null],
    ["5.5", null],
    ["5s", null],
    ["0x10", null],
    ["1e3", null],
    ["5, 10", null],
    ["soon", null],
    ["Monday", null],
    ["Mon, 99 Nov 2026 09:00:42 GMT", null],
    ["2026-11-23T09:00:42Z", null],
  ])("readRetryAfter reads %j", (text, wait) => {
    const headers = new Headers(text === "" ? {} : { "retry-after": text });
    expect(readRetryAfter(headers, NOW)).toBe(wait);
  });
});

const unavailable = { summary: "Service unavailable", detail: "Try later." };
const limited = (detail: string, type?: string) => ({ summary: "Rate limit exceeded", detail, type });

/** Asks for balances and then sends a POST; both are rejected for a number of responses. */
async function asking(
  reply: { status: number; body: unknown; headers: Record<string, string> },
  options: Partial<ClientOptions> = {},
  until = 1,
) {
  const clock = new TestClock();
  let given = 0;
  const nextReply = (): Reply => {
    given += 1;
    return given > until ? { body: { balances: [] } } : reply;
  };
  await using service = await startService((request) =>
    request.path.startsWith("/token/") ? undefined : nextReply(),
  );
  const client = new GoCardlessClient({
    secretId: "the-secret-id",
    secretKey: "the-secret-key",
    baseUrl: service.baseUrl,
    cacheOptions: false,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    quota: false,
    ...options,
  });
  const outcome: unknown = await client.getAccountBalances(ACCOUNT).catch((error: unknown) => error);
  const slept = [...clock.slept];
  const written: unknown = await client.post("/requisitions/", {}).catch((error: unknown) => error);
  const sleptToWrite = clock.slept.slice(slept.length);
  return { outcome, slept, written, sleptToWrite, asked: service.asked() };
}

describe("the Retry-After header", () => {
  it.each([
    ["seconds", "12"],
    ["a date", "Mon, 23 Nov 2026 09:00:12 GMT"],
  ])("Retry-After is obeyed after a 503 and after a general 429, in %s", async (_, value) => {
    const headers = { "retry-after": value };
    for (const reply of [
      { status: 503, body: unavailable, headers },
      { status: 503, body: { ...unavailable, type: "ServiceError" }, headers },
      { status: 429, body: limited(""), headers },
    ]) {
      const { outcome, slept } = await asking(reply);
      expect(outcome).toMatchObject({ balances: [] });
      expect(slept).toEqual([12_000]);
    }
  });

  it("Retry-After ends the call at once if it exceeds longestWait", async () => {
    for (const value of ["61", "999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"]) {
      const headers = { "retry-after": value };
      const down = await asking({ status: 503, body: unavailable, headers }, {}, 9);
      expect(down.outcome).toBeInstanceOf(ApiError);
      const full = await asking({ status: 429, body: limited(""), headers }, {}, 9);
      expect(full.outcome).toBeInstanceOf(RateLimitError);
      expect([...down.slept, ...full.slept]).toEqual([]);
      expect(down.asked.filter((one) => one.startsWith("GET"))).toHaveLength(1);
      expect(full.asked.filter((one) => one.startsWith("GET"))).toHaveLength(1);
    }
  });

  it("Retry-After is limited by the user's longestWait, and never shortens the usual delay", async () => {
    const headers = { "retry-after": "90" };
    const long = await asking(
      { status: 503, body: unavailable, headers },
      { retries: { longestWait: 90_000 } },
    );
    expect(long.slept).toEqual([90_000]);
    const now = await asking({ status: 503, body: unavailable, headers: { "retry-after": "0" } });
    expect(now.slept).toEqual([250]);
  });

  it("a malformed Retry-After changes nothing", async () => {
    for (const value of ["-5", "soon", "5.5", "2026-11-23T09:00:42Z"]) {
      const { outcome, slept } = await asking({
        status: 503,
        body: unavailable,
        headers: { "retry-after": value },
      });
      expect(outcome).toMatchObject({ balances: [] });
      expect(slept).toEqual([250]);
    }
  });

  it("Retry-After is ignored with any other status", async () => {
    const { slept } = await asking({ status: 502, body: unavailable, headers: { "retry-after": "12" } });
    expect(slept).toEqual([250]);
  });

  it("Retry-After is never waited for at a daily limit, but is its reset time if nothing else names one", async () => {
    const headers = { "retry-after": "30" };
    for (const [body, resetAt] of [
      [limited("Daily request limit set by the Institution has been exceeded.", "RateLimitError"), 30_000],
      [limited("The rate limit for this resource is 4/day. Please try again in 85092 seconds"), 85_092_000],
      [limited("The rate limit for this resource is 4/day."), 30_000],
    ] as const) {
      const { outcome, slept } = await asking({ status: 429, body, headers }, {}, 9);
      expect(outcome).toMatchObject({ scope: "balances", resetAt: new Date(NOW + resetAt) });
      expect(slept).toEqual([]);
    }
  });

  it("Retry-After distinguishes a daily limit from a general one by its hours, and is not accepted beyond a day", async () => {
    const afterHours = await asking({ status: 429, body: {}, headers: { "retry-after": "40000" } }, {}, 9);
    expect(afterHours.outcome).toMatchObject({ scope: "balances", resetAt: new Date(NOW + 40_000_000) });
    const never = await asking({ status: 429, body: {}, headers: { "retry-after": "1".repeat(30) } }, {}, 9);
    expect(never.outcome).toMatchObject({ scope: "balances", resetAt: null });
  });

  it("the delay in the text precedes Retry-After; between it and the service's own header, the later time counts", async () => {
    const text = limited("The rate limit for this resource is 100/minute. Please try again in 7 seconds");
    const inText = await asking({ status: 429, body: text, headers: { "retry-after": "40" } });
    expect(inText.slept).toEqual([7000]);
    for (const [reset, retryAfter] of [
      ["5", "40"],
      ["40", "5"],
    ] as const) {
      const headers = {
        http_x_ratelimit_remaining: "0",
        http_x_ratelimit_reset: reset,
        "retry-after": retryAfter,
      };
      expect((await asking({ status: 429, body: limited(""), headers })).slept).toEqual([40_000]);
    }
  });

  it("Retry-After causes no retry that would not happen without it", async () => {
    const headers = { "retry-after": "12" };
    const { written, asked, slept, outcome } = await asking(
      { status: 503, body: unavailable, headers },
      { retries: 0 },
      9,
    );
    expect(outcome).toBeInstanceOf(ApiError);
    expect(written).toMatchObject({ status: 503 });
    expect(asked).toHaveLength(2);
    expect(slept).toEqual([]);
    const withRetries = await asking({ status: 503, body: unavailable, headers }, {}, 9);
    expect(withRetries.asked.filter((one) => one.startsWith("POST"))).toHaveLength(1);
    expect(withRetries.slept).toEqual([12_000, 12_000]);
    expect(withRetries.sleptToWrite).toEqual([]);
    const atTheBank = { ...unavailable, type: "UnknownRequestError" };
    const failed = await asking({ status: 500, body: atTheBank, headers }, {}, 9);
    expect(failed.outcome).toBeInstanceOf(InstitutionError);
    expect(failed.slept).toEqual([]);
  });
});

it("an account that is being processed is reported as such, and is not requested again automatically", async () => {
  const body = {
    summary: "Account is Processing",
    detail: "Your account data is currently being processed. Please try again shortly.",
  };
  const { outcome, slept } = await asking({ status: 409, body, headers: {} }, {}, 9);
  expect(outcome).toBeInstanceOf(AccountNotReadyError);
  expect(slept).toEqual([]);
});
