import { ApiError, NotCachedError } from "../base/errors.ts";
import { untilAborted } from "../base/until-aborted.ts";
import type { FoundResponse, RequestedResponse } from "../cache/index.ts";
import type { Leases } from "../store/lease.ts";
import type { Attempts } from "./attempts.ts";
import type { CachedResponses } from "./cached-responses.ts";
import { type Call, type RunningCall, startCall } from "./call.ts";
import type { CallOptions } from "./call-options.ts";
import { soonOrUntilAborted } from "./deadline.ts";
import type { ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";
import { type Body, type BodyReader, bodyReader } from "./read-body.ts";
import { detailsFromCache, detailsFromService, type ResponseDetails } from "./response-details.ts";
import { allowsStaleResponse, wasSent } from "./retry.ts";
import type { Authentication, Service } from "./service.ts";
import { SingleFlight } from "./single-flight.ts";

/** The result of one shared request, from the service or from another process. */
interface SharedResponse extends Body {
  details: ResponseDetails;
}

export interface PipelineParts {
  settings: Settings;
  service: Service;
  cached: CachedResponses;
  attempts: Attempts;
  authentication: Authentication;
  /** With these, only one of several processes sends the same request; without them, each sends its own. */
  leases: Leases | undefined;
}

/**
 * One request's way. A read returns a fresh response from the cache; else it joins the same request in flight, or is sent
 * in attempts (admission, authentication, sending, limits, errors), validated and stored; if that fails, a stale response
 * may be used. A write is sent and validated, and the cached responses that it makes outdated are dropped.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #singleFlight: SingleFlight<SharedResponse>;
  /** Work that no caller waits for: revalidations, and pending writes to the cache. */
  readonly #background = new Set<Promise<unknown>>();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    const { now, callTimeout } = parts.settings;
    this.#singleFlight = new SingleFlight(parts.leases, { now, maxWait: callTimeout });
  }

  /**
   * @throws ApiError and its subclasses, AccountPausedError, QuotaUnavailableError, NotCachedError, ConfigurationError,
   * ConnectionError, TimeoutError, InvalidResponseError, or the signal's reason
   */
  async run<Value>(request: ServiceRequest<Value>, call: RunningCall): Promise<Value> {
    using _ = call.track(request);
    const read = bodyReader(request, this.#redact);
    return request.operation.method === "GET"
      ? await this.#read(request, call, read)
      : await this.#write(request, call, read);
  }

  /** Waits for revalidations in the background, and for pending writes to the cache. */
  async idle(): Promise<void> {
    while (this.#background.size > 0) await Promise.allSettled(this.#background);
  }

  async #read<Value>(request: ServiceRequest, call: RunningCall, read: BodyReader<Value>): Promise<Value> {
    const { cached, settings } = this.#parts;
    // If time is up during a call of several requests, the cache may still serve the rest of them.
    call.throwIfGraceIsOver();
    const kept = cached.isEnabled
      ? await soonOrUntilAborted(cached.find(request, call, read), () => call.graceSignal)
      : undefined;
    const use = kept && useOf(kept.response, call.options);
    if (kept !== undefined && use !== undefined) {
      if (use === "while revalidating") this.#revalidateInBackground(request, call, kept.response);
      call.report(request, () => detailsFromCache(kept.response, !kept.response.fresh));
      return kept.value;
    }
    if (call.options.onlyIfCached) {
      throw new NotCachedError(`The cache holds no usable response to GET ${this.#redact(request.path)}.`);
    }
    // A write may make the cached response outdated before it is known whether it is needed.
    using noted = kept && cached.requesting(request);
    try {
      call.signal.throwIfAborted();
      return await this.#fetchShared(request, call, read, kept?.response);
    } catch (error) {
      const isUsable = kept?.response.usableOnError === true && noted?.isOutdated !== true;
      if (!isUsable || call.options.forceRefresh || !allowsStaleResponse(error)) throw error;
      const since = new Date(kept.response.createdAt).toISOString();
      const verb = wasSent(error) ? "failed" : "was not sent";
      const text = `GET ${this.#redact(request.path)} ${verb} (${error.name}); using the cached response from ${since}.`;
      if (call.tellsCaller) settings.logger.info(text);
      else settings.logger.warn(text);
      call.report(request, () => detailsFromCache(kept.response, true, error));
      return kept.value;
    }
  }

  /** Requests a new response after the caller got the old one, so that a failure can only be logged. */
  #revalidateInBackground(request: ServiceRequest, { options }: Call, kept: FoundResponse): void {
    const { settings } = this.#parts;
    const { logger, onResponse } = settings;
    const { timeout, expireAfter, headers } = options;
    const call = startCall(settings, {
      name: "Revalidating a cached response",
      options: { timeout, expireAfter, headers },
      observers: [onResponse],
    });
    const tracking = call.track(request);
    const work = this.#fetchShared(request, call, bodyReader(request, this.#redact), kept)
      .catch((error: unknown) =>
        logger.warn(`A cached response was not revalidated: ${this.#redact(String(error))}`),
      )
      .finally(() => {
        tracking[Symbol.dispose]();
        call[Symbol.dispose]();
        this.#background.delete(work);
      });
    this.#background.add(work);
  }

  /** Fetches a response, once for all callers of the same request at the same time; each reads the body for itself. */
  async #fetchShared<Value>(
    request: ServiceRequest,
    call: Call,
    read: BodyReader<Value>,
    kept: FoundResponse | undefined,
  ): Promise<Value> {
    const { cached } = this.#parts;
    const { refresh, forceRefresh } = call.options;
    const fetchedElsewhere = async (since: number): Promise<SharedResponse | undefined> => {
      const response = (await cached.find(request, call, read))?.response;
      if (response === undefined || !(response.fresh || response.createdAt > since)) return undefined;
      return { status: response.status, text: response.body, details: detailsFromCache(response, false) };
    };
    let requested: RequestedResponse | undefined;
    const response = await this.#singleFlight.join({
      key: cached.keyOf(request, call),
      describe: () => `GET ${this.#redact(request.path)}`,
      call,
      fetchedElsewhere: cached.isEnabled && !refresh && !forceRefresh ? fetchedElsewhere : undefined,
      isOutdated: () => requested?.isOutdated === true,
      work: async (shared, onResult) => {
        using noted = cached.requesting(request);
        requested = noted;
        return await this.#fetch(request, shared, { read, kept, requested, onResult });
      },
    });
    const value = read(response);
    call.report(request, () => response.details);
    return value;
  }

  /** Fetches a response, validates it, and stores it. */
  async #fetch(
    request: ServiceRequest,
    call: Call,
    {
      read,
      kept,
      requested,
      onResult,
    }: {
      read: BodyReader<unknown>;
      kept: FoundResponse | undefined;
      requested: RequestedResponse | undefined;
      onResult: (response: SharedResponse) => void;
    },
  ): Promise<SharedResponse> {
    const { service, cached, attempts, authentication } = this.#parts;
    const condition = kept && !call.options.forceRefresh ? cached.conditionOf(kept) : undefined;
    const result = await attempts
      .run(request, call, { authentication, condition })
      .catch(async (error: unknown) => {
        if (service.isAccessLost?.(error)) await cached.invalidateLostAccess(request);
        throw error;
      });
    const revalidated = result.status === 304 ? kept : undefined;
    const { status, body: text } = revalidated ?? { status: result.status, body: result.text };
    read({ status, text, headers: result.headers });
    const responseExpiring = (expiresAt: number | null): SharedResponse => ({
      status,
      text,
      details: detailsFromService({ ...result, status }, expiresAt, this.#redact),
    });
    onResult(responseExpiring(null));
    const stored = service.isErrorBody?.(text)
      ? undefined
      : await cached.store(request, call, { result, revalidated, requested });
    return responseExpiring(stored?.expiresAt ?? null);
  }

  async #write<Value>(request: ServiceRequest, call: Call, read: BodyReader<Value>): Promise<Value> {
    const { cached, attempts, authentication } = this.#parts;
    call.signal.throwIfAborted();
    // Comes first, because a write must not be sent if the cache is configured wrongly.
    await untilAborted(cached.check(), call.signal);
    let changedNothing = false;
    try {
      const result = await untilAborted(attempts.run(request, call, { authentication }), call.signal);
      call.report(request, () => detailsFromService(result, null, this.#redact));
      return read(result);
    } catch (error) {
      // A rejected write changed nothing; one that was lost in transit may have been carried out.
      changedNothing = error instanceof ApiError && error.status < 500;
      throw error;
    } finally {
      if (!changedNothing) await this.#finishInBackground(call.signal, cached.invalidateChangedBy(request));
    }
  }

  /** Waits for work until the signal aborts, then lets it finish in the background. Its errors are logged elsewhere. */
  async #finishInBackground(signal: AbortSignal, work: Promise<unknown>): Promise<void> {
    const quiet = work.catch(() => {}).finally(() => this.#background.delete(quiet));
    this.#background.add(quiet);
    await untilAborted(quiet, signal).catch(() => {});
  }

  get #redact(): (text: string) => string {
    return this.#parts.settings.secrets.redact;
  }
}

/** How a cached response serves a call without a request being sent first; undefined if it does not. */
function useOf(
  { fresh, usableOnError, usableWhileRevalidating }: FoundResponse,
  { onlyIfCached, refresh, forceRefresh }: CallOptions,
): "as it is" | "while revalidating" | undefined {
  if (onlyIfCached) return fresh || usableOnError ? "as it is" : undefined;
  if (refresh || forceRefresh) return undefined;
  if (fresh) return "as it is";
  return usableWhileRevalidating ? "while revalidating" : undefined;
}
