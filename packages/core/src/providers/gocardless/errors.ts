import { type DataKind, dataKinds } from "../../base/data-kinds.ts";
import { DAY } from "../../base/dates.ts";
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
import { operations } from "./operations.ts";

/** The typed error for an error response; the one place where a status becomes a class. */
export function errorFromResponse(raw: RawErrorResponse): ApiError {
  const body = redacted(readErrorBody(raw.text), raw.redact);
  const { request, status } = raw;
  const { method } = request.operation;
  const path = raw.redact(request.path);
  const response = { status, method, path, sent: true, requestId: raw.requestId ?? null, ...body };
  const subject = subjectOf(raw);
  const cause = statusWithReason(response);

  if (isConsentExpired(status, body)) return accessExpired(response, subject);
  if (status === 401) return unauthorised(response, raw, subject);
  if (status === 402) return paymentRequired(response);
  if (status === 403) return accessDenied(response, raw, subject);
  if (status === 404) return notFound(response, subject);
  if (status === 409) return conflict(response, raw, subject);
  if (status === 429) return rateLimited(response, raw, subject);
  if (body.type !== null && status >= 500) {
    const message = `The bank returned no data for ${subject} (${cause}); try again later.`;
    return new InstitutionError(message, response);
  }
  if (status >= 400 && status < 500) return rejected(response);
  const reason = reasonOf(response);
  const why = reason === "" ? "" : ` (${reason})`;
  return new ApiError(`${method} ${path} failed with status ${status}${why}; try again later.`, response);
}

/** The words of an error response that a message repeats. */
type Wording = Pick<ErrorResponse, "status" | "summary" | "detail">;

/**
 * The status and the reason that came with it: `404 Not found`.
 *
 * @param known what the message says already, and so does not repeat
 */
export function statusWithReason(response: Wording, known = ""): string {
  const reason = reasonOf(response, known);
  return reason === "" ? String(response.status) : `${response.status} ${reason}`;
}

/** Summary and detail without repetition: many bodies repeat their summary as detail, and proxies their status. */
function reasonOf({ status, summary, detail }: Wording, known = ""): string {
  const [first = "", ...others] = summary.split(" ");
  const title = withoutStop(withoutStop(first) === String(status) ? others.join(" ") : summary);
  const text = withoutStop(detail);
  const isShown = (part: string, beside: string) => !beside.toLowerCase().includes(part.toLowerCase());
  return [isShown(title, `${known}\n${text}`) ? title : "", isShown(text, known) ? text : ""]
    .filter(Boolean)
    .join(": ");
}

function withoutStop(text: string): string {
  return text.trim().replace(/[.:]$/, "");
}

/** The longest text and the longest name in an error, in characters: the service's own have about 200 at most. */
const LONGEST_TEXT = 1000;
const LONGEST_NAME = 100;

/**
 * An error body without secrets and IBANs. They are removed before texts are cut, as a cut could make one
 * unrecognisable, and after the body was parsed, as JSON can escape any character.
 */
function redacted(body: ErrorBody, redact: (text: string) => string): ErrorBody {
  const shown = (text: string, length: number) => cut(redact(text), length);
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

/** What a request is about: `account 7e94…`, `requisition 3fa8…`; its path if it is about no single object. */
function subjectOf({ request, redact }: Pick<RawErrorResponse, "request" | "redact">): string {
  const { subject } = request.operation;
  const id = request.parameters["id"];
  return subject !== undefined && id !== undefined ? `${subject} ${redact(id)}` : redact(request.path);
}

/** A 401 with a summary of its own since late 2024, before that a 400; or a 401 with the bank's error type. */
function isConsentExpired(status: number, body: ErrorBody): boolean {
  if (status !== 400 && status !== 401) return false;
  if (body.type === "AccessExpiredError") return true;
  return /^End User Agreement .*has expired/i.test(body.summary);
}

function accessExpired(response: ErrorResponse, subject: string): AccessExpiredError {
  const expiredAt = timeOfExpiry(response.detail);
  const when = expiredAt === null ? "has expired or was revoked" : `expired on ${expiredAt.slice(0, 10)}`;
  return new AccessExpiredError(`Access to ${subject} ${when}. ${RECONNECT}`, { ...response, expiredAt });
}

/** The remedy for an expired consent and for a suspended account. */
const RECONNECT =
  "Reconnect the bank to restore it: create a new requisition, for example with createBankLink.";

/** A date, optionally with a time after a `T` or a space, optionally with an offset. */
const DATE_AND_TIME =
  /expired at (\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)(?![\w:]))?)?)/i;

/** When a consent expired, as the service wrote it: `2026-02-09 07:45:10.120345`, `2026-10-31T07:58:23Z`. */
function timeOfExpiry(detail: string): string | null {
  const time = DATE_AND_TIME.exec(detail)?.[1];
  return time ?? /expired at (\S{1,64})/i.exec(detail)?.[1]?.replace(/\.$/, "") ?? null;
}

function unauthorised(response: ErrorResponse, { request }: RawErrorResponse, subject: string): ApiError {
  if (response.type === "AccountInactiveError") {
    const message = `The bank has closed ${subject} (${statusWithReason(response)}).`;
    return new AccessDeniedError(message, response);
  }
  let remedy = isTokenRejected(response)
    ? "the token was rejected twice, so check that the credentials are still valid"
    : "check secretId and secretKey";
  if (request.operation === operations.refreshToken)
    remedy = "get a new pair of tokens with getAccessToken()";
  const failure = "Authentication failed";
  const cause = statusWithReason(response, failure);
  return new AuthenticationError(`${failure} (${cause}): ${remedy}.`, response);
}

/**
 * Whether an error response means that another access token is needed, and not that a consent or an account is gone.
 */
export function isTokenRejected({ status, summary, detail }: Wording): boolean {
  return status === 401 && (/^invalid token/i.test(summary) || /token is invalid or expired/i.test(detail));
}

function accessDenied(response: ErrorResponse, raw: RawErrorResponse, subject: string): AccessDeniedError {
  const cause = statusWithReason(response);
  const missingScope = scopeMissing(response, raw);
  if (missingScope === null)
    return new AccessDeniedError(`Access to ${subject} was denied (${cause}).`, response);
  const message = `The consent does not cover the ${missingScope} of ${subject} (${cause}). Reconnect the bank to obtain them: create a new agreement whose access_scope includes "${missingScope}" and a new requisition with it, for example with createBankLink.`;
  return new AccessDeniedError(message, { ...response, missingScope });
}

/** The data kind that the consent does not cover: the one that the text names, or else the one that was requested. */
function scopeMissing({ summary, detail }: ErrorResponse, { request }: RawErrorResponse): DataKind | null {
  if (!/\baccess scope\b|^No valid End User Agreement\b/i.test(summary)) return null;
  const named = /access to account (balances|details|transactions)\b/i.exec(detail)?.[1]?.toLowerCase();
  return dataKinds.find((kind) => kind === named) ?? accountDataOf(request)?.dataKind ?? null;
}

function paymentRequired(response: ErrorResponse): PaymentRequiredError {
  const failure = "Payment required";
  const cause = statusWithReason(response, failure);
  return new PaymentRequiredError(`${failure} (${cause}): check your company's plan.`, response);
}

/** Words that say no more than the status 404: `Not found.`, `Account ID … not found`. */
const NOT_FOUND = /\bnot found\b|\bdoes(?: not|n't) exist\b|^unknown\b/i;

function notFound(response: ErrorResponse, subject: string): NotFoundError {
  const cause = NOT_FOUND.test(response.summary) ? String(response.status) : statusWithReason(response);
  const name = subject.charAt(0).toUpperCase() + subject.slice(1);
  return new NotFoundError(`${name} does not exist (${cause}).`, response);
}

/** Any other error response that says the request itself is at fault. */
function rejected(response: ErrorResponse): InvalidRequestError {
  const { method, path } = response;
  const message = `${method} ${path} was rejected (${statusWithReason(response)}).`;
  return new InvalidRequestError(message, response);
}

/** An account without data yet, in the service's words: `Account is Processing`, `… currently being processed`. */
const STILL_PROCESSED =
  /\baccount\b[^.]{0,60}(?:\b(?:is|are|being|been|still|status|state)\b[^.]{0,40}\bprocess(?:ing|ed)?\b|\bnot (?:yet )?ready\b)|^account processing\b/i;

/** An error response that may be about an account without data yet. */
type AccountResponse = ErrorResponse & Pick<ErrorBody, "accountStatus">;

/** The status of an account without data yet, from its object or from words; null if a 409 means something else. */
function statusOfUnready(
  { accountStatus, summary, detail }: AccountResponse,
  request: RawErrorResponse["request"],
): string | null {
  if (accountStatus !== null) return accountStatus;
  if (request.operation.subject !== "account") return null;
  return [summary, detail].some((text) => STILL_PROCESSED.test(text)) ? "PROCESSING" : null;
}

function conflict(response: AccountResponse, { request }: RawErrorResponse, subject: string): ApiError {
  const isSuspended = /suspended/i.test(`${response.summary} ${response.detail}`);
  const accountStatus = isSuspended ? response.accountStatus : statusOfUnready(response, request);
  if (accountStatus !== null) {
    const message = `The ${subject} is not ready (status ${accountStatus}); try again in a few minutes.`;
    return new AccountNotReadyError(message, { ...response, accountStatus });
  }
  if (isSuspended) {
    const message = `Access to ${subject} was suspended after too many failures. ${RECONNECT}`;
    return new AccountSuspendedError(message, response);
  }
  return rejected(response);
}

function rateLimited(response: ErrorResponse, raw: RawErrorResponse, subject: string): RateLimitError {
  const scope = limitScope(response, raw);
  const resetAt = limitReset(response, raw, scope);
  const reset = resetAt === null ? "reset time unknown" : `it resets at ${resetAt.toISOString()}`;
  const which =
    scope === "general" ? "general rate limit" : `daily limit of calls for ${scope} of ${subject}`;
  const cause = statusWithReason(response);
  return new RateLimitError(`The ${which} is used up; ${reset} (${cause}).`, {
    ...response,
    resetAt,
    scope,
    limit: limitInText(response.detail),
  });
}

/** The longest wait, in seconds, for a general limit: that of account data is per minute. */
const LONGEST_GENERAL_WAIT = 3600;

/** Words for a limit per day: `4/day`, `4 per day`, `4/24h`, `Daily request limit`, `within 24 hours`. */
const DAILY = /\bdaily\b|(?:\/|\bper\b|\ba\b)\s{0,9}d(?:ay)?\b|\b24\s{0,9}h(?:ours?|rs?)?\b/i;

/** Words for a limit of a shorter window: `100/minute`, `100 per hour`. */
const SHORTER = /\d\s{0,9}(?:\/|per\b)\s{0,9}[a-z]/i;

function limitScope(
  response: ErrorResponse,
  { request, rateLimits, retryAfter }: RawErrorResponse,
): RateLimitScope {
  const requested = accountDataOf(request);
  if (requested === undefined) return "general";
  const { dataKind } = requested;
  if (response.type === "RateLimitError") return dataKind;
  const words = `${response.summary} ${response.detail}`;
  if (DAILY.test(words)) return dataKind;
  if (SHORTER.test(words)) return "general";
  const wait = secondsInText(response.detail) ?? (retryAfter ?? 0) / 1000;
  if (wait > LONGEST_GENERAL_WAIT) return dataKind;
  const isAccountSpent = rateLimits.account?.remaining === 0;
  return isAccountSpent && rateLimits.general?.remaining !== 0 ? dataKind : "general";
}

/** The longest wait in Retry-After that is accepted, in milliseconds: the service's longest window is a day. */
const LONGEST_RETRY_AFTER = DAY;

/**
 * When the limit resets; null if unknown. The text names the wait for the limit that was exceeded, so it
 * takes precedence over the headers; of those, the later time counts.
 */
function limitReset(response: ErrorResponse, raw: RawErrorResponse, scope: RateLimitScope): Date | null {
  const seconds = secondsInText(response.detail);
  if (seconds !== undefined) return new Date(raw.now + seconds * 1000);
  const limit = scope === "general" ? raw.rateLimits.general : raw.rateLimits.account;
  const { retryAfter = null, now } = raw;
  const isBelieved = retryAfter !== null && retryAfter <= LONGEST_RETRY_AFTER;
  const times = [limit?.resetAt?.getTime() ?? [], isBelieved ? now + retryAfter : []].flat();
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/** How many calls the limit allows, from the text: `The rate limit for this resource is 4/day.` */
function limitInText(text: string): number | null {
  const digits = /limit for this resource is (\d{1,6})\s*\//i.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

function secondsInText(text: string): number | undefined {
  const digits = /try again in (\d{1,9}) seconds?/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether the service rejected a requisition because another one has its reference: `Client reference must be unique`. */
export function isReferenceTaken(error: unknown): boolean {
  if (!(error instanceof InvalidRequestError) || !error.sent) return false;
  const texts = (error.fields["reference"] ?? []).map(({ summary, detail }) => `${summary} ${detail}`);
  if (/\breference\b/i.test(error.summary)) texts.push(error.summary);
  return texts.some((text) => /\bunique\b|\balready exists\b/i.test(text));
}

/** The kind of a failure of which ten in a row suspend an account; undefined for any other error. */
export function countedFailure(error: unknown): CountedFailure | undefined {
  if (error instanceof AccessExpiredError) return "AccessExpiredError";
  return error instanceof ApiError && error.type === "UnknownRequestError" ? error.type : undefined;
}

/** Whether an error means that an account cannot be read in its present state, so that its cached metadata is outdated. */
export function isAccessLost(error: unknown): boolean {
  if (error instanceof AccessExpiredError || error instanceof AccountSuspendedError) return true;
  if (error instanceof AccountNotReadyError) return true;
  return error instanceof AccessDeniedError && error.type === "AccountInactiveError";
}

/** Whether the limit is the bank's own, and not the service's. */
export function isBankLimit(error: RateLimitError): boolean {
  return error.type === "RateLimitError";
}
