import {
  AccessDeniedError,
  AccessExpiredError,
  AccountNotReadyError,
  AccountSuspendedError,
  ApiError,
  AuthenticationError,
  type ErrorResponse,
  type FieldProblem,
  InstitutionError,
  InvalidRequestError,
  NotFoundError,
  PaymentRequiredError,
  RateLimitError,
  type RateLimitScope,
} from "../../base/errors.ts";
import { accountDataOf, type CountedFailure, type RawErrorResponse } from "../../pipeline/index.ts";
import { type ErrorBody, readErrorBody } from "./error-body.ts";

/** Makes the error that an response stands for; the one place where a status becomes a class. */
export function errorFromResponse(response: RawErrorResponse): ApiError {
  const body = cleaned(readErrorBody(response.text), response.clean);
  const { request, status } = response;
  const { method } = request.operation;
  const path = response.clean(request.path);
  const details: ErrorResponse = { status, method, path, sent: true, ...body };
  const what = subjectOf(response);
  const said = [String(status), body.summary].filter(Boolean).join(" ");
  const because = body.detail === "" ? said : `${said}: ${body.detail.replace(/\.$/, "")}`;

  if (isConsentOver(status, body)) {
    const expiredAt = timeOfExpiry(body.detail);
    const when = expiredAt === null ? "has expired or was revoked" : `expired on ${expiredAt.slice(0, 10)}`;
    const message = `Access to ${what} ${when}: reconnect the bank with "bankdata connect --renew".`;
    return new AccessExpiredError(message, { ...details, expiredAt });
  }
  if (status === 401) return unauthorised(details, what, because);
  if (status === 402) {
    return new PaymentRequiredError(
      `The service asks for payment (${because}): see the plan of your company there.`,
      details,
    );
  }
  if (status === 403) return new AccessDeniedError(`Access to ${what} was denied (${because}).`, details);
  if (status === 404) return new NotFoundError(`There is no ${what} (${because}): check the id.`, details);
  if (status === 409) return conflict(details, response, body, because);
  if (status === 429) return limitMet(details, response, what, because);
  if (body.type !== null && status >= 500) {
    return new InstitutionError(`The bank failed to response for ${what} (${because}): try later.`, details);
  }
  if (status >= 400 && status < 500) {
    return new InvalidRequestError(`${method} ${path} was refused (${because}).`, details);
  }
  return new ApiError(`The service failed at ${method} ${path} (${because}): try later.`, details);
}

/** The longest text that an error repeats, and the longest name: the service's own have at most some 200 characters. */
const LONGEST_TEXT = 1000;
const LONGEST_NAME = 100;

/**
 * What an error may show: without secrets and IBANs, which are looked for before a cut could make one unrecognisable,
 * and after the body was parsed, as JSON can write any character in another way.
 */
function cleaned(body: ErrorBody, clean: (text: string) => string): ErrorBody {
  const shown = (text: string, length: number) => cut(clean(text), length);
  const fields = new Map<string, FieldProblem[]>();
  for (const [name, problems] of Object.entries(body.fields)) {
    const shownName = shown(name, LONGEST_NAME);
    const shownProblems = problems.map(({ summary, detail }) => ({
      summary: shown(summary, LONGEST_TEXT),
      detail: shown(detail, LONGEST_TEXT),
    }));
    fields.set(shownName, [...(fields.get(shownName) ?? []), ...shownProblems]);
  }
  return {
    summary: shown(body.summary, LONGEST_TEXT),
    detail: shown(body.detail, LONGEST_TEXT),
    type: body.type === null ? null : shown(body.type, LONGEST_NAME),
    accountStatus: body.accountStatus === null ? null : shown(body.accountStatus, LONGEST_NAME),
    fields: Object.fromEntries(fields),
  };
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** What a request is about, in words: `account 7e94…`, `requisition 3fa8…`; else its path. */
function subjectOf({ request, clean }: Pick<RawErrorResponse, "request" | "clean">): string {
  const { subject } = request.operation;
  const id = request.parameters["id"];
  return subject !== undefined && id !== undefined ? `${subject} ${clean(id)}` : clean(request.path);
}

/** In its own words since late 2024 a 401, before that a 400; or a 401 with the bank's type. */
function isConsentOver(status: number, body: ErrorBody): boolean {
  if (status !== 400 && status !== 401) return false;
  if (body.type === "AccessExpiredError") return true;
  return /^End User Agreement .*has expired/i.test(body.summary);
}

/** A date, perhaps with a time behind a `T` or a blank, perhaps with an offset. */
const DATE_AND_TIME =
  /expired at (\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)(?![\w:]))?)?)/i;

/** When a consent ended, as the service wrote it: `2026-02-09 07:45:10.120345`, `2026-10-31T07:58:23Z`. */
function timeOfExpiry(detail: string): string | null {
  const time = DATE_AND_TIME.exec(detail)?.[1];
  return time ?? /expired at (\S{1,64})/i.exec(detail)?.[1]?.replace(/\.$/, "") ?? null;
}

function unauthorised(details: ErrorResponse, what: string, because: string): ApiError {
  if (details.type === "AccountInactiveError") {
    return new AccessDeniedError(`The bank has closed ${what} (${because}).`, details);
  }
  const remedy = isTokenRejected(details)
    ? "the token was refused twice; check that the credentials are still valid"
    : "check the secret id and the secret key";
  return new AuthenticationError(`The service did not let us in (${because}): ${remedy}.`, details);
}

/** Whether a details means that another access token is needed, and not that a consent or an account is gone. */
export function isTokenRejected(details: Pick<ErrorResponse, "status" | "summary" | "detail">): boolean {
  return (
    details.status === 401 &&
    (/^invalid token/i.test(details.summary) || /token is invalid or expired/i.test(details.detail))
  );
}

/** How the service says in words that an account has no data yet: `Account is Processing`, `… currently being processed`. */
const STILL_PROCESSED =
  /\baccount\b[^.]{0,60}(?:\b(?:is|are|being|been|still|status|state)\b[^.]{0,40}\bprocess(?:ing|ed)?\b|\bnot (?:yet )?ready\b)|^account processing\b/i;

/** The status of an account that has no data yet, from its object or from words; null when a 409 means something else. */
function statusOfUnready({ request }: RawErrorResponse, body: ErrorBody): string | null {
  if (body.accountStatus !== null) return body.accountStatus;
  if (request.operation.subject !== "account") return null;
  return [body.summary, body.detail].some((text) => STILL_PROCESSED.test(text)) ? "PROCESSING" : null;
}

function conflict(
  details: ErrorResponse,
  response: RawErrorResponse,
  body: ErrorBody,
  because: string,
): ApiError {
  const what = subjectOf(response);
  const said = `${body.summary} ${body.detail}`;
  const accountStatus = /suspended/i.test(said) ? body.accountStatus : statusOfUnready(response, body);
  if (accountStatus !== null) {
    const message = `The ${what} is not ready (status ${accountStatus}): ask again in some minutes.`;
    return new AccountNotReadyError(message, { ...details, accountStatus });
  }
  if (/suspended/i.test(said)) {
    const message = `The ${what} was suspended after too many failures: reconnect the bank with "bankdata connect --renew".`;
    return new AccountSuspendedError(message, details);
  }
  return new InvalidRequestError(`${details.method} ${details.path} was refused (${because}).`, details);
}

function limitMet(
  details: ErrorResponse,
  response: RawErrorResponse,
  what: string,
  because: string,
): RateLimitError {
  const scope = limitScope(details, response);
  const resetAt = limitReset(details, response, scope);
  const when =
    resetAt === null ? "the bank does not say when it resets" : `it resets at ${resetAt.toISOString()}`;
  const which = scope === "general" ? "general rate limit" : `daily limit of calls for ${scope} of ${what}`;
  return new RateLimitError(`The ${which} is spent; ${when} (${because}).`, {
    ...details,
    resetAt,
    scope,
    limit: limitInText(details.detail),
  });
}

/** Above this many seconds to wait, a limit is no limit a minute: the general ones of account data reset within one. */
const LONGEST_GENERAL_WAIT = 3600;

/** How a limit is said to be a day's: `4/day`, `4 per day`, `4/24h`, `Daily request limit`, `within 24 hours`. */
const DAILY = /\bdaily\b|(?:\/|\bper\b|\ba\b)\s{0,9}d(?:ay)?\b|\b24\s{0,9}h(?:ours?|rs?)?\b/i;

/** How a limit is said to be that of a shorter time: `100/minute`, `100 per hour`. */
const SHORTER = /\d\s{0,9}(?:\/|per\b)\s{0,9}[a-z]/i;

function limitScope(
  details: ErrorResponse,
  { request, rateLimits, retryAfter }: RawErrorResponse,
): RateLimitScope {
  const asked = accountDataOf(request);
  if (asked === undefined) return "general";
  if (details.type === "RateLimitError") return asked.dataKind;
  const said = `${details.summary} ${details.detail}`;
  if (DAILY.test(said)) return asked.dataKind;
  if (SHORTER.test(said)) return "general";
  const wait = secondsInText(details.detail) ?? (retryAfter ?? 0) / 1000;
  if (wait > LONGEST_GENERAL_WAIT) return asked.dataKind;
  const accountSpent = rateLimits.account?.remaining === 0;
  return accountSpent && rateLimits.general?.remaining !== 0 ? asked.dataKind : "general";
}

/** The longest wait that Retry-After is believed, in milliseconds: the service's longest window is a day. */
const LONGEST_RETRY_AFTER = 86_400_000;

/**
 * The text tells the wait of the very limit that was met, so it goes before the headers; of those, whichever says
 * the later time.
 */
function limitReset(details: ErrorResponse, response: RawErrorResponse, scope: RateLimitScope): Date | null {
  const seconds = secondsInText(details.detail);
  if (seconds !== undefined) return new Date(response.now + seconds * 1000);
  const limit = scope === "general" ? response.rateLimits.general : response.rateLimits.account;
  const { retryAfter = null, now } = response;
  const believed = retryAfter !== null && retryAfter <= LONGEST_RETRY_AFTER;
  const times = [limit?.resetAt?.getTime() ?? [], believed ? now + retryAfter : []].flat();
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/** The limit that was met, as the text names it: `The rate limit for this resource is 4/day.` */
function limitInText(text: string): number | null {
  const digits = /limit for this resource is (\d{1,6})\s*\//i.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

function secondsInText(text: string): number | undefined {
  const digits = /try again in (\d{1,9}) seconds?/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The two kinds of failure of which ten in a row suspend an account. */
export function countedFailure(error: unknown): CountedFailure | undefined {
  if (error instanceof AccessExpiredError) return "AccessExpiredError";
  return error instanceof ApiError && error.type === "UnknownRequestError" ? error.type : undefined;
}

/** Whether the bank's own limit was met. */
export function isBankLimit(error: RateLimitError): boolean {
  return error.type === "RateLimitError";
}
