/** A message is for a person: what a service or a file says at length is cut after so many characters. */
const LONGEST_MESSAGE = 1000;

/**
 * Everything this library throws on purpose, so that one `catch` can tell it from a programming error. Messages are at
 * most 1,000 characters long.
 */
export class BankDataError extends Error {
  override name = "BankDataError";

  constructor(message: string, options?: ErrorOptions) {
    super(bounded(message), options);
  }
}

/** Cut between characters: half of a surrogate pair is none. */
function bounded(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  return `${message.slice(0, LONGEST_MESSAGE - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** The client was set up in a way that cannot work; nothing was sent. */
export class ConfigurationError extends BankDataError {
  override name = "ConfigurationError";
}

/** What an answer that refuses, or a request refused before it was sent, has to say. */
export interface ErrorResponse {
  /** The HTTP status; 400 where the request was refused here. */
  status: number;
  method: string;
  /** Below the base URL, without the query; IBANs masked. */
  path: string;
  /** The service's short form of what is wrong, or ours; at most 1,000 characters. */
  summary: string;
  /** The service's long form, at most 1,000 characters; empty where it gave none. */
  detail: string;
  /** The service's kind of a failure at the bank (`UnknownRequestError`, `AccessExpiredError`…); null elsewhere. */
  type: string | null;
  /**
   * By member of the request, what is wrong with it. Empty where the response names no member. Of more than 100 problems
   * the first 100, and of each text the first 1,000 characters.
   */
  fields: Readonly<Record<string, readonly FieldProblem[]>>;
  /** False where the request was refused here and never left. */
  sent: boolean;
}

/** One thing that is wrong with one member of a request. */
export interface FieldProblem {
  summary: string;
  detail: string;
}

/** The service answered, and refused. */
export class ApiError extends BankDataError implements ErrorResponse {
  override name = "ApiError";
  readonly status: number;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly detail: string;
  readonly type: string | null;
  readonly fields: Readonly<Record<string, readonly FieldProblem[]>>;
  readonly sent: boolean;

  constructor(message: string, response: ErrorResponse) {
    super(message);
    this.status = response.status;
    this.method = response.method;
    this.path = response.path;
    this.summary = response.summary;
    this.detail = response.detail;
    this.type = response.type;
    this.fields = response.fields;
    this.sent = response.sent;
  }
}

/** The credentials or the token were refused. */
export class AuthenticationError extends ApiError {
  override name = "AuthenticationError";
}

/** The end user's consent has ended or was revoked: only a new connection to the bank opens the account again. */
export class AccessExpiredError extends ApiError {
  override name = "AccessExpiredError";
  /** When access ended, as the service wrote it; null where it did not say. */
  readonly expiredAt: string | null;

  constructor(message: string, response: ErrorResponse & { expiredAt: string | null }) {
    super(message, response);
    this.expiredAt = response.expiredAt;
  }
}

/** The account or the operation is closed to this caller: scope, permission, IP address, a deactivated account. */
export class AccessDeniedError extends ApiError {
  override name = "AccessDeniedError";
}

/** There is no such thing, or it belongs to somebody else. */
export class NotFoundError extends ApiError {
  override name = "NotFoundError";
}

/** The request is malformed or asks for more than is allowed; `fields` says which member. */
export class InvalidRequestError extends ApiError {
  override name = "InvalidRequestError";
}

/** The account is still being processed, or is in error, and has no data yet. */
export class AccountNotReadyError extends ApiError {
  override name = "AccountNotReadyError";
  /** The account's status: `PROCESSING`, `DISCOVERED`, `ERROR`… */
  readonly accountStatus: string;

  constructor(message: string, response: ErrorResponse & { accountStatus: string }) {
    super(message, response);
    this.accountStatus = response.accountStatus;
  }
}

/** Ten failures in a row have suspended the account; only a new connection cures it. */
export class AccountSuspendedError extends ApiError {
  override name = "AccountSuspendedError";
}

/** Which limit was met: the company's general one, or an account's daily one for one kind of data. */
export type RateLimitScope = "general" | "balances" | "details" | "transactions";

/** A limit is spent, and waiting for it would take too long; `sent` is false where that was known before. */
export class RateLimitError extends ApiError {
  override name = "RateLimitError";
  /** When a call may succeed again; null where the bank does not say. */
  readonly resetAt: Date | null;
  readonly scope: RateLimitScope;
  /** How many calls the limit allows within its window; null if that is not known. */
  readonly limit: number | null;

  constructor(
    message: string,
    response: ErrorResponse & Pick<RateLimitError, "resetAt" | "scope" | "limit">,
  ) {
    super(message, response);
    this.resetAt = response.resetAt;
    this.scope = response.scope;
    this.limit = response.limit;
  }
}

/** The bank failed, or the service failed to reach it. Ten of those with type `UnknownRequestError` suspend the account. */
export class InstitutionError extends ApiError {
  override name = "InstitutionError";
}

/**
 * The account failed so often in a row that it is not asked for a while: ten failures suspend it for good. Nothing was
 * sent; `force: true` sends it all the same.
 */
export class AccountPausedError extends BankDataError {
  override name = "AccountPausedError";
  readonly accountId: string;
  /** Failures since the last success. */
  readonly failures: number;
  /** When the account is asked again. */
  readonly retryAt: Date;
  /** The service's word for the last failure. */
  readonly lastFailure: "UnknownRequestError" | "AccessExpiredError";

  constructor(
    message: string,
    paused: Pick<AccountPausedError, "accountId" | "failures" | "retryAt" | "lastFailure">,
  ) {
    super(message);
    this.accountId = paused.accountId;
    this.failures = paused.failures;
    this.retryAt = paused.retryAt;
    this.lastFailure = paused.lastFailure;
  }
}

/**
 * The calls of an account cannot be counted, because the records that processes share cannot be written: a full disk, a
 * file or a store that refuses. Nothing was sent, as the bank's few calls a day could be spent without anybody knowing;
 * `force: true` sends it all the same.
 */
export class QuotaUnavailableError extends BankDataError {
  override name = "QuotaUnavailableError";
  readonly accountId: string;
  readonly dataKind: Exclude<RateLimitScope, "general">;
  /** Why the count cannot be written, as the file system or the store says it. */
  readonly reason: string;

  constructor(
    message: string,
    unavailable: Pick<QuotaUnavailableError, "accountId" | "dataKind" | "reason">,
  ) {
    super(message);
    this.accountId = unavailable.accountId;
    this.dataKind = unavailable.dataKind;
    this.reason = unavailable.reason;
  }
}

/** The call was to be answered from the cache alone, which does not hold the answer, or none that may still be used. */
export class NotCachedError extends BankDataError {
  override name = "NotCachedError";
}

/** The free usage of the service is used up. */
export class PaymentRequiredError extends ApiError {
  override name = "PaymentRequiredError";
}

/** The service could not be reached, or the connection was lost before the answer was whole. */
export class ConnectionError extends BankDataError {
  override name = "ConnectionError";
  /** The system's or the HTTP library's code, such as `ECONNREFUSED`; null where there is none. */
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

/** The answer did not come in time. */
export class TimeoutError extends BankDataError {
  override name = "TimeoutError";
  /** How long was waited, in milliseconds. */
  readonly timeout: number;

  constructor(message: string, timeout: number) {
    super(message);
    this.timeout = timeout;
  }
}

/**
 * An answer came and is not what the service sends: not JSON, cut off, empty, partial, a redirect elsewhere, of another
 * shape, or a list whose pages do not end.
 */
export class InvalidResponseError extends BankDataError {
  override name = "InvalidResponseError";
  readonly status: number;
  /** The first 200 characters of the body, IBANs masked; empty where the body could hold a token. */
  readonly bodyStart: string;

  constructor(message: string, answer: { status: number; bodyStart: string }) {
    super(message);
    this.status = answer.status;
    this.bodyStart = answer.bodyStart;
  }
}
