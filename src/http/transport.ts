import type { z } from "zod";
import type { CacheRequest, ResponseCache, StoredAnswer } from "../cache/index.ts";
import { ApiError, RateLimitError } from "../errors.ts";
import { maskIbans } from "../models/iban.ts";
import { NewToken, RefreshedToken } from "../models/token.ts";
import { startDeadline, unlessEnded } from "./deadline.ts";
import { InFlight } from "./in-flight.ts";
import { path as pathOf } from "./path.ts";
import { RateLimitMemory, type RateLimits, readRateLimits } from "./rate-limits.ts";
import { readBody, unreadable } from "./read-body.ts";
import { errorFromAnswer, isTokenRefusal } from "./refusal.ts";
import { allowsStaleAnswer, retryDelay } from "./retry.ts";
import { type OutgoingRequest, type RawAnswer, scrub, sendOnce } from "./send.ts";
import { type AnswerInfo, type CallOptions, milliseconds, type Settings } from "./settings.ts";
import { TokenSource } from "./token.ts";

/** A request with what the cache wants to know of it. */
export interface TransportRequest extends OutgoingRequest {
  /** A stable name of a query whose dates move with the calendar, such as `days_back=180`. */
  alias?: string | undefined;
}

/** What one shared request brought. */
interface Fetched {
  answer: RawAnswer;
  rateLimits: RateLimits;
  expiresAt: number | null;
}

/** Carries requests to the service and answers back, in the order that the design gives. */
export class Transport {
  readonly #settings: Settings;
  readonly #cache: ResponseCache | undefined;
  readonly #inFlight = new InFlight<Fetched>();
  readonly #token: TokenSource;
  readonly rateLimits = new RateLimitMemory();

  constructor(settings: Settings, cache: ResponseCache | undefined) {
    this.#settings = settings;
    this.#cache = cache;
    this.#token = new TokenSource(settings, {
      create: (secret_id, secret_key, signal) =>
        this.#askForToken(pathOf`/token/new/`, { secret_id, secret_key }, NewToken, signal),
      refresh: (refresh, signal) =>
        this.#askForToken(pathOf`/token/refresh/`, { refresh }, RefreshedToken, signal),
    });
  }

  /** The source of access tokens. */
  get token(): TokenSource {
    return this.#token;
  }

  /**
   * Answers a request from the cache, from the service, or, where the service fails, from what the cache still holds.
   *
   * @throws ApiError and its kinds, ConnectionError, TimeoutError, UnreadableAnswerError, or the signal's reason
   */
  async request<S extends z.ZodType>(
    request: TransportRequest,
    schema: S,
    call: CallOptions = {},
  ): Promise<z.output<S>> {
    const perCall = milliseconds(call.timeout ?? this.#settings.timeout.perCall, "timeout");
    using deadline = startDeadline(
      perCall,
      `${request.method} ${maskIbans(request.path)} took longer than ${perCall} ms.`,
      call.signal,
    );
    deadline.signal.throwIfAborted();
    if (request.method !== "GET") return await this.#write(request, schema, call, deadline.signal, perCall);
    return await this.#read(request, schema, call, deadline.signal, perCall);
  }

  async #read<S extends z.ZodType>(
    request: TransportRequest,
    schema: S,
    call: CallOptions,
    signal: AbortSignal,
    perCall: number,
  ): Promise<z.output<S>> {
    const question: CacheRequest = cacheRequest(request);
    const known = await this.#cache?.find(question);
    if (known?.fresh) {
      const read = this.#readKnown(request, known, schema);
      if (read !== undefined) {
        this.#tell(call, request, fromCache(known, false));
        return read.value;
      }
    }
    try {
      return await this.#fetchJoined(request, question, schema, call, signal, perCall);
    } catch (error) {
      if (!known?.usableOnError || !allowsStaleAnswer(error)) throw error;
      const read = this.#readKnown(request, known, schema);
      if (read === undefined) throw error;
      const since = new Date(known.createdAt).toISOString();
      this.#settings.logger.warn(
        `${request.method} ${maskIbans(request.path)} failed; the answer of ${since} stands in.`,
      );
      this.#tell(call, request, fromCache(known, true));
      return read.value;
    }
  }

  /** Sends a question once for all who ask it at the same time; each reads the answer for itself. */
  async #fetchJoined<S extends z.ZodType>(
    request: TransportRequest,
    question: CacheRequest,
    schema: S,
    call: CallOptions,
    signal: AbortSignal,
    perCall: number,
  ): Promise<z.output<S>> {
    let own: { value: z.output<S> } | undefined;
    const key = this.#cache?.keyOf(question) ?? `${request.path}?${JSON.stringify(request.query)}`;
    const fetched = await this.#inFlight.join(key, signal, async (shared) => {
      const { answer, rateLimits } = await this.#exchange(request, call, shared, perCall, true);
      own = { value: readBody(request, answer.status, answer.text, schema, this.#clean) };
      const stored = await this.#cache?.store(question, {
        status: answer.status,
        headers: answer.headers,
        body: answer.text,
      });
      return { answer, rateLimits, expiresAt: stored?.expiresAt ?? null };
    });
    const value =
      own?.value ?? readBody(request, fetched.answer.status, fetched.answer.text, schema, this.#clean);
    this.#tell(call, request, fromService(fetched));
    return value;
  }

  /** What the cache holds, as the schema has it; undefined where an older version stored what can no longer be read. */
  #readKnown<S extends z.ZodType>(
    request: TransportRequest,
    known: StoredAnswer,
    schema: S,
  ): { value: z.output<S> } | undefined {
    try {
      return { value: readBody(request, known.status, known.body, schema, this.#clean) };
    } catch {
      this.#settings.logger.warn(
        `The cached answer to ${maskIbans(request.path)} cannot be read; it is asked for again.`,
      );
      return undefined;
    }
  }

  async #write<S extends z.ZodType>(
    request: TransportRequest,
    schema: S,
    call: CallOptions,
    signal: AbortSignal,
    perCall: number,
  ): Promise<z.output<S>> {
    let changedNothing = false;
    try {
      const sent = this.#exchange(request, call, signal, perCall, true);
      const { answer, rateLimits } = await unlessEnded(sent, signal);
      this.#tell(call, request, fromService({ answer, rateLimits, expiresAt: null }));
      return readBody(request, answer.status, answer.text, schema, this.#clean);
    } catch (error) {
      // A write that was refused changed nothing; one that was lost on the way may have been carried out.
      changedNothing = error instanceof ApiError && error.status < 500;
      throw error;
    } finally {
      if (!changedNothing) await this.#cache?.forgetChangedBy(cacheRequest(request));
    }
  }

  /** Sends until an answer is a success, the policy gives up, or the signal ends it. */
  async #exchange(
    request: TransportRequest,
    call: CallOptions,
    signal: AbortSignal,
    perCall: number,
    authorised: boolean,
  ): Promise<{ answer: RawAnswer; rateLimits: RateLimits }> {
    const { now, random, retries, sleep, logger } = this.#settings;
    const startedAt = now();
    let mayRenew = true;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      const token = authorised ? await this.#token.valid() : undefined;
      try {
        return await this.#attempt(request, call, token, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (token !== undefined && mayRenew && error instanceof ApiError && isTokenRefusal(error)) {
          mayRenew = false;
          attempt -= 1;
          await this.#token.instead(token);
          continue;
        }
        const wait = retryDelay(
          { method: request.method, attempt, error, waitAsked: waitAsked(error, now()), random: random() },
          retries,
        );
        if (wait === undefined || now() - startedAt + wait >= perCall) throw error;
        logger.info(
          `${request.method} ${maskIbans(request.path)} failed (try ${attempt}); again in ${wait} ms.`,
        );
        await sleep(wait, signal);
      }
    }
  }

  /** One try: limits are read before anything is dropped, and a refusal becomes its error. */
  async #attempt(
    request: TransportRequest,
    call: CallOptions,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{ answer: RawAnswer; rateLimits: RateLimits }> {
    const answer = await sendOnce(request, token, this.#settings, signal);
    const rateLimits = readRateLimits(answer.headers, answer.receivedAt);
    this.rateLimits.remember(request.path, rateLimits);
    this.#settings.logger.debug(`${request.method} ${maskIbans(request.path)} → ${answer.status}`);
    if (answer.status >= 200 && answer.status < 300) return { answer, rateLimits };
    if (token !== undefined) this.#tell(call, request, fromService({ answer, rateLimits, expiresAt: null }));
    if (answer.status < 400)
      throw unreadable(request, answer.status, "is no answer", answer.text, this.#clean);
    throw errorFromAnswer({
      status: answer.status,
      method: request.method,
      path: request.path,
      text: scrub(answer.text, this.#settings, this.#token.secrets()),
      rateLimits,
      now: answer.receivedAt,
    });
  }

  async #askForToken<S extends z.ZodType>(
    path: OutgoingRequest["path"],
    body: Record<string, string>,
    schema: S,
    signal: AbortSignal,
  ): Promise<z.output<S>> {
    const request: TransportRequest = { method: "POST", path, query: [], body };
    const { answer } = await this.#exchange(request, {}, signal, this.#settings.timeout.perCall, false);
    return readBody(request, answer.status, answer.text, schema, () => "");
  }

  readonly #clean = (text: string): string => maskIbans(scrub(text, this.#settings, this.#token.secrets()));

  #tell(call: CallOptions, request: TransportRequest, answer: Omit<AnswerInfo, "method" | "path">): void {
    const info = { method: request.method, path: maskIbans(request.path), ...answer };
    this.#settings.onAnswer?.(info);
    call.onAnswer?.(info);
  }
}

function cacheRequest({ method, path, query, alias }: TransportRequest): CacheRequest {
  return alias === undefined ? { method, path, query } : { method, path, query, alias };
}

function waitAsked(error: unknown, now: number): number | null {
  if (!(error instanceof RateLimitError) || error.resetAt === null) return null;
  return Math.max(0, error.resetAt.getTime() - now);
}

function fromCache(known: StoredAnswer, stale: boolean): Omit<AnswerInfo, "method" | "path"> {
  return {
    status: known.status,
    fromCache: true,
    stale,
    createdAt: new Date(known.createdAt),
    expiresAt: known.expiresAt === null ? null : new Date(known.expiresAt),
    rateLimits: null,
  };
}

function fromService(
  fetched: Pick<Fetched, "answer" | "rateLimits" | "expiresAt">,
): Omit<AnswerInfo, "method" | "path"> {
  return {
    status: fetched.answer.status,
    fromCache: false,
    stale: false,
    createdAt: new Date(fetched.answer.receivedAt),
    expiresAt: fetched.expiresAt === null ? null : new Date(fetched.expiresAt),
    rateLimits: fetched.rateLimits,
  };
}
