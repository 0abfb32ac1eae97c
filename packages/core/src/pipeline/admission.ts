import { AccountPausedError, QuotaUnavailableError, RateLimitError } from "../base/errors.ts";
import type { AccountData, Admission, AdmittedCall, CallBudget, CallResult } from "../limits/call-budget.ts";
import type { RateLimit, RateLimits } from "../limits/rate-limits.ts";
import type { Outcome, ReportedLimit } from "../limits/rolling-window.ts";
import type { Permit, Throttle } from "../limits/throttle.ts";
import type { Call } from "./call.ts";
import { settlesSoon } from "./deadline.ts";
import { localRateLimitError } from "./local-errors.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";
import type { Method } from "./path.ts";
import type { Service } from "./service.ts";

/** An attempt's reservation under all limits. */
export interface Reservation {
  /** Reports, once, how the attempt ended. */
  complete(outcome: AttemptOutcome): Promise<void>;
}

/** How an attempt ended: it was never sent, its response was lost, or it has a response. */
export type AttemptOutcome = "neverSent" | "lost" | CompletedAttempt;

/** A response, as the limits see it. */
interface CompletedAttempt {
  status: number;
  rateLimits: RateLimits;
  /** The error of an error response; undefined for a success. */
  error: unknown;
}

/** The longest that a call waits until its outcome is recorded, in milliseconds. */
const MAX_COMPLETION_WAIT = 1000;

export interface AdmissionParts {
  service: Service;
  budget: CallBudget;
  /** Without it, no limit is enforced and no call is counted; failing accounts are still paused. */
  throttle: Throttle | undefined;
  /** Removes secrets and IBANs from what an error shows. */
  redact: (text: string) => string;
}

/** A request, and whether an earlier attempt of the same call was sent. */
export interface Attempted {
  request: ServiceRequest;
  wasSent: boolean;
}

/**
 * Admits attempts: none to an account that is paused after failures, none beyond a daily limit, and one after another
 * while a general limit is used up.
 */
export class AdmissionControl {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Reserves one attempt, waiting for its turn while a general limit is used up.
   *
   * @throws RateLimitError if a limit is used up, AccountPausedError after too many failures, QuotaUnavailableError if
   * the call cannot be counted, or the signal's reason; this attempt was not sent
   */
  async enter(attempted: Attempted, call: Call): Promise<Reservation> {
    const accountData = accountDataOf(attempted.request);
    const admitted = accountData === undefined ? undefined : await this.#admit(attempted, accountData, call);
    const complete = async (result: CallResult) => {
      if (accountData !== undefined && admitted !== undefined)
        await this.#completeInTime(accountData, admitted, result);
    };
    try {
      call.signal.throwIfAborted(); // Counting may have taken longer than the caller waits.
      const permit = await this.#waitForTurn(attempted, call);
      return {
        complete: async (outcome) => {
          const [general, account] = resultsOf(outcome, this.#parts.service);
          permit?.complete(general.outcome, general.reported);
          await complete(account);
        },
      };
    } catch (error) {
      await complete(notSent);
      throw error;
    }
  }

  /** Waiting for another process's lock goes on in the background, so that it does not delay the response. */
  async #completeInTime(accountData: AccountData, call: AdmittedCall, result: CallResult): Promise<void> {
    const completed = this.#parts.budget.complete(accountData, call, result);
    if (await settlesSoon(completed)) return await completed;
    const { promise: timedOut, resolve: giveUp } = Promise.withResolvers<void>();
    const timer = setTimeout(giveUp, MAX_COMPLETION_WAIT).unref();
    try {
      await Promise.race([completed, timedOut]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #admit(attempted: Attempted, accountData: AccountData, { options }: Call): Promise<AdmittedCall> {
    const { request } = attempted;
    const counts = this.#parts.throttle !== undefined;
    const enforced = counts && request.isContinuation !== true;
    const force = options.force === true;
    const rules = { counts, quota: enforced, failures: !force, shared: enforced && !force };
    const admission = await this.#parts.budget.admit(accountData, rules);
    if (admission.admitted) return admission.call;
    throw rejectionError(attempted, accountData, admission, this.#parts.redact);
  }

  async #waitForTurn(attempted: Attempted, call: Call): Promise<Permit | undefined> {
    const { bucket } = attempted.request.operation;
    if (bucket === undefined) return undefined;
    const permit = await this.#parts.throttle?.enter(bucket, call.left(), call.signal);
    if (permit === undefined || "complete" in permit) return permit;
    throw localRateLimitError(requestLine(attempted), {
      scope: "general",
      limit: permit.limit,
      resetAt: new Date(permit.turnAt),
    });
  }
}

function rejectionError(
  attempted: Attempted,
  { accountId: id, dataKind }: AccountData,
  admission: Admission & { admitted: false },
  redact: (text: string) => string,
): Error {
  if (admission.because === "quota") {
    const { limit } = admission;
    const resetAt = admission.resetAt === null ? null : new Date(admission.resetAt);
    return localRateLimitError(requestLine(attempted), { scope: dataKind, limit, resetAt });
  }
  const accountId = redact(id);
  if (admission.because === "uncounted") {
    const reason = redact(admission.reason);
    return new QuotaUnavailableError(
      `The ${dataKind} of account ${accountId} were not requested, because the call cannot be counted (${reason}), and banks allow only a few calls a day. Make the cache writable, use another one, or pass { force: true } to send the request anyway.`,
      { accountId, dataKind, reason },
    );
  }
  const { failures, kind } = admission;
  const retryAt = new Date(admission.retryAt);
  return new AccountPausedError(
    `Account ${accountId} failed ${failures} times in a row (${kind}), and ten failures suspend it: calls are paused until ${retryAt.toISOString()}. Pass { force: true } to send the request anyway.`,
    { accountId, failures, retryAt, lastFailure: kind },
  );
}

function requestLine({ request, wasSent }: Attempted): { method: Method; path: string; wasSent: boolean } {
  return { method: request.operation.method, path: request.path, wasSent };
}

const notSent: CallResult = { outcome: "notCounted", reported: null };

/** What an attempt means for the general limit, and for the account's. */
function resultsOf(attempt: AttemptOutcome, service: Service): [CallResult, CallResult] {
  if (attempt === "neverSent") return [notSent, notSent];
  if (attempt === "lost") {
    const lost: CallResult = { outcome: "unknown", reported: null };
    return [lost, lost];
  }
  const { error, rateLimits } = attempt;
  const general: CallResult = { outcome: "counted", reported: reportedBy(rateLimits.general) };
  const account: CallResult = { outcome: outcomeOf(attempt), reported: reportedBy(rateLimits.account) };
  if (!(error instanceof RateLimitError))
    return [general, { ...account, failure: service.countedFailure(error) }];
  if (error.scope === "general")
    return [{ outcome: "rejected", reported: reportedByError(error, rateLimits.general) }, account];
  if (service.isBankLimit(error)) return [general, { ...account, outcome: "rejectedByBank" }];
  return [general, { outcome: "rejected", reported: reportedByError(error, rateLimits.account) }];
}

/** Only a success counts against an account's limit, and so does 304 (Not Modified). */
function outcomeOf({ status }: CompletedAttempt): Outcome {
  return (status >= 200 && status < 300) || status === 304 ? "counted" : "notCounted";
}

function reportedBy(limit: RateLimit | null): ReportedLimit | null {
  return limit === null ? null : { ...limit, resetAt: limit.resetAt?.getTime() ?? null };
}

/** The error's text is about the limit that was exceeded, so it takes precedence over the headers. */
function reportedByError(error: RateLimitError, headers: RateLimit | null): ReportedLimit {
  return {
    limit: error.limit ?? headers?.limit ?? null,
    remaining: 0,
    resetAt: error.resetAt?.getTime() ?? null,
  };
}
