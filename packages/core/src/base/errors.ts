import type { DataKind } from "./data-kinds.ts";
import type { HttpMethod } from "./http-method.ts";

/** Messages may quote a text of a service or a file, so they are truncated to this many characters. */
const MAX_MESSAGE_LENGTH = 1000;

/**
 * Everything this library throws on purpose, so that one `catch` can tell it from a programming error. Messages are at
 * most 1,000 characters long. If another error led to it, `cause` has that one's name, message and code, without secrets.
 */
export class BankDataError extends Error {
  /** The name of the error's own class, such as `RateLimitError`, for logs. */
  override name = "BankDataError";

  constructor(message: string, options?: ErrorOptions) {
    super(truncate(message), options);
  }
}

/** Truncates between characters, never within a surrogate pair. */
function truncate(message: string): string {
  if (message.length <= MAX_MESSAGE_LENGTH) return message;
  return `${message.slice(0, MAX_MESSAGE_LENGTH - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** The client's configuration cannot work; nothing was sent. */
export class ConfigurationError extends BankDataError {
  override name = "ConfigurationError";
}

/** The base URL is plain `http:` on another machine, where anyone on the network path could read the secret. */
export class PlainHttpError extends ConfigurationError {
  override name = "PlainHttpError";
  /** The host of the base URL, with its port if that is not 80. */
  readonly host: string;

  constructor(host: string) {
    super(
      `baseUrl is plain http: anyone on the network path to ${host} could read the secret. Use https, or allow it with allowHttp.`,
    );
    this.host = host;
  }
}

/** What is known of a request that failed. */
export interface FailureDetails {
  /** The id that the service gave the response, for its support; null if none came. */
  requestId?: string | null | undefined;
  /** What led to the error, cleaned of secrets. */
  cause?: Error | undefined;
}

/** Without a cause, the error has no such member. */
function causedBy(cause: Error | undefined): ErrorOptions | undefined {
  return cause && { cause };
}

/** What an error response says, or the local check that rejected a request before it was sent. */
export interface ErrorResponse {
  /** The HTTP status; 400 or 429 if the request was rejected locally. */
  status: number;
  /** The HTTP method of the request, in capitals. */
  method: HttpMethod;
  /** Relative to the base URL, without the query; IBANs are masked. */
  path: string;
  /** A short description of the problem, in the service's words or this library's; at most 1,000 characters. */
  summary: string;
  /** The service's longer explanation, at most 1,000 characters; empty if there is none. */
  detail: string;
  /** The service's type of a bank failure (`UnknownRequestError`, `AccessExpiredError`…); null for other errors. */
  type: string | null;
  /**
   * What is wrong with each field of the request. Empty if the response names no field. Holds at most the first 100
   * problems, and the first 1,000 characters of each text.
   */
  fields: Readonly<Record<string, readonly FieldProblem[]>>;
  /** False if the request was rejected locally and never sent. */
  sent: boolean;
  /** The id that the service, or a proxy, gave the request; null or absent if no header of the response has one. */
  requestId?: string | null;
}

/** One problem with one field of a request. */
export interface FieldProblem {
  /** The problem in a few words, or `Not sent` if it was found before the request was sent; may be empty. */
  summary: string;
  /** The problem in a sentence; empty if the service sent only a summary. */
  detail: string;
}

/** The service responded with an error. */
export class ApiError extends BankDataError implements ErrorResponse {
  override name = "ApiError";
  readonly status: number;
  readonly method: HttpMethod;
  readonly path: string;
  readonly summary: string;
  readonly detail: string;
  readonly type: string | null;
  readonly fields: Readonly<Record<string, readonly FieldProblem[]>>;
  readonly sent: boolean;
  readonly requestId: string | null;

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
    this.requestId = response.requestId ?? null;
  }
}

/** The credentials or the token were rejected. */
export class AuthenticationError extends ApiError {
  override name = "AuthenticationError";
}

/** The end user's consent has ended or was revoked: only reconnecting the bank restores access to the account. */
export class AccessExpiredError extends ApiError {
  override name = "AccessExpiredError";
  /** When access ended, as the service wrote it; null if it did not say. */
  readonly expiredAt: string | null;

  constructor(message: string, response: ErrorResponse & { expiredAt: string | null }) {
    super(message, response);
    this.expiredAt = response.expiredAt;
  }
}

/** This caller may not use the account or the operation: access scope, permission, IP address, a deactivated account. */
export class AccessDeniedError extends ApiError {
  override name = "AccessDeniedError";
  /**
   * The kind of data that the end user's consent does not cover: it takes a new agreement whose `access_scope` includes
   * it, and a new requisition. Null if access was denied for another reason.
   */
  readonly missingScope: DataKind | null;

  constructor(message: string, response: ErrorResponse & { missingScope?: DataKind | null }) {
    super(message, response);
    this.missingScope = response.missingScope ?? null;
  }
}

/** The resource does not exist, or belongs to someone else. */
export class NotFoundError extends ApiError {
  override name = "NotFoundError";
}

/** The request is malformed or asks for more than is allowed; `fields` says which field is at fault. */
export class InvalidRequestError extends ApiError {
  override name = "InvalidRequestError";
}

/** The account has no data yet: it is still being processed, or processing failed. */
export class AccountNotReadyError extends ApiError {
  override name = "AccountNotReadyError";
  /** The account's status: `PROCESSING`, `DISCOVERED`, `ERROR`… */
  readonly accountStatus: string;

  constructor(message: string, response: ErrorResponse & { accountStatus: string }) {
    super(message, response);
    this.accountStatus = response.accountStatus;
  }
}

/** Ten failures in a row have suspended the account; only reconnecting the bank lifts that. */
export class AccountSuspendedError extends ApiError {
  override name = "AccountSuspendedError";
}

/** Why a connection was refused, the same for every provider. */
export type RefusalReason =
  /** The end user stopped before they agreed. */
  | "cancelled"
  /** The bank rejected the end user, or the access that was requested. */
  | "rejected"
  /** The end user could not be identified. */
  | "unverified"
  /** The bank had a technical fault. */
  | "bankFailed"
  /** The bank did not respond in time. */
  | "bankTimeout"
  /** The provider had a technical fault. */
  | "providerFailed"
  /** The link was used before. */
  | "linkUsed"
  /** The provider allows no more connections. */
  | "limitReached"
  | "unknown";

/** The end user returned from the bank without connecting it, so nothing can be read. Start again with a new link. */
export class ConsentRefusedError extends BankDataError {
  override name = "ConsentRefusedError";
  /** The same for every provider; `unknown` if its `code` is not a known one. */
  readonly reason: RefusalReason;
  /** The provider's code for the reason, such as `UserCancelledSession`; at most 100 characters. */
  readonly code: string;
  /** The provider's or the bank's explanation, at most 1,000 characters; empty if there is none. */
  readonly description: string;

  constructor(message: string, refusal: Pick<ConsentRefusedError, "reason" | "code" | "description">) {
    super(message);
    this.reason = refusal.reason;
    this.code = refusal.code;
    this.description = refusal.description;
  }
}

/**
 * The provider does not offer this bank, or no longer does: it cannot be connected, and a connection to it cannot be
 * renewed. One that exists keeps working until its consent ends.
 */
export class BankNotOfferedError extends BankDataError {
  override name = "BankNotOfferedError";
  /** The bank's id. */
  readonly bankId: string;
  /** The bank's name; null if unknown. */
  readonly bankName: string | null;

  constructor(bankId: string, bankName: string | null = null) {
    super(
      `The service does not offer ${bankName ?? bankId} any more. An existing connection to it works until its consent ends.`,
    );
    this.bankId = bankId;
    this.bankName = bankName;
  }
}

/** Which limit was exceeded: the general one of the company, or an account's daily one for one kind of data. */
export type RateLimitScope = "general" | DataKind;

/** A limit is used up, and waiting for it to reset would take too long; `sent` is false if that was known beforehand. */
export class RateLimitError extends ApiError {
  override name = "RateLimitError";
  /** When a call may succeed again; null if the bank does not say. */
  readonly resetAt: Date | null;
  /** The limit that was exceeded; `general` holds for all accounts together. */
  readonly scope: RateLimitScope;
  /** How many calls the limit allows within its window; null if unknown. */
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

/** The bank failed, or the service could not reach it. Ten in a row of type `UnknownRequestError` suspend the account. */
export class InstitutionError extends ApiError {
  override name = "InstitutionError";
}

/**
 * Calls to the account are paused after repeated failures, because ten in a row would suspend it for good. Nothing was
 * sent; `force: true` sends the request anyway.
 */
export class AccountPausedError extends BankDataError {
  override name = "AccountPausedError";
  /** The account's handle, which is its id in the service's paths. */
  readonly accountId: string;
  /** Failures since the last success. */
  readonly failures: number;
  /** When the pause ends. */
  readonly retryAt: Date;
  /** The service's type of the last failure. */
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
 * The calls of an account cannot be counted, because the records that processes share cannot be written: the disk is
 * full, or the file or store rejects the write. Nothing was sent, as an uncounted call could use up the bank's few calls
 * a day unnoticed; `force: true` sends the request anyway.
 */
export class QuotaUnavailableError extends BankDataError {
  override name = "QuotaUnavailableError";
  /** The account's handle, which is its id in the service's paths. */
  readonly accountId: string;
  /** The kind of data that was requested; each has a daily limit of its own. */
  readonly dataKind: DataKind;
  /** Why the count cannot be written, in the words of the file system or the store. */
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

/** The call allowed only a cached response, and the cache holds none that may still be used. */
export class NotCachedError extends BankDataError {
  override name = "NotCachedError";
}

/** The service's free usage is exhausted. */
export class PaymentRequiredError extends ApiError {
  override name = "PaymentRequiredError";
}

/** The service could not be reached, or the connection was lost before the response was complete. */
export class ConnectionError extends BankDataError {
  override name = "ConnectionError";
  /** The system's or the HTTP library's code, such as `ECONNREFUSED`; null if there is none. */
  readonly code: string | null;
  /** False if no connection was made, so that nothing was sent. Otherwise the request may have been carried out. */
  readonly sent: boolean;
  /** The id that the service, or a proxy, gave the request; null unless headers with one had arrived. */
  readonly requestId: string | null;

  constructor(
    message: string,
    code: string | null,
    { sent = true, requestId = null, cause }: FailureDetails & { sent?: boolean } = {},
  ) {
    super(message, causedBy(cause));
    this.code = code;
    this.sent = sent;
    this.requestId = requestId;
  }
}

/** No response arrived in time. */
export class TimeoutError extends BankDataError {
  override name = "TimeoutError";
  /** The timeout that was exceeded, in milliseconds. */
  readonly timeout: number;
  /**
   * The id that the service, or a proxy, gave the request; null unless headers with one had arrived when the time for one
   * try was up.
   */
  readonly requestId: string | null;

  constructor(
    message: string,
    timeout: number,
    { requestId = null }: Pick<FailureDetails, "requestId"> = {},
  ) {
    super(message);
    this.timeout = timeout;
    this.requestId = requestId;
  }
}

/**
 * The response is not one that the service sends: not JSON, truncated, empty, partial, a redirect, not of the expected
 * shape, or a list whose pages never end.
 */
export class InvalidResponseError extends BankDataError {
  override name = "InvalidResponseError";
  /** The HTTP status of the response; mostly 200, as error responses become an `ApiError`. */
  readonly status: number;
  /** The first 200 characters of the body, IBANs and long numbers masked; empty if the body could hold a token. */
  readonly bodyStart: string;
  /** The id that the service, or a proxy, gave the request; null if no header has one, or if it came from the cache. */
  readonly requestId: string | null;

  constructor(message: string, response: { status: number; bodyStart: string } & FailureDetails) {
    super(message, causedBy(response.cause));
    this.status = response.status;
    this.bodyStart = response.bodyStart;
    this.requestId = response.requestId ?? null;
  }
}
