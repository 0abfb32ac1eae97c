import type { z } from "zod";
import { ApiError, NotCachedError } from "../base/errors.ts";
import type { FoundResponse } from "../cache/index.ts";
import type { Leases } from "../store/lease.ts";
import type { Attempts } from "./attempts.ts";
import type { CachedResponses } from "./cached-responses.ts";
import { type Call, type RunningCall, startCall } from "./call.ts";
import { unlessEnded } from "./deadline.ts";
import type { ServiceRequest } from "./operation.ts";
import type { CallOptions, Settings } from "./options.ts";
import { type Body, type BodyReader, bodyReader } from "./read-body.ts";
import { factsFromCache, factsFromService, type ResponseFacts } from "./response-info.ts";
import { allowsStaleResponse } from "./retry.ts";
import type { Authentication, Service } from "./service.ts";
import { SingleFlight } from "./single-flight.ts";

/** What one shared request brought, from the service or from another process. */
interface Response extends Body {
  facts: ResponseFacts;
}

/** What a pipeline is made of. */
export interface PipelineParts {
  settings: Settings;
  service: Service;
  cached: CachedResponses;
  attempts: Attempts;
  authentication: Authentication;
  /** By which processes agree on which of them asks; without it, each asks for itself. */
  leases: Leases | undefined;
}

/**
 * One request's way. A read is answered from the cache if that has a fresh response; else it joins the same request under
 * way, or goes out in attempts (admission, authentication, sending, limits, errors), is checked and stored; and if that
 * fails, an older response may stand in. A write goes out and is checked, and what it makes wrong is forgotten.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #singleFlight: SingleFlight<Response>;
  /** Work that no caller waits for to its end: renewals behind old responses, and what is still to be written. */
  readonly #behind = new Set<Promise<unknown>>();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    const { now, timeout } = parts.settings;
    this.#singleFlight = new SingleFlight(parts.leases, { now, maxWait: timeout.perCall });
  }

  /**
   * @throws ApiError and its kinds, AccountPausedError, QuotaUnavailableError, NotCachedError, ConfigurationError,
   * ConnectionError, TimeoutError, InvalidResponseError, or the signal's reason
   */
  async run<Schema extends z.ZodType>(
    request: ServiceRequest<Schema>,
    call: RunningCall,
  ): Promise<z.output<Schema>> {
    using _ = call.begin(request);
    const read = bodyReader(request, this.#clean);
    return request.operation.method === "GET"
      ? await this.#read(request, call, read)
      : await this.#write(request, call, read);
  }

  /** Waits for what is still asked for behind old responses, and for what is still to be written. */
  async idle(): Promise<void> {
    while (this.#behind.size > 0) await Promise.allSettled(this.#behind);
  }

  async #read<Value>(request: ServiceRequest, call: Call, read: BodyReader<Value>): Promise<Value> {
    const { cached, settings } = this.#parts;
    // Time that is up does not keep a call of several requests from what the cache has for the rest of them.
    call.lateSignal.throwIfAborted();
    const kept = cached.isOn ? await unlessEnded(cached.find(request, read), call.lateSignal) : undefined;
    const use = kept && useOf(kept.response, call.options);
    if (kept !== undefined && use !== undefined) {
      if (use === "renewed behind") this.#renewBehind(request, call, kept.response);
      call.tell(request, factsFromCache(kept.response, !kept.response.fresh));
      return kept.value;
    }
    if (call.options.onlyIfCached) {
      throw new NotCachedError(
        `The cache holds no answer to GET ${this.#clean(request.path)} that may be used.`,
      );
    }
    try {
      call.signal.throwIfAborted();
      return await this.#ask(request, call, read, kept?.response);
    } catch (error) {
      if (kept?.response.usableOnError !== true || call.options.forceRefresh || !allowsStaleResponse(error))
        throw error;
      const since = new Date(kept.response.createdAt).toISOString();
      settings.logger.warn(`GET ${this.#clean(request.path)} failed; the answer of ${since} stands in.`);
      call.tell(request, factsFromCache(kept.response, true));
      return kept.value;
    }
  }

  /** Asks for a new response behind an old one: whoever asked has long gone, so that a failure is told to the logger alone. */
  #renewBehind(request: ServiceRequest, { options }: Call, kept: FoundResponse): void {
    const { settings } = this.#parts;
    const { logger, onResponse } = settings;
    const { timeout, expireAfter } = options;
    const call = startCall(settings, {
      name: "Renewing an old answer",
      options: { timeout, expireAfter },
      observers: [onResponse],
    });
    const begun = call.begin(request);
    const work = this.#ask(request, call, bodyReader(request, this.#clean), kept)
      .catch((error: unknown) => logger.warn(`An old answer was not renewed: ${String(error)}`))
      .finally(() => {
        begun[Symbol.dispose]();
        call[Symbol.dispose]();
        this.#behind.delete(work);
      });
    this.#behind.add(work);
  }

  /** Asks the service, once for all who ask the same at the same time; each reads the response for itself. */
  async #ask<Value>(
    request: ServiceRequest,
    call: Call,
    read: BodyReader<Value>,
    kept: FoundResponse | undefined,
  ): Promise<Value> {
    const { cached } = this.#parts;
    const { refresh, forceRefresh } = call.options;
    const brought = async (since: number): Promise<Response | undefined> => {
      const response = (await cached.find(request, read))?.response;
      if (response === undefined || !(response.fresh || response.createdAt > since)) return undefined;
      return { status: response.status, text: response.body, facts: factsFromCache(response, false) };
    };
    const response = await this.#singleFlight.join({
      key: cached.keyOf(request),
      about: `GET ${this.#clean(request.path)}`,
      call,
      brought: cached.isOn && !refresh && !forceRefresh ? brought : undefined,
      work: (shared, came) => this.#fetch(request, shared, { read, kept, came }),
    });
    const value = read(response);
    call.tell(request, response.facts);
    return value;
  }

  /** Fetches a response, checks it, and stores it. */
  async #fetch(
    request: ServiceRequest,
    call: Call,
    {
      read,
      kept,
      came,
    }: {
      read: BodyReader<unknown>;
      kept: FoundResponse | undefined;
      came: (response: Response) => void;
    },
  ): Promise<Response> {
    const { service, cached, attempts, authentication } = this.#parts;
    const condition = kept && !call.options.forceRefresh ? cached.conditionOf(kept) : undefined;
    const result = await attempts.run(request, call, { authentication, condition });
    const confirmed = result.status === 304 ? kept : undefined;
    const { status, body: text } = confirmed ?? { status: result.status, body: result.text };
    read({ status, text });
    const responseUntil = (expiresAt: number | null): Response => ({
      status,
      text,
      facts: factsFromService({ ...result, status }, expiresAt, this.#clean),
    });
    came(responseUntil(null));
    const stored = service.isErrorBody(text)
      ? undefined
      : await cached.store(request, call, result, confirmed);
    return responseUntil(stored?.expiresAt ?? null);
  }

  async #write<Value>(request: ServiceRequest, call: Call, read: BodyReader<Value>): Promise<Value> {
    const { cached, attempts, authentication } = this.#parts;
    call.signal.throwIfAborted();
    // First of all: if the cache is configured wrongly, the write must not be sent.
    await unlessEnded(cached.check(), call.signal);
    let changedNothing = false;
    try {
      const result = await unlessEnded(attempts.run(request, call, { authentication }), call.signal);
      call.tell(request, factsFromService(result, null, this.#clean));
      return read(result);
    } catch (error) {
      // A write that was refused changed nothing; one that was lost on the way may have been carried out.
      changedNothing = error instanceof ApiError && error.status < 500;
      throw error;
    } finally {
      if (!changedNothing) await this.#atMostUntil(call.signal, cached.invalidateChangedBy(request));
    }
  }

  /** Work that nobody waits for to its end: at most until the signal ends the call. What it throws is told elsewhere. */
  async #atMostUntil(signal: AbortSignal, work: Promise<unknown>): Promise<void> {
    const whole = work.catch(() => {}).finally(() => this.#behind.delete(whole));
    this.#behind.add(whole);
    await unlessEnded(whole, signal).catch(() => {});
  }

  get #clean(): (text: string) => string {
    return this.#parts.settings.secrets.clean;
  }
}

/** How a kept response serves a call without anybody being asked first; undefined if it does not. */
function useOf(
  { fresh, usableOnError, usableWhileRevalidating }: FoundResponse,
  { onlyIfCached, refresh, forceRefresh }: CallOptions,
): "as it is" | "renewed behind" | undefined {
  if (onlyIfCached) return fresh || usableOnError ? "as it is" : undefined;
  if (refresh || forceRefresh) return undefined;
  if (fresh) return "as it is";
  return usableWhileRevalidating ? "renewed behind" : undefined;
}
