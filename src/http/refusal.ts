import {
  AccessDeniedError,
  AccessExpiredError,
  AccountNotReadyError,
  AccountSuspendedError,
  ApiError,
  AuthenticationError,
  InstitutionError,
  InvalidRequestError,
  NotFoundError,
  PaymentRequiredError,
  RateLimitError,
  type RateLimitScope,
  type Refusal,
} from "../errors.ts";
import { type ErrorBody, readErrorBody } from "./error-body.ts";
import { accountDataOf, type RateLimits } from "./rate-limits.ts";

/** An answer that is not a success. */
export interface RefusingAnswer {
  status: number;
  method: string;
  path: string;
  text: string;
  rateLimits: RateLimits;
  /** When it came, in milliseconds. */
  now: number;
  /** Takes secrets and IBANs out of what the error shows. */
  clean: (text: string) => string;
}

/** Makes the error that an answer stands for; the one place where a status becomes a class. */
export function errorFromAnswer(answer: RefusingAnswer): ApiError {
  const body = cleaned(readErrorBody(answer.text), answer.clean);
  const path = answer.clean(answer.path);
  const { status, method } = answer;
  const refusal: Refusal = { status, method, path, sent: true, ...body };
  const what = subject(path);
  const said = [String(status), body.summary].filter(Boolean).join(" ");
  const because = body.detail === "" ? said : `${said}: ${body.detail.replace(/\.$/, "")}`;

  if (isConsentOver(status, body)) {
    const expiredAt = /expired at (\S+)/.exec(body.detail)?.[1]?.replace(/\.$/, "") ?? null;
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
  if (status === 409) return conflict(refusal, body, what, because);
  if (status === 429) return limitMet(refusal, answer, what, because);
  if (body.type !== null && status >= 500) {
    return new InstitutionError(`The bank failed to answer for ${what} (${because}): try later.`, refusal);
  }
  if (status >= 400 && status < 500) {
    return new InvalidRequestError(`${method} ${path} was refused (${because}).`, refusal);
  }
  return new ApiError(`The service failed at ${method} ${path} (${because}): try later.`, refusal);
}

/** After it was parsed, as JSON can write any character in another way. */
function cleaned(body: ErrorBody, clean: (text: string) => string): ErrorBody {
  const fields = Object.entries(body.fields).map(([name, problems]) => [
    clean(name),
    problems.map((problem) => ({ summary: clean(problem.summary), detail: clean(problem.detail) })),
  ]);
  return {
    ...body,
    summary: clean(body.summary),
    detail: clean(body.detail),
    type: body.type === null ? null : clean(body.type),
    accountStatus: body.accountStatus === null ? null : clean(body.accountStatus),
    fields: Object.fromEntries(fields),
  };
}

/** What a path is about, in words: `account 7e94…`, `requisition 3fa8…`. */
function subject(path: string): string {
  const [, family, first, second] = path.split("/");
  const id = family === "agreements" ? second : first;
  const word = new Map([
    ["accounts", "account"],
    ["agreements", "agreement"],
    ["requisitions", "requisition"],
    ["institutions", "institution"],
    ["integrations", "integration"],
  ]).get(family ?? "");
  return word !== undefined && id ? `${word} ${id}` : path;
}

/** In its own words since late 2024 a 401, before that a 400; or a 401 with the bank's type. */
function isConsentOver(status: number, body: ErrorBody): boolean {
  if (status !== 400 && status !== 401) return false;
  if (body.type === "AccessExpiredError") return true;
  return /^End User Agreement .*has expired/i.test(body.summary);
}

function unauthorised(refusal: Refusal, what: string, because: string): ApiError {
  if (refusal.type === "AccountInactiveError") {
    return new AccessDeniedError(`The bank has closed ${what} (${because}).`, refusal);
  }
  const remedy = isTokenRefusal(refusal)
    ? "the token was refused twice; check that the credentials are still valid"
    : "check the secret id and the secret key";
  return new AuthenticationError(`The service did not let us in (${because}): ${remedy}.`, refusal);
}

/** Whether a refusal means that another access token is needed, and not that a consent or an account is gone. */
export function isTokenRefusal(refusal: Pick<Refusal, "status" | "summary" | "detail">): boolean {
  return (
    refusal.status === 401 &&
    (/^invalid token/i.test(refusal.summary) || /token is invalid or expired/i.test(refusal.detail))
  );
}

function conflict(refusal: Refusal, body: ErrorBody, what: string, because: string): ApiError {
  if (body.accountStatus !== null) {
    const { accountStatus } = body;
    const message = `The ${what} is not ready (status ${accountStatus}): ask again in some minutes.`;
    return new AccountNotReadyError(message, { ...refusal, accountStatus });
  }
  if (/suspended/i.test(`${body.summary} ${body.detail}`)) {
    const message = `The ${what} was suspended after too many failures: reconnect the bank with "bankdata connect --renew".`;
    return new AccountSuspendedError(message, refusal);
  }
  return new InvalidRequestError(`${refusal.method} ${refusal.path} was refused (${because}).`, refusal);
}

function limitMet(refusal: Refusal, answer: RefusingAnswer, what: string, because: string): RateLimitError {
  const scope = limitScope(refusal, answer);
  const resetAt = limitReset(refusal, answer, scope);
  const when =
    resetAt === null ? "the bank does not say when it resets" : `it resets at ${resetAt.toISOString()}`;
  const which = scope === "general" ? "general rate limit" : `daily limit of calls for ${scope} of ${what}`;
  return new RateLimitError(`The ${which} is spent; ${when} (${because}).`, { ...refusal, resetAt, scope });
}

/** Above this many seconds to wait, a limit is no limit a minute: the general ones of account data reset within one. */
const LONGEST_GENERAL_WAIT = 3600;

function limitScope(refusal: Refusal, { rateLimits }: RefusingAnswer): RateLimitScope {
  const asked = accountDataOf(refusal.path);
  if (asked === undefined) return "general";
  if (refusal.type === "RateLimitError") return asked.scope;
  const period = /\d+\s*\/\s*([a-z]+)/i.exec(refusal.detail)?.[1]?.toLowerCase();
  if (period !== undefined) return period.startsWith("d") ? asked.scope : "general";
  if ((secondsInText(refusal.detail) ?? 0) > LONGEST_GENERAL_WAIT) return asked.scope;
  const accountSpent = rateLimits.account?.remaining === 0;
  return accountSpent && rateLimits.general?.remaining !== 0 ? asked.scope : "general";
}

/** The text tells the wait of the very limit that was met, so it goes before the headers. */
function limitReset(refusal: Refusal, answer: RefusingAnswer, scope: RateLimitScope): Date | null {
  const seconds = secondsInText(refusal.detail);
  if (seconds !== undefined) return new Date(answer.now + seconds * 1000);
  const limit = scope === "general" ? answer.rateLimits.general : answer.rateLimits.account;
  return limit?.resetAt ?? null;
}

function secondsInText(text: string): number | undefined {
  const digits = /try again in (\d{1,9}) seconds?/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
