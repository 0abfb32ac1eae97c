import { AsyncLocalStorage } from "node:async_hooks";
import type { z } from "zod";
import type { CacheRequest, KnownAnswer, ResponseCache } from "../cache/index.ts";
import { ApiError, NotCachedError, TimeoutError, UnreadableAnswerError } from "../errors.ts";
import { NewToken, RefreshedToken } from "../models/token.ts";
import { Pace } from "../quota/pace.ts";
import { QuotaLedger } from "../quota/quota-ledger.ts";
import { MemoryRecords, type Records } from "../quota/records.ts";
import { type AnswerFacts, factsFromCache, factsFromService } from "./answer-info.ts";
import { startDeadline, unlessEnded } from "./deadline.ts";
import { Exchange, type Exchanged } from "./exchange.ts";
import { Gate } from "./gate.ts";
import { InFlight } from "./in-flight.ts";
import { Leases } from "./lease.ts";
import { path as pathOf } from "./path.ts";
import { RateLimitMemory } from "./rate-limits.ts";
import { readBody } from "./read-body.ts";
import { allowsStaleAnswer } from "./retry.ts";
import type { OutgoingRequest } from "./send.ts";
import { type AnswerInfo, type CallOptions, milliseconds, type Settings } from "./settings.ts";
import { speaksOfError } from "./spoken-status.ts";
import { type TokenEndpoints, TokenSource } from "./token.ts";

/** A request with what the cache wants to know of it. */
export interface TransportRequest extends OutgoingRequest {
  /** A stable name of a query whose dates move with the calendar, such as `days_back=180`. */
  alias?: string | undefined;
}

/** What one shared request brought. */
interface Fetched extends Exchanged {
  expiresAt: number | null;
}

/** What the cache holds, and what was read of it. */
interface Kept<T> {
  known: KnownAnswer;
  value: T;
}

/** Carries requests to the service and answers back, in the order that the design gives. */
export class Transport {
  readonly #settings: Settings;
  readonly #cache: ResponseCache | undefined;
  /** New answers that are asked for behind old ones. */
  readonly #behind = new Set<Promise<unknown>>();
  readonly #inFlight = new InFlight<Fetched | KnownAnswer>();
  readonly #collected = new AsyncLocalStorage<AnswerInfo[]>();
  readonly #token: TokenSource;
  readonly #leases: Leases | undefined;
  readonly #exchange: Exchange;
  readonly rateLimits = new RateLimitMemory();
  /** What each account may still be asked. */
  readonly ledger: QuotaLedger;

  /** @param lasting records that outlive the process, where the cache does; without them, nothing is kept */
  constructor(settings: Settings, cache: ResponseCache | undefined, lasting?: Records) {
    this.#settings = settings;
    this.#cache = cache;
    this.ledger = new QuotaLedger(lasting ?? new MemoryRecords(), settings);
    this.#exchange = new Exchange({
      settings,
      gate: new Gate(this.ledger, settings.quota ? new Pace(settings) : undefined),
      token: () => this.#token,
      rateLimits: this.rateLimits,
    });
    const endpoints: TokenEndpoints = {
      create: (secret_id, secret_key, signal) =>
        this.#askForToken(pathOf`/token/new/`, { secret_id, secret_key }, NewToken, signal),
      refresh: (refresh, signal) =>
        this.#askForToken(pathOf`/token/refresh/`, { refresh }, RefreshedToken, signal),
    };
    this.#leases = lasting && new Leases(lasting, settings);
    this.#token = new TokenSource(
      settings,
      endpoints,
      lasting && this.#leases && { records: lasting, leases: this.#leases },
    );
  }

  /** The source of access tokens. */
  get token(): TokenSource {
    return this.#token;
  }

  /** Runs a call, however many requests it makes, and gives its value with each answer that it got. */
  async collect<T>(call: () => Promise<T>): Promise<{ value: T; answers: AnswerInfo[] }> {
    const answers: AnswerInfo[] = [];
    return { value: await this.#collected.run(answers, call), answers };
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
      `${request.method} ${this.#clean(request.path)} took longer than ${perCall} ms.`,
      eitherSignal(call.signal, this.#settings.signal),
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
    const kept =
      this.#cache === undefined
        ? undefined
        : await unlessEnded(this.#find(request, question, schema), signal);
    const known = kept?.known;
    const revalidates = known?.usableWhileRevalidating === true && !known.fresh && mayBeOld(call);
    if (kept !== undefined && (revalidates || mayAnswer(kept.known, call))) {
      if (revalidates) this.#revalidate(request, question, schema, call, perCall, kept.known);
      this.#tell(call, request, factsFromCache(kept.known, !kept.known.fresh));
      return kept.value;
    }
    if (call.onlyIfCached) {
      throw new NotCachedError(
        `The cache holds no answer to GET ${this.#clean(request.path)} that may be used.`,
      );
    }
    try {
      return await this.#fetchJoined(request, question, schema, call, signal, perCall, known);
    } catch (error) {
      if (kept?.known.usableOnError !== true || call.forceRefresh || !allowsStaleAnswer(error)) throw error;
      const since = new Date(kept.known.createdAt).toISOString();
      this.#settings.logger.warn(
        `${request.method} ${this.#clean(request.path)} failed; the answer of ${since} stands in.`,
      );
      this.#tell(call, request, factsFromCache(kept.known, true));
      return kept.value;
    }
  }

  /** Asks for a new answer behind one that was given: who asked has long gone, so that a failure is told to the logger alone. */
  #revalidate(
    request: TransportRequest,
    question: CacheRequest,
    schema: z.ZodType,
    { expireAfter }: CallOptions,
    perCall: number,
    known: KnownAnswer,
  ): void {
    const { logger, signal } = this.#settings;
    const deadline = startDeadline(perCall, `Revalidating took longer than ${perCall} ms.`, signal);
    const work = this.#fetchJoined(
      request,
      question,
      schema,
      { expireAfter },
      deadline.signal,
      perCall,
      known,
    )
      .catch((error: unknown) => logger.warn(`An old answer was not renewed: ${String(error)}`))
      .finally(() => {
        deadline[Symbol.dispose]();
        this.#behind.delete(work);
      });
    this.#behind.add(work);
  }

  /** Waits for what is still asked for behind answers that were given, and for what is still to be written. */
  async settled(): Promise<void> {
    while (this.#behind.size > 0) await Promise.allSettled(this.#behind);
    await this.ledger.settled();
  }

  /** Work that nobody waits for to its end: at most until the signal ends the call. What it throws is told elsewhere. */
  async #atMostUntil(signal: AbortSignal, work: Promise<unknown> | undefined): Promise<void> {
    if (work === undefined) return;
    const whole = work.catch(() => {}).finally(() => this.#behind.delete(whole));
    this.#behind.add(whole);
    await unlessEnded(whole, signal).catch(() => {});
  }

  /** Sends a question once for all who ask it at the same time; each reads the answer for itself. */
  async #fetchJoined<S extends z.ZodType>(
    request: TransportRequest,
    question: CacheRequest,
    schema: S,
    call: CallOptions,
    signal: AbortSignal,
    perCall: number,
    known: KnownAnswer | undefined,
  ): Promise<z.output<S>> {
    let own: { value: z.output<S>; fetched: Fetched } | undefined;
    const key = this.#cache?.keyOf(question) ?? `${request.path}?${JSON.stringify(request.query)}`;
    const joined = this.#inFlight.join(key, signal, async (shared) => {
      const look = async () => await this.#find(request, question, schema);
      return await this.#once({ key, path: request.path }, look, call, shared, async () => {
        const condition =
          known === undefined || call.forceRefresh ? undefined : this.#cache?.conditionOf(known);
        const exchanged = await this.#send({ ...request, condition }, call, shared, perCall);
        const confirmed = known !== undefined && exchanged.answer.status === 304 ? known : undefined;
        const { status, body } = confirmed ?? {
          status: exchanged.answer.status,
          body: exchanged.answer.text,
        };
        const value = readBody(request, status, body, schema, this.#clean);
        const answer = { ...exchanged.answer, status, text: body };
        own = { value, fetched: { answer, rateLimits: exchanged.rateLimits, expiresAt: null } };
        const { headers } = exchanged.answer;
        const stored = speaksOfError(body)
          ? undefined
          : await (confirmed === undefined
              ? this.#cache?.store(question, { status, headers, body }, call.expireAfter)
              : this.#cache?.renew(question, confirmed, headers, call.expireAfter));
        return { ...own.fetched, expiresAt: stored?.expiresAt ?? null };
      });
    });
    const fetched = await joined.catch((error: unknown) => {
      // The answer has come, and only writing it down takes longer than the call has time.
      if (error instanceof TimeoutError && own !== undefined) return own.fetched;
      throw error;
    });
    const { status, body } =
      "answer" in fetched ? { status: fetched.answer.status, body: fetched.answer.text } : fetched;
    const value = own?.value ?? readBody(request, status, body, schema, this.#clean);
    const facts =
      "answer" in fetched
        ? factsFromService(fetched, fetched.expiresAt, this.#clean)
        : factsFromCache(fetched, false);
    this.#tell(call, request, facts);
    return value;
  }

  /** Of all processes that share the cache, one asks; the others take what it brought, if it came after they asked. */
  async #once(
    asked: { key: string; path: string },
    look: () => Promise<Kept<unknown> | undefined>,
    call: CallOptions,
    signal: AbortSignal,
    work: () => Promise<Fetched>,
  ): Promise<Fetched | KnownAnswer> {
    const leases = this.#leases;
    if (this.#cache === undefined || leases === undefined || call.refresh || call.forceRefresh)
      return await work();
    const askedAt = this.#settings.now();
    const done = async () => {
      const answer = (await look())?.known;
      return answer !== undefined && (answer.fresh || answer.createdAt > askedAt) ? answer : undefined;
    };
    const about = `GET ${this.#clean(asked.path)}`;
    const patience = this.#settings.timeout.perCall;
    const shared = { name: `lease:ask:${asked.key}`, about, patience, signal, done, work };
    return await leases.run<Fetched | KnownAnswer>(shared);
  }

  /**
   * What the cache holds, as the schema has it. What cannot be read, as an older version or an untyped call may have
   * stored it, is dropped, so that no process meets it again.
   */
  async #find<S extends z.ZodType>(
    request: TransportRequest,
    question: CacheRequest,
    schema: S,
  ): Promise<Kept<z.output<S>> | undefined> {
    const known = await this.#cache?.find(question);
    if (known === undefined) return undefined;
    try {
      return { known, value: readBody(request, known.status, known.body, schema, this.#clean) };
    } catch (error) {
      if (!(error instanceof UnreadableAnswerError)) throw error;
      this.#settings.logger.warn(
        `The cached answer to ${this.#clean(request.path)} cannot be read; it is asked for again.`,
      );
      await this.#cache?.drop(question, known);
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
    // Before anything is sent, as what a write brings must not be lost to a cache that cannot be.
    if (this.#cache !== undefined) await unlessEnded(this.#cache.check(), signal);
    let changedNothing = false;
    try {
      const exchanged = await unlessEnded(this.#send(request, call, signal, perCall), signal);
      this.#tell(call, request, factsFromService(exchanged, null, this.#clean));
      const { answer } = exchanged;
      return readBody(request, answer.status, answer.text, schema, this.#clean);
    } catch (error) {
      // A write that was refused changed nothing; one that was lost on the way may have been carried out.
      changedNothing = error instanceof ApiError && error.status < 500;
      throw error;
    } finally {
      if (!changedNothing)
        await this.#atMostUntil(signal, this.#cache?.forgetChangedBy(cacheRequest(request)));
    }
  }

  async #send(
    request: TransportRequest,
    call: CallOptions,
    signal: AbortSignal,
    perCall: number,
  ): Promise<Exchanged> {
    return await this.#exchange.run(request, {
      signal,
      perCall,
      force: call.force ?? false,
      authorised: true,
      onRefusal: (refused) => this.#tell(call, request, factsFromService(refused, null, this.#clean)),
    });
  }

  async #askForToken<S extends z.ZodType>(
    path: OutgoingRequest["path"],
    body: Record<string, string>,
    schema: S,
    signal: AbortSignal,
  ): Promise<z.output<S>> {
    const request: TransportRequest = { method: "POST", path, query: [], body };
    const { answer } = await this.#exchange.run(request, {
      signal,
      perCall: this.#settings.timeout.perCall,
      force: false,
      authorised: false,
      onRefusal: () => {},
    });
    return readBody(request, answer.status, answer.text, schema, () => "");
  }

  get #clean(): (text: string) => string {
    return this.#settings.secrets.clean;
  }

  #tell(call: CallOptions, request: TransportRequest, facts: AnswerFacts): void {
    const info = { method: request.method, path: this.#clean(request.path), ...facts };
    this.#settings.onAnswer?.(info);
    call.onAnswer?.(info);
    if (info.status < 400) this.#collected.getStore()?.push(info);
  }
}

function eitherSignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return AbortSignal.any([one, other]);
}

/** Whether a call is content with an answer that is being renewed. */
function mayBeOld({ refresh, forceRefresh, onlyIfCached }: CallOptions): boolean {
  return !refresh && !forceRefresh && !onlyIfCached;
}

/** Whether a kept answer is given without asking: a fresh one, unless another is wanted; any, where nobody is asked. */
function mayAnswer(
  known: { fresh: boolean; usableOnError: boolean },
  { onlyIfCached, refresh, forceRefresh }: CallOptions,
): boolean {
  if (onlyIfCached) return known.fresh || known.usableOnError;
  return known.fresh && !refresh && !forceRefresh;
}

function cacheRequest({ method, path, query, alias }: TransportRequest): CacheRequest {
  return alias === undefined ? { method, path, query } : { method, path, query, alias };
}
