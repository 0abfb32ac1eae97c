import { ApiError, RateLimitError } from "../base/errors.ts";
import type { RateLimitMemory } from "../limits/rate-limits.ts";
import type { AdmissionControl, AttemptOutcome } from "./admission.ts";
import type { Call } from "./call.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";
import { unreadable } from "./read-body.ts";
import { factsFromService } from "./response-info.ts";
import { retryDelay, wasSurelyNotCarriedOut } from "./retry.ts";
import { readRetryAfter } from "./retry-after.ts";
import { type HttpResult, sendOnce } from "./send.ts";
import type { Authentication, Service } from "./service.ts";

/** What attempts need. */
export interface AttemptsParts {
  settings: Settings;
  service: Service;
  admission: AdmissionControl;
  rateLimits: RateLimitMemory;
}

/** How a request is sent. */
export interface SendingRules {
  /** Without it, the request is sent without a token. */
  authentication?: Authentication | undefined;
  /** Headers by which the service may answer 304, that nothing has changed. */
  condition?: Readonly<Record<string, string>> | undefined;
}

/** What came of one attempt: a response, unless it failed on the way; and an error, unless it is a success. */
interface Attempt {
  token: string | undefined;
  result: HttpResult | undefined;
  error: unknown;
}

/** Sends a request until a response is a success, the policy gives up, or the call ends. */
export class Attempts {
  readonly #parts: AttemptsParts;

  constructor(parts: AttemptsParts) {
    this.#parts = parts;
  }

  /**
   * @throws ApiError and its kinds, AccountPausedError, QuotaUnavailableError, ConnectionError, TimeoutError,
   * InvalidResponseError, or the signal's reason
   */
  async run(request: ServiceRequest, call: Call, rules: SendingRules): Promise<HttpResult> {
    let refusedToken: string | undefined;
    for (let attempt = 1; ; attempt += 1) {
      let tried = await this.#attempt(request, call, rules, refusedToken);
      if (refusedToken === undefined && this.#isTokenRefused(tried) && !call.signal.aborted) {
        refusedToken = tried.token;
        tried = await this.#attempt(request, call, rules, refusedToken);
      }
      const { result, error } = tried;
      if (error === undefined && result !== undefined) return result;
      call.signal.throwIfAborted();
      if (refusedToken !== undefined && this.#isTokenRefused(tried))
        await rules.authentication?.renewedInVain(error);
      const wait = this.#waitBeforeNext(request, call, attempt, tried);
      if (wait === undefined) throw error;
      await this.#parts.settings.sleep(wait, call.signal);
    }
  }

  #isTokenRefused({ token, error }: Attempt): boolean {
    return token !== undefined && error instanceof ApiError && this.#parts.service.isTokenRejected(error);
  }

  /** One attempt: a place under the limits, a token, and there and back. */
  async #attempt(
    request: ServiceRequest,
    call: Call,
    rules: SendingRules,
    refusedToken?: string,
  ): Promise<Attempt> {
    call.signal.throwIfAborted();
    const reservation = await this.#parts.admission.enter(request, call);
    let outcome: AttemptOutcome = "neverSent";
    try {
      const token = await rules.authentication?.token(refusedToken);
      call.signal.throwIfAborted(); // The token may have taken longer than the caller had.
      outcome = "lost";
      try {
        const result = await this.#send(request, call, token, rules);
        const error = this.#errorOf(request, call, result, rules);
        outcome = { status: result.status, rateLimits: result.rateLimits, error };
        return { token, result, error };
      } catch (error) {
        if (wasSurelyNotCarriedOut(error)) outcome = "neverSent";
        return { token, result: undefined, error };
      }
    } finally {
      await reservation.complete(outcome);
    }
  }

  /** There and back; limits are read before anything is dropped. */
  async #send(
    request: ServiceRequest,
    call: Call,
    token: string | undefined,
    { condition }: SendingRules,
  ): Promise<HttpResult> {
    const { settings, service, rateLimits: memory } = this.#parts;
    const sent = await sendOnce(request, { token, condition }, settings, call.signal);
    const response = service.withTrueStatus(sent);
    const rateLimits = service.readLimits(response.headers, response.receivedAt);
    memory.remember(accountDataOf(request), rateLimits);
    settings.logger.debug(
      `${request.operation.method} ${settings.secrets.clean(request.path)} → ${response.status}`,
    );
    return { ...response, rateLimits };
  }

  /** What a response stands for that cannot be used; undefined for a success. */
  #errorOf(request: ServiceRequest, call: Call, result: HttpResult, rules: SendingRules): Error | undefined {
    const { settings, service } = this.#parts;
    const { clean } = settings.secrets;
    const { status, text } = result;
    if ((status === NOT_MODIFIED && rules.condition !== undefined) || isWhole(status)) {
      const tooLong = `is longer than ${settings.maxResponseBytes} bytes (maxResponseBytes)`;
      return result.cut ? unreadable(request, status, { what: tooLong, text, clean }) : undefined;
    }
    call.tell(request, factsFromService(result, null, clean));
    if (status === PARTIAL)
      return unreadable(request, status, { what: "is a part that nobody asked for", text, clean });
    if (status < 400) return unreadable(request, status, { what: "is no answer", text, clean });
    const now = result.receivedAt;
    const retryAfter = readRetryAfter(result.headers, now);
    return service.readError({
      request,
      status,
      text,
      rateLimits: result.rateLimits,
      retryAfter,
      now,
      clean,
    });
  }

  #waitBeforeNext(
    request: ServiceRequest,
    call: Call,
    attempt: number,
    { result, error }: Attempt,
  ): number | undefined {
    const { service, settings } = this.#parts;
    const { now, random, retries, logger, secrets } = settings;
    const { method } = request.operation;
    const waitAsked = waitAskedBy(result, error, now());
    const isCounted = service.countedFailure(error) !== undefined;
    const wait = retryDelay({ method, attempt, error, isCounted, waitAsked, random: random() }, retries);
    if (wait === undefined || wait >= call.left()) return undefined;
    logger.info(`${method} ${secrets.clean(request.path)} failed (try ${attempt}); again in ${wait} ms.`);
    return wait;
  }
}

const NOT_MODIFIED = 304;

/** Partial Content: a part of the data that looks like the whole. */
const PARTIAL = 206;

function isWhole(status: number): boolean {
  return status >= 200 && status < 300 && status !== PARTIAL;
}

/** The wait that the service asked for, in milliseconds from now: in its own words and headers first, else in Retry-After. */
function waitAskedBy(result: HttpResult | undefined, error: unknown, now: number): number | null {
  if (error instanceof RateLimitError && error.resetAt !== null) {
    return Math.max(0, error.resetAt.getTime() - now);
  }
  const mayAsk = result?.status === 429 || result?.status === 503;
  return mayAsk ? readRetryAfter(result.headers, now) : null;
}
