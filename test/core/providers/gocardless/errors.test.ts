import { describe, expect, it } from "vitest";
import * as errors from "../../../../packages/core/src/base/errors.ts";
import { maskIbans } from "../../../../packages/core/src/base/masking.ts";
import type { Method } from "../../../../packages/core/src/pipeline/path.ts";
import {
  errorFromResponse,
  isTokenRejected,
} from "../../../../packages/core/src/providers/gocardless/errors.ts";
import { readRateLimits } from "../../../../packages/core/src/providers/gocardless/limits.ts";
import { targetAt } from "../../../support/requests.ts";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const TRANSACTIONS = `/accounts/${ID}/transactions/`;

interface Case {
  status: number;
  body: unknown;
  path?: string;
  method?: Method;
  headers?: Record<string, string>;
}

function errorOf({ status, body, path = TRANSACTIONS, method = "GET", headers = {} }: Case): errors.ApiError {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const rateLimits = readRateLimits(new Headers(headers), NOW);
  return errorFromResponse({
    request: targetAt(method, path),
    status,
    text,
    rateLimits,
    now: NOW,
    redact: maskIbans,
  });
}

const flat = (status: number, summary: string, detail: string, type?: string): Case => ({
  status,
  body: { summary, detail, status_code: status, ...(type === undefined ? {} : { type }) },
});

describe("errorFromResponse", () => {
  it.each<[string, Case, new (...args: never[]) => errors.ApiError]>([
    [
      "bad account id",
      flat(400, "Invalid Account ID", "X is not a valid Account UUID. "),
      errors.InvalidRequestError,
    ],
    [
      "dates reversed",
      flat(400, "Incorrect date range", "Starting date '2026-02-01' is greater than end date '2026-01-01'."),
      errors.InvalidRequestError,
    ],
    [
      "credentials",
      flat(401, "Authentication failed", "No active account found with the given credentials"),
      errors.AuthenticationError,
    ],
    ["token", flat(401, "Invalid token", "Token is invalid or expired"), errors.AuthenticationError],
    [
      "consent, as 401",
      flat(
        401,
        `End User Agreement (EUA) ${ID} has expired`,
        "EUA was valid for 90 days and it expired at 2026-10-31T07:58:23Z.",
      ),
      errors.AccessExpiredError,
    ],
    [
      "consent, as 400",
      flat(
        400,
        `End User Agreement (EUA) ${ID} has expired`,
        "EUA was valid for 90 days and it expired at 2026-10-31.",
      ),
      errors.AccessExpiredError,
    ],
    [
      "access revoked",
      flat(
        401,
        "Couldn't update account transactions",
        "Access has expired or it has been revoked.",
        "AccessExpiredError",
      ),
      errors.AccessExpiredError,
    ],
    [
      "account closed",
      flat(
        401,
        "Couldn't update account balances",
        "Account has been deactivated or it no longer exists.",
        "AccountInactiveError",
      ),
      errors.AccessDeniedError,
    ],
    ["payment", flat(402, "Payment Required", "Free usage limit exceeded"), errors.PaymentRequiredError],
    [
      "IP address",
      flat(403, "IP address access denied", "Your IP 192.0.2.1 isn't whitelisted to perform this action"),
      errors.AccessDeniedError,
    ],
    [
      "scope",
      flat(
        403,
        "End User Agreement (EUA) access scope error",
        "EUA doesn't allow access to account transactions.",
      ),
      errors.AccessDeniedError,
    ],
    [
      "no agreement",
      flat(
        403,
        "No valid End User Agreement",
        "Account exists but there is no valid End User Agreement permitting you to access it",
      ),
      errors.AccessDeniedError,
    ],
    [
      "forbidden by the bank",
      flat(403, "Couldn't update account details", "…", "AccountAccessForbidden"),
      errors.AccessDeniedError,
    ],
    ["nothing found", flat(404, "Not found.", "Not found."), errors.NotFoundError],
    [
      "no account",
      flat(404, `Account ID ${ID} not found`, "Please check whether you specified a valid Account ID"),
      errors.NotFoundError,
    ],
    [
      "suspended",
      flat(
        409,
        "Account suspended",
        "This account or its requisition was suspended due to numerous errors that occurred while accessing it.",
      ),
      errors.AccountSuspendedError,
    ],
    [
      "limit of the service",
      flat(
        429,
        "Rate limit exceeded",
        "The rate limit for this resource is 4/day. Please try again in 85092 seconds",
      ),
      errors.RateLimitError,
    ],
    [
      "limit of the bank",
      flat(
        429,
        "Couldn't update account balances",
        "Daily request limit set by the Institution has been exceeded.",
        "RateLimitError",
      ),
      errors.RateLimitError,
    ],
    [
      "failure of the bank",
      flat(
        500,
        "Couldn't update account balances",
        "Request to Institution returned an error",
        "UnknownRequestError",
      ),
      errors.InstitutionError,
    ],
    [
      "bank unavailable",
      flat(503, "Couldn't update account balances", "Institution service unavailable", "ServiceError"),
      errors.InstitutionError,
    ],
    [
      "bank unreachable",
      flat(503, "Couldn't update account balances", "Couldn't connect to Institution", "ConnectionError"),
      errors.InstitutionError,
    ],
    ["bare 500", { status: 500, body: "" }, errors.ApiError],
    [
      "proxy's page",
      { status: 502, body: "<html><head><title>502 Bad Gateway</title></head></html>" },
      errors.ApiError,
    ],
  ])("an error response has its class: %s", (_, given, expected) => {
    const error = errorOf(given);
    expect(error.constructor).toBe(expected);
    expect(error).toBeInstanceOf(errors.BankDataError);
    expect(error.name).toBe(expected.name);
    expect(error).toMatchObject({ status: given.status, method: "GET", path: TRANSACTIONS, sent: true });
  });

  it("the error for an expired consent says when access expired, and what to do", () => {
    const error = errorOf(
      flat(
        401,
        `End User Agreement (EUA) ${ID} has expired`,
        "EUA was valid for 90 days and it expired at 2026-10-31T07:58:23Z. The end user must connect once more",
      ),
    );
    expect(error.message).toBe(
      `Access to account ${ID} expired on 2026-10-31. Reconnect the bank to restore it: create a new requisition, for example with createBankLink.`,
    );
    expect(error).toMatchObject({ expiredAt: "2026-10-31T07:58:23Z" });
  });

  it.each<[Case, string]>([
    [
      { ...flat(404, "Not found.", "Not found."), path: `/accounts/${ID}/` },
      `Account ${ID} does not exist (404).`,
    ],
    [
      flat(404, `Account ID ${ID} not found`, "Please check whether you specified a valid Account ID"),
      `Account ${ID} does not exist (404).`,
    ],
    [
      { ...flat(404, "Disabled", "Integrations are disabled."), path: "/integrations/" },
      "/integrations/ does not exist (404 Integrations are disabled).",
    ],
    [
      { status: 502, body: "<title>502 Bad Gateway</title>", path: "/institutions/" },
      "GET /institutions/ failed with status 502 (Bad Gateway); try again later.",
    ],
    [
      { status: 500, body: "", path: "/institutions/" },
      "GET /institutions/ failed with status 500; try again later.",
    ],
    [
      flat(401, "Authentication failed", "No active account found with the given credentials"),
      "Authentication failed (401 No active account found with the given credentials): check secretId and secretKey.",
    ],
    [
      flat(401, "Invalid token", "Token is invalid or expired"),
      "Authentication failed (401 Invalid token: Token is invalid or expired): the token was rejected twice, so check that the credentials are still valid.",
    ],
    [
      flat(402, "Payment Required", "Free usage limit exceeded"),
      "Payment required (402 Free usage limit exceeded): check your company's plan.",
    ],
    [
      { status: 400, body: { redirect: ["This field is required."] }, path: "/requisitions/" },
      "GET /requisitions/ was rejected (400 redirect: This field is required).",
    ],
    [
      flat(409, "Account suspended", "This account was suspended due to numerous errors."),
      `Access to account ${ID} was suspended after too many failures. Reconnect the bank to restore it: create a new requisition, for example with createBankLink.`,
    ],
    [
      flat(503, "Institution service unavailable", "", "ServiceError"),
      `The bank returned no data for account ${ID} (503 Institution service unavailable); try again later.`,
    ],
  ])("the message states once what failed, and what to do: %#", (given, message) => {
    expect(errorOf(given).message).toBe(message);
  });

  it("an account that is not ready is recognised by its object", () => {
    for (const status of ["PROCESSING", "ERROR"]) {
      const error = errorOf({
        status: 409,
        body: { id: ID, created: "2026-11-01", iban: "DE89370400440532013000", status },
      });
      expect(error).toBeInstanceOf(errors.AccountNotReadyError);
      expect(error).toMatchObject({ accountStatus: status });
      expect(error.message).not.toContain("0440532");
    }
  });

  it.each<[string, string, string]>([
    ["2026-02-09 07:45:10.120345.", "2026-02-09 07:45:10.120345", ""],
    ["2026-02-09 07:45:10.120345", "2026-02-09 07:45:10.120345", " The end user must connect once more"],
    ["2026-02-09 07:45:10", "2026-02-09 07:45:10", ". The end user"],
    ["2026-02-09 07:45", "2026-02-09 07:45", ", and"],
    ["2026-02-09T07:45:10.120345+00:00.", "2026-02-09T07:45:10.120345+00:00", ""],
    ["2026-02-09 07:45:10.120345 +0100", "2026-02-09 07:45:10.120345 +0100", ""],
    ["2026-02-09 07:45:10-05:00", "2026-02-09 07:45:10-05:00", ""],
    ["2026-02-09 07:45:10 UTC.", "2026-02-09 07:45:10 UTC", ""],
    ["2026-02-09T07:45:10Z.", "2026-02-09T07:45:10Z", " Zebra"],
    ["2026-02-09.", "2026-02-09", ""],
    ["2026-02-09", "2026-02-09", " Zurich"],
    ["yesterday.", "yesterday", ""],
  ])("the time of %j is kept", (written, expected, behind) => {
    const detail = `EUA was valid for 90 days and it expired at ${written}${behind}`;
    const error = errorOf(flat(401, `End User Agreement (EUA) ${ID} has expired`, detail));
    expect(error).toBeInstanceOf(errors.AccessExpiredError);
    expect(error).toMatchObject({ expiredAt: expected });
    if (expected.startsWith("2026")) expect(error.message).toContain("expired on 2026-02-09.");
  });

  it.each<[string, string, string | undefined, string]>([
    [
      "Account is Processing",
      "Your account data is currently being processed. Please try again shortly",
      undefined,
      "PROCESSING",
    ],
    ["ACCOUNT IS PROCESSING", "", undefined, "PROCESSING"],
    ["account is being processed", "", undefined, "PROCESSING"],
    ["Account processing", "", undefined, "PROCESSING"],
    ["Conflict", "The account has not been processed yet.", undefined, "PROCESSING"],
    ["Conflict", "Account state does not support this. Account status: PROCESSING", undefined, "PROCESSING"],
    ["Account not ready", "", undefined, "PROCESSING"],
    ["Conflict", "", "discovered", "DISCOVERED"],
  ])(
    "an account that is not ready is recognised by its words: %s %s",
    (summary, detail, status, accountStatus) => {
      const error = errorOf({ status: 409, body: { summary, detail, status, status_code: 409 } });
      expect(error).toBeInstanceOf(errors.AccountNotReadyError);
      expect(error).toMatchObject({ accountStatus, summary, detail });
      expect(error.message).toBe(
        `The account ${ID} is not ready (status ${accountStatus}); try again in a few minutes.`,
      );
    },
  );

  it("no other conflict is mistaken for an account that is not ready", () => {
    const suspended = errorOf(
      flat(409, "Account suspended", "The account is suspended, as processing it failed too often."),
    );
    expect(suspended).toBeInstanceOf(errors.AccountSuspendedError);
    const failed = errorOf(flat(409, "Conflict", "An error occurred while processing the request."));
    expect(failed.constructor).toBe(errors.InvalidRequestError);
    const requisition = errorOf({
      ...flat(409, "Conflict", "The account is being processed."),
      path: "/requisitions/x/",
    });
    expect(requisition.constructor).toBe(errors.InvalidRequestError);
  });

  it("fields with an object, a list of objects and a list of strings are read, all in one body", () => {
    const error = errorOf({
      status: 400,
      method: "POST",
      path: "/requisitions/",
      body: {
        reference: {
          summary: "Client reference must be unique",
          detail: "Client reference: X already exists",
        },
        agreement: [
          { summary: "Unknown", detail: "one" },
          { summary: "Invalid", detail: "two" },
        ],
        redirect: ["This field is required."],
        status_code: 400,
      },
    });
    expect(error).toBeInstanceOf(errors.InvalidRequestError);
    expect(error.fields).toEqual({
      reference: [
        { summary: "Client reference must be unique", detail: "Client reference: X already exists" },
      ],
      agreement: [
        { summary: "Unknown", detail: "one" },
        { summary: "Invalid", detail: "two" },
      ],
      redirect: [{ summary: "This field is required.", detail: "" }],
    });
    expect(error.message).toContain("redirect: This field is required");
  });

  it("the old form with lists, and a body without status_code, are read", () => {
    const error = errorOf({ status: 400, body: { summary: ["Bad", "thing"], detail: ["Do better."] } });
    expect(error).toMatchObject({ summary: "Bad thing", detail: "Do better.", type: null });
  });

  it("the title of an HTML page is the summary", () => {
    const error = errorOf({
      status: 403,
      body: "<html><title>\n Access denied </title><body>x</body></html>",
    });
    expect(error).toBeInstanceOf(errors.AccessDeniedError);
    expect(error.summary).toBe("Access denied");
  });

  it("IBANs are masked wherever they occur", () => {
    const iban = "GB33BUKB20201555555555";
    const error = errorOf({
      ...flat(404, `Account ID ${iban} not found`, `${iban} is unknown`),
      path: `/accounts/${iban}/`,
    });
    expect(JSON.stringify([error, error.message])).not.toContain("20201555");
  });
});

describe("limits", () => {
  it("the text distinguishes an account's daily limit from the general one", () => {
    const daily = errorOf(
      flat(
        429,
        "Rate limit exceeded",
        "The rate limit for this resource is 4/day. Please try again in 85092 seconds",
      ),
    );
    expect(daily).toMatchObject({
      scope: "transactions",
      limit: 4,
      resetAt: new Date(NOW + 85_092_000),
    });
    const general = errorOf(
      flat(
        429,
        "Rate limit exceeded",
        "The rate limit for this resource is 100/minute. Please try again in 7 seconds",
      ),
    );
    expect(general).toMatchObject({ scope: "general", limit: 100, resetAt: new Date(NOW + 7000) });
  });

  it("the headers distinguish the limits if the text does not", () => {
    const spent = errorOf({
      ...flat(429, "Rate limit exceeded", ""),
      headers: {
        HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING: "0",
        HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET: "5242",
        HTTP_X_RATELIMIT_REMAINING: "92",
      },
    });
    expect(spent).toMatchObject({ scope: "transactions", resetAt: new Date(NOW + 5_242_000) });
    const general = errorOf({
      ...flat(429, "Rate limit exceeded", ""),
      headers: { http_x_ratelimit_remaining: "0", http_x_ratelimit_reset: "3" },
    });
    expect(general).toMatchObject({ scope: "general", resetAt: new Date(NOW + 3000) });
  });

  it("resetAt is null if the bank does not say when a limit resets", () => {
    const error = errorOf(
      flat(
        429,
        "Couldn't update account balances",
        "Daily request limit set by the Institution has been exceeded.",
        "RateLimitError",
      ),
    );
    expect(error).toMatchObject({ scope: "transactions", resetAt: null });
    expect(error.message).toContain("reset time unknown");
  });

  it.each([
    ["Couldn't update account balances", "Daily request limit set by the Institution has been exceeded."],
    ["Rate limit exceeded", "The rate limit for this resource is 4 per day."],
    ["Rate limit exceeded", "The rate limit for this resource is 4/24h."],
    ["Rate limit exceeded", "Only 4 requests within 24 hours are allowed"],
    ["Rate limit exceeded: 4/day", ""],
    ["Rate limit exceeded", "4 times a day"],
  ])("any words for a daily limit are recognised, even without a type: %s %s", (summary, detail) => {
    expect(errorOf(flat(429, summary, detail))).toMatchObject({ scope: "transactions" });
  });

  it.each([
    ["Rate limit exceeded", "The rate limit for this resource is 100 per minute."],
    ["Rate limit exceeded: 100/min", ""],
    ["Rate limit exceeded", "The rate limit for this resource is 100/hour"],
    ["Too many requests", "Slow down, data is served to others."],
  ])("words for a shorter window mean a general limit: %s %s", (summary, detail) => {
    expect(errorOf(flat(429, summary, detail))).toMatchObject({ scope: "general" });
  });

  it("a limit of anything but account data is general", () => {
    const error = errorOf({
      ...flat(
        429,
        "Rate limit exceeded",
        "The rate limit for this resource is 100/hour. Please try again in 900 seconds",
      ),
      path: "/token/new/",
    });
    expect(error).toMatchObject({ scope: "general" });
  });
});

describe("isTokenRejected", () => {
  it("isTokenRejected is true for a rejected token, and for no other error", () => {
    expect(isTokenRejected(errorOf(flat(401, "Invalid token", "Token is invalid or expired")))).toBe(true);
    expect(
      isTokenRejected(
        errorOf(
          flat(
            401,
            "Couldn't update account transactions",
            "Access has expired or it has been revoked.",
            "AccessExpiredError",
          ),
        ),
      ),
    ).toBe(false);
    expect(
      isTokenRejected(
        errorOf(flat(401, "Authentication failed", "No active account found with the given credentials")),
      ),
    ).toBe(false);
    expect(isTokenRejected(errorOf(flat(403, "Invalid token", "Token is invalid or expired")))).toBe(false);
  });
});
