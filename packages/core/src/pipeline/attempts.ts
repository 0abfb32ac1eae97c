import { ApiError, RateLimitError } from "../base/errors.ts";
import { silentLogger } from "../base/logger.ts";
import { UNREPORTED_WAIT } from "../base/wait-info.ts";
import type { RateLimitMemory } from "../limits/rate-limits.ts";
import type { AdmissionControl, Attempted, AttemptOutcome } from "./admission.ts";
import type { Call } from "./call.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";
import { invalidResponse } from "./read-body.ts";
import { redirectError } from "./redirect.ts";
import { requestIdOf } from "./request-id.ts";
import { detailsFromService } from "./response-details.ts";
import { retryDelay, wasNeverSent } from "./retry.ts";
import { readRetryAfter } from "./retry-after.ts";
import { type HttpResult, sendOnce } from "./send.ts";
import type { Authentication, Service } from "./service.ts";

export interface AttemptsParts {
  settings: Settings;
  service: Service;
  admission: AdmissionControl;
  rateLimits: RateLimitMemory;
}

/** How a request is sent. */
export interface AttemptOptions {
  /** Without it, the request is sent without a token. */
  authentication?: Authentication | undefined;
  /** Conditional headers, to which the service may respond with 304 (Not Modified). */
  condition?: Readonly<Record<string, string>> | undefined;
}

/** The outcome of one attempt: a response, unless it failed in transit, and an error, unless it succeeded. */
interface Attempt {
  token: string | undefined;
  result: HttpResult | undefined;
  error: unknown;
}

/** Sends a request until it succeeds, the retry policy gives up, or the call ends. */
export class Attempts {
  readonly #parts: AttemptsParts;

  constructor(parts: AttemptsParts) {
    this.#parts = parts;
  }

  /**
   * @throws ApiError and its subclasses, AccountPausedError, QuotaUnavailableError, ConnectionError, TimeoutError,
   * InvalidResponseError, or the signal's reason
   */
  async run(request: ServiceRequest, call: Call, options: AttemptOptions): Promise<HttpResult> {
    let rejectedToken: string | undefined;
    let wasSent = false;
    for (let number = 1; ; number += 1) {
      let attempt = await this.#attempt({ request, wasSent }, call, options, rejectedToken);
      wasSent ||= !wasNeverSent(attempt.error);
      if (rejectedToken === undefined && this.#isTokenRejected(attempt) && !call.signal.aborted) {
        rejectedToken = attempt.token;
        attempt = await this.#attempt({ request, wasSent }, call, options, rejectedToken);
      }
      const { result, error } = attempt;
      if (error === undefined && result !== undefined) return result;
      call.signal.throwIfAborted();
      if (rejectedToken !== undefined && this.#isTokenRejected(attempt))
        await options.authentication?.reportRenewedTokenRejected?.(error);
      const delay = this.#delayBeforeNext(request, call, number, attempt);
      if (delay === undefined) throw error;
      await this.#parts.settings.sleep(delay, call.signal);
    }
  }

  #isTokenRejected({ token, error }: Attempt): boolean {
    return token !== undefined && error instanceof ApiError && this.#parts.service.isTokenRejected(error);
  }

  /** One attempt: a reservation under the limits, a token, and the round trip. */
  async #attempt(
    attempted: Attempted,
    call: Call,
    options: AttemptOptions,
    rejectedToken?: string,
  ): Promise<Attempt> {
    call.signal.throwIfAborted();
    const reservation = await this.#parts.admission.enter(attempted, call);
    const { request } = attempted;
    let outcome: AttemptOutcome = "neverSent";
    try {
      const token = await options.authentication?.token(rejectedToken);
      call.signal.throwIfAborted(); // Getting the token may have taken longer than the caller waits.
      outcome = "lost";
      try {
        const result = await this.#send(request, call, token, options);
        const error = this.#errorOf(request, call, result, options);
        outcome = { status: result.status, rateLimits: result.rateLimits, error };
        return { token, result, error };
      } catch (error) {
        if (wasNeverSent(error)) outcome = "neverSent";
        return { token, result: undefined, error };
      }
    } finally {
      await reservation.complete(outcome);
    }
  }

  /** The round trip. Limits are read before anything is discarded. */
  async #send(
    request: ServiceRequest,
    call: Call,
    token: string | undefined,
    { condition }: AttemptOptions,
  ): Promise<HttpResult> {
    const { settings, service, rateLimits: memory } = this.#parts;
    const sent = await sendOnce(request, { token, headers: call.headers, condition }, settings, call.signal);
    const response = service.withTrueStatus?.(sent) ?? sent;
    const rateLimits = service.readLimits(response.headers, response.receivedAt);
    memory.remember(accountDataOf(request), rateLimits);
    // Masking a path takes longer than sending many a request.
    if (settings.logger !== silentLogger) {
      const path = settings.secrets.redact(request.path);
      settings.logger.debug(`${request.operation.method} ${path} → ${response.status}`);
    }
    return { ...response, rateLimits };
  }

  /** The error of a response that cannot be used; undefined for a success. */
  #errorOf(
    request: ServiceRequest,
    call: Call,
    result: HttpResult,
    { condition }: AttemptOptions,
  ): Error | undefined {
    const { settings, service } = this.#parts;
    const { redact } = settings.secrets;
    const { status, text, headers } = result;
    if ((status === NOT_MODIFIED && condition !== undefined) || isCompleteSuccess(status)) {
      if (!result.truncated) return undefined;
      const problem = `is longer than ${settings.maxResponseBytes} bytes (maxResponseBytes)`;
      return invalidResponse(request, result, { problem, redact });
    }
    call.report(request, () => detailsFromService(result, null, redact));
    if (status < 400)
      return redirectError(request, result, settings) ?? invalidResponse(request, result, { redact });
    const now = result.receivedAt;
    const retryAfter = readRetryAfter(headers, now);
    return service.readError({
      request,
      status,
      text,
      rateLimits: result.rateLimits,
      retryAfter,
      requestId: requestIdOf(headers, redact),
      now,
      redact,
    });
  }

  #delayBeforeNext(
    request: ServiceRequest,
    call: Call,
    attempt: number,
    { result, error }: Attempt,
  ): number | undefined {
    const { service, settings } = this.#parts;
    const { now, random, retries, logger, secrets, onWait } = settings;
    const { method } = request.operation;
    const requestedDelay = requestedDelayOf(result, error, now());
    const isCounted = service.countedFailure(error) !== undefined;
    const delay = retryDelay(
      { method, attempt, error, isCounted, requestedDelay, random: random() },
      retries,
    );
    if (delay === undefined || delay >= call.left()) return undefined;
    logger.info(
      `${method} ${secrets.redact(request.path)} failed (attempt ${attempt}); retrying in ${delay} ms.`,
    );
    if (delay > UNREPORTED_WAIT)
      onWait?.({
        reason: error instanceof RateLimitError ? "rateLimit" : "retry",
        until: new Date(now() + delay),
      });
    return delay;
  }
}

const NOT_MODIFIED = 304;

/** Partial Content: incomplete data that looks complete. */
const PARTIAL = 206;

function isCompleteSuccess(status: number): boolean {
  return status >= 200 && status < 300 && status !== PARTIAL;
}

/** The delay that the service asked for, in milliseconds: from its own texts and headers, or else from Retry-After. */
function requestedDelayOf(result: HttpResult | undefined, error: unknown, now: number): number | null {
  if (error instanceof RateLimitError && error.resetAt !== null) {
    return Math.max(0, error.resetAt.getTime() - now);
  }
  const mayRequest = result?.status === 429 || result?.status === 503;
  return mayRequest ? readRetryAfter(result.headers, now) : null;
}
