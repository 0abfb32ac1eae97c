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
import { accountDataOf, type ServiceRequest } from "../../pipeline/operation.ts";
import { type ErrorBody, readErrorBody } from "./error-body.ts";
import type { RateLimits } from "./limits.ts";

/** An answer that is not a success. */
export interface RawErrorResponse {
  /** What was asked. */
  request: Pick<ServiceRequest, "operation" | "parameters" | "path">;
  status: number;
  text: string;
  rateLimits: RateLimits;
  /** The wait that its Retry-After header asks for, in milliseconds; null or absent when there is none. */
  retryAfter?: number | null;
  /** When it came, in milliseconds. */
  now: number;
  /** Takes secrets and IBANs out of what the error shows. */
  clean: (text: string) => string;
}

/** Makes the error that an answer stands for; the one place where a status becomes a class. */
export function errorFromResponse(answer: RawErrorResponse): ApiError {
  const body = cleaned(readErrorBody(answer.text), answer.clean);
  const { request, status } = answer;
  const { method } = request.operation;
  const path = answer.clean(request.path);
  const refusal: ErrorResponse = { status, method, path, sent: true, ...body };
  const what = subjectOf(answer);
  const said = [String(status), body.summary].filter(Boolean).join(" ");
  const because = body.detail === "" ? said : `${said}: ${body.detail.replace(/\.$/, "")}`;

  if (isConsentOver(status, body)) {
    const expiredAt = timeOfExpiry(body.detail);
    const when = expiredAt === null ? "has expired or was revoked" : `expired on ${expiredAt.slice(0, 10)}`;
    const message = `Access to ${what} ${when}: reconnect the bank with "bankdata connect --renew".`;
    return new AccessExpiredError(message, { ...refusal, expiredAt });
  }
  if (status === 401) return unauthorised(refusal, what, because);
  if (status === 402) {
    return new PaymentRequiredError(
      `The service asks for payment (${because}): see the plan of your company there.`,
      refusal,
    );
  }
  if (status === 403) return new AccessDeniedError(`Access to ${what} was denied (${because}).`, refusal);
  if (status === 404) return new NotFoundError(`There is no ${what} (${because}): check the id.`, refusal);
  if (status === 409) return conflict(refusal, answer, body, because);
  if (status === 429) return limitMet(refusal, answer, what, because);
  if (body.type !== null && status >= 500) {
    return new InstitutionError(`The bank failed to answer for ${what} (${because}): try later.`, refusal);
  }
  if (status >= 400 && status < 500) {
    return new InvalidRequestError(`${method} ${path} was refused (${because}).`, refusal);
  }
  return new ApiError(`The service failed at ${method} ${path} (${because}): try later.`, refusal);
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

function unauthorised(refusal: ErrorResponse, what: string, because: string): ApiError {
  if (refusal.type === "AccountInactiveError") {
    return new AccessDeniedError(`The bank has closed ${what} (${because}).`, refusal);
  }
  const remedy = isTokenRejected(refusal)
    ? "the token was refused twice; check that the credentials are still valid"
    : "check the secret id and the secret key";
  return new AuthenticationError(`The service did not let us in (${because}): ${remedy}.`, refusal);
}

/** Whether a refusal means that another access token is needed, and not that a consent or an account is gone. */
export function isTokenRejected(refusal: Pick<ErrorResponse, "status" | "summary" | "detail">): boolean {
  return (
    refusal.status === 401 &&
    (/^invalid token/i.test(refusal.summary) || /token is invalid or expired/i.test(refusal.detail))
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
  refusal: ErrorResponse,
  answer: RawErrorResponse,
  body: ErrorBody,
  because: string,
): ApiError {
  const what = subjectOf(answer);
  const said = `${body.summary} ${body.detail}`;
  const accountStatus = /suspended/i.test(said) ? body.accountStatus : statusOfUnready(answer, body);
  if (accountStatus !== null) {
    const message = `The ${what} is not ready (status ${accountStatus}): ask again in some minutes.`;
    return new AccountNotReadyError(message, { ...refusal, accountStatus });
  }
  if (/suspended/i.test(said)) {
    const message = `The ${what} was suspended after too many failures: reconnect the bank with "bankdata connect --renew".`;
    return new AccountSuspendedError(message, refusal);
  }
  return new InvalidRequestError(`${refusal.method} ${refusal.path} was refused (${because}).`, refusal);
}

function limitMet(
  refusal: ErrorResponse,
  answer: RawErrorResponse,
  what: string,
  because: string,
): RateLimitError {
  const scope = limitScope(refusal, answer);
  const resetAt = limitReset(refusal, answer, scope);
  const when =
    resetAt === null ? "the bank does not say when it resets" : `it resets at ${resetAt.toISOString()}`;
  const which = scope === "general" ? "general rate limit" : `daily limit of calls for ${scope} of ${what}`;
  return new RateLimitError(`The ${which} is spent; ${when} (${because}).`, { ...refusal, resetAt, scope });
}

/** Above this many seconds to wait, a limit is no limit a minute: the general ones of account data reset within one. */
const LONGEST_GENERAL_WAIT = 3600;

/** How a limit is said to be a day's: `4/day`, `4 per day`, `4/24h`, `Daily request limit`, `within 24 hours`. */
const DAILY = /\bdaily\b|(?:\/|\bper\b|\ba\b)\s{0,9}d(?:ay)?\b|\b24\s{0,9}h(?:ours?|rs?)?\b/i;

/** How a limit is said to be that of a shorter time: `100/minute`, `100 per hour`. */
const SHORTER = /\d\s{0,9}(?:\/|per\b)\s{0,9}[a-z]/i;

function limitScope(
  refusal: ErrorResponse,
  { request, rateLimits, retryAfter }: RawErrorResponse,
): RateLimitScope {
  const asked = accountDataOf(request);
  if (asked === undefined) return "general";
  if (refusal.type === "RateLimitError") return asked.dataKind;
  const said = `${refusal.summary} ${refusal.detail}`;
  if (DAILY.test(said)) return asked.dataKind;
  if (SHORTER.test(said)) return "general";
  const wait = secondsInText(refusal.detail) ?? (retryAfter ?? 0) / 1000;
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
function limitReset(refusal: ErrorResponse, answer: RawErrorResponse, scope: RateLimitScope): Date | null {
  const seconds = secondsInText(refusal.detail);
  if (seconds !== undefined) return new Date(answer.now + seconds * 1000);
  const limit = scope === "general" ? answer.rateLimits.general : answer.rateLimits.account;
  const { retryAfter = null, now } = answer;
  const believed = retryAfter !== null && retryAfter <= LONGEST_RETRY_AFTER;
  const times = [limit?.resetAt?.getTime() ?? [], believed ? now + retryAfter : []].flat();
  return times.length === 0 ? null : new Date(Math.max(...times));
}

function secondsInText(text: string): number | undefined {
  const digits = /try again in (\d{1,9}) seconds?/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
