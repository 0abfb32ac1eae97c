import { ApiError, RateLimitError } from "../errors.ts";
import type { Fate, Gate } from "./gate.ts";
import { type RateLimitMemory, type RateLimits, readRateLimits } from "./rate-limits.ts";
import { unreadable } from "./read-body.ts";
import { errorFromAnswer, isTokenRefusal } from "./refusal.ts";
import { retryDelay, wasSurelyNotCarriedOut } from "./retry.ts";
import { readRetryAfter } from "./retry-after.ts";
import { type OutgoingRequest, type RawAnswer, sendOnce } from "./send.ts";
import type { Settings } from "./settings.ts";
import { underSpokenStatus } from "./spoken-status.ts";
import type { TokenSource } from "./token.ts";

/** An answer with what its headers said of limits. */
export interface Exchanged {
  answer: RawAnswer;
  rateLimits: RateLimits;
}

/** How one call is sent. */
export interface SendingRules {
  /** Whether a paused account is asked all the same. */
  force: boolean;
  signal: AbortSignal;
  /** Milliseconds for the whole call. */
  perCall: number;
  /** False for the token endpoints. */
  authorised: boolean;
  /** Told of each answer that refuses. */
  onRefusal(refused: Exchanged): void;
}

/** What an exchange needs. */
export interface ExchangeParts {
  settings: Settings;
  gate: Gate;
  token: () => TokenSource;
  rateLimits: RateLimitMemory;
}

/** What came of one try. */
interface Tried {
  token: string | undefined;
  /** Undefined where it failed on the way. */
  exchanged: Exchanged | undefined;
  error: unknown;
}

/** Sends a request until an answer is a success, the policy gives up, or the signal ends it: steps 3 to 7. */
export class Exchange {
  readonly #parts: ExchangeParts;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  /** @throws ApiError and its kinds, AccountPausedError, ConnectionError, TimeoutError, or the signal's reason */
  async run(request: OutgoingRequest, rules: SendingRules): Promise<Exchanged> {
    const { now, sleep } = this.#parts.settings;
    const startedAt = now();
    let refusedToken: string | undefined;
    for (let attempt = 1; ; attempt += 1) {
      rules.signal.throwIfAborted();
      const left = () => rules.perCall - (now() - startedAt);
      const tried = await this.#try(request, rules, left(), refusedToken);
      const { token, exchanged, error } = tried;
      if (error === undefined && exchanged !== undefined) return exchanged;
      if (rules.signal.aborted) throw rules.signal.reason;
      if (token !== undefined && refusedToken === undefined && isRefusedToken(error)) {
        refusedToken = token;
        attempt -= 1;
        continue;
      }
      if (refusedToken !== undefined && isRefusedToken(error)) await this.#parts.token().renewedInVain(error);
      const wait = this.#waitBeforeNext(request, attempt, tried, left());
      if (wait === undefined) throw error;
      await sleep(wait, rules.signal);
    }
  }

  /** One try: a place under the limits, a token, and there and back. */
  async #try(
    request: OutgoingRequest,
    rules: SendingRules,
    patience: number,
    refusedToken: string | undefined,
  ): Promise<Tried> {
    const { gate } = this.#parts;
    const ticket = await gate.enter(request, { force: rules.force, patience }, rules.signal);
    let fate: Fate = "neverSent";
    try {
      const token = rules.authorised ? await this.#validToken(refusedToken) : undefined;
      fate = "lost";
      try {
        const sent = await this.#send(request, rules, token);
        fate = {
          status: sent.exchanged.answer.status,
          rateLimits: sent.exchanged.rateLimits,
          error: sent.error,
        };
        return { token, ...sent };
      } catch (error) {
        if (wasSurelyNotCarriedOut(error)) fate = "neverSent";
        return { token, exchanged: undefined, error };
      }
    } finally {
      await ticket.settle(fate);
    }
  }

  #validToken(refused: string | undefined): Promise<string> {
    const token = this.#parts.token();
    return refused === undefined ? token.valid() : token.instead(refused);
  }

  /** There and back: limits are read before anything is dropped, and a refusal becomes its error. */
  async #send(
    request: OutgoingRequest,
    rules: SendingRules,
    token: string | undefined,
  ): Promise<{ exchanged: Exchanged; error: unknown }> {
    const { settings, rateLimits: memory } = this.#parts;
    const answer = underSpokenStatus(await sendOnce(request, token, settings, rules.signal));
    const rateLimits = readRateLimits(answer.headers, answer.receivedAt);
    memory.remember(request.path, rateLimits);
    settings.logger.debug(`${request.method} ${settings.secrets.clean(request.path)} → ${answer.status}`);
    const exchanged = { answer, rateLimits };
    const confirmed = answer.status === 304 && request.condition !== undefined;
    if (confirmed || isWhole(answer.status)) {
      return { exchanged, error: answer.cut ? this.#tooLong(request, answer, rules.authorised) : undefined };
    }
    if (rules.authorised) rules.onRefusal(exchanged);
    return { exchanged, error: this.#errorOf(request, exchanged) };
  }

  /** @param shown whether the beginning may be shown: that of a token endpoint's answer may be a token */
  #tooLong(request: OutgoingRequest, { status, text }: RawAnswer, shown: boolean): Error {
    const { settings } = this.#parts;
    const { clean } = settings.secrets;
    const what = `is longer than ${settings.maxResponseBytes} bytes (maxResponseBytes)`;
    return unreadable(request, status, what, text, shown ? clean : () => "");
  }

  #errorOf(request: OutgoingRequest, { answer, rateLimits }: Exchanged): Error {
    const { clean } = this.#parts.settings.secrets;
    const { status, text } = answer;
    if (status === PARTIAL)
      return unreadable(request, status, "is a part that nobody asked for", text, clean);
    if (status < 400) return unreadable(request, status, "is no answer", text, clean);
    const { method, path } = request;
    const now = answer.receivedAt;
    const retryAfter = readRetryAfter(answer.headers, now);
    return errorFromAnswer({ status, method, path, text, rateLimits, retryAfter, now, clean });
  }

  #waitBeforeNext(request: OutgoingRequest, attempt: number, tried: Tried, left: number): number | undefined {
    const { now, random, retries, logger, secrets } = this.#parts.settings;
    const waitAsked = waitAskedBy(tried, now());
    const failed = { method: request.method, attempt, error: tried.error, waitAsked, random: random() };
    const wait = retryDelay(failed, retries);
    if (wait === undefined || wait >= left) return undefined;
    const name = `${request.method} ${secrets.clean(request.path)}`;
    logger.info(`${name} failed (try ${attempt}); again in ${wait} ms.`);
    return wait;
  }
}

/** Partial Content: a part of the data that looks like the whole. */
const PARTIAL = 206;

function isWhole(status: number): boolean {
  return status >= 200 && status < 300 && status !== PARTIAL;
}

function isRefusedToken(error: unknown): boolean {
  return error instanceof ApiError && isTokenRefusal(error);
}

/** The wait that the service asked for, in milliseconds from now: in its own words and headers first, else in Retry-After. */
function waitAskedBy({ error, exchanged }: Tried, now: number): number | null {
  if (error instanceof RateLimitError && error.resetAt !== null) {
    return Math.max(0, error.resetAt.getTime() - now);
  }
  const answer = exchanged?.answer;
  const mayAsk = answer?.status === 429 || answer?.status === 503;
  return mayAsk ? readRetryAfter(answer.headers, now) : null;
}
