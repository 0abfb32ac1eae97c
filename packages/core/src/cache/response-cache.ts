import { ConfigurationError } from "../base/errors.ts";
import type { HeaderFields } from "../base/header-fields.ts";
import type { Logger } from "../base/logger.ts";
import { messageOf } from "../base/message-of.ts";
import type { KeyValueStore } from "../store/kv.ts";
import { conditionalHeaders, confirmedHeaders } from "./conditional.ts";
import type { CacheSettings } from "./options.ts";
import { type CacheRequest, keyOf, normalPath } from "./request.ts";
import { type RequestedResponse, RequestedResponses } from "./requested-responses.ts";
import type { ResponseStore, StoreKey } from "./response-store.ts";
import { isFresh, keptHeaders, type StoredResponse } from "./stored-response.ts";
import { forbidsKeeping, timeToLive } from "./time-to-live.ts";
import { CacheView } from "./view.ts";

/** What a cache takes from the client that it belongs to. */
export interface CacheContext {
  /** Distinguishes sets of credentials without revealing them: a hash. */
  tenant: string;
  /** The clock, in milliseconds. */
  now: () => number;
  /** Logs faults of the backend, which do not fail calls. */
  logger: Logger;
}

/** Paths whose responses are invalidated together with what is kept for another path. */
export interface Dependents {
  /** Below the base URL, without the query. */
  path: string;
  /** Returns the paths that depend on it. @param body of a response that is kept for the path */
  pathsIn(body: string): readonly string[];
}

/** A response as it arrived. */
export interface ReceivedResponse {
  /** The HTTP status; only responses with 200 are kept. */
  status: number;
  /** All of them: some decide how long the response is fresh, and few are kept. */
  headers: HeaderFields;
  /** The text, decompressed. */
  body: string;
}

/** What the cache holds for a request. */
export interface CacheStatus {
  /** Whether there is a response, expired or not. */
  keyExists: boolean;
  /** Whether the response is no longer fresh; null if there is none. */
  isExpired: boolean | null;
  /** A hash, which reveals no secret and no IBAN; empty without a cache. */
  cacheKey: string;
}

/** A stored response, and how it may be used now. */
export interface FoundResponse extends StoredResponse {
  /** Whether it has not expired, so that it may be used without a request. */
  fresh: boolean;
  /** Whether it may be used if the service fails. */
  usableOnError: boolean;
  /** Whether it may be returned at once while a new one is requested in the background. */
  usableWhileRevalidating: boolean;
}

/**
 * Keeps responses to GET. A store that fails counts as a miss and is logged, but is never the caller's error, unless
 * the user has chosen a file that is not a cache (ConfigurationError).
 */
export class ResponseCache {
  readonly #store: ResponseStore;
  readonly #settings: CacheSettings;
  readonly #context: CacheContext;
  readonly #requested = new RequestedResponses();

  constructor(store: ResponseStore, settings: CacheSettings, context: CacheContext) {
    this.#store = store;
    this.#settings = settings;
    this.#context = context;
  }

  /**
   * Records, stored with the responses, that outlive the process; undefined if the responses do not outlive it either.
   */
  get records(): KeyValueStore | undefined {
    return this.#store.records;
  }

  /** The request key: a hash that reveals no secret and no IBAN. */
  keyOf(request: CacheRequest): string {
    const { tenant } = this.#context;
    const { ignoredParameters, matchHeaders } = this.#settings;
    return keyOf(request, { tenant, ignoredParameters, matchHeaders });
  }

  /** The response that is kept for a request, fresh or not. */
  async find(request: CacheRequest): Promise<FoundResponse | undefined> {
    const response = await this.#guarded("read", () =>
      this.#store.get(this.#context.tenant, this.keyOf(request)),
    );
    if (response === undefined) return undefined;
    if (!isMoment(response.createdAt) || !isMoment(response.expiresAt ?? 0)) return undefined;
    const now = this.#context.now();
    const { oldDataOnError, staleWhileRevalidate } = this.#settings;
    return {
      ...response,
      fresh: isFresh(response, now),
      usableOnError: isWithin(response, oldDataOnError, now),
      usableWhileRevalidating: isWithin(response, staleWhileRevalidate, now),
    };
  }

  /**
   * Keeps a response to a GET, if its status is 200 and the options allow it.
   *
   * @param ttlOverride how long it is fresh, in seconds or `"forever"`, if the call says so
   * @param requested as `requesting` returned it, so that a response is not kept that was invalidated meanwhile
   * @returns what is kept; undefined if it is not to be kept
   */
  async store(
    request: CacheRequest,
    response: ReceivedResponse,
    ttlOverride?: number | "forever",
    requested?: RequestedResponse,
  ): Promise<StoredResponse | undefined> {
    if (requested?.isOutdated || !this.#isKept(request, response)) return undefined;
    const createdAt = this.#context.now();
    const settings = { ...this.#settings, ttlOverride };
    const isPending = request.isPending?.(response.body) ?? false;
    const seconds = isPending ? 0 : timeToLive(request, response.headers, settings, createdAt);
    const expiresAt = Math.round(createdAt + seconds * 1000);
    const stored: StoredResponse = {
      status: response.status,
      headers: keptHeaders(response.headers),
      body: response.body,
      createdAt,
      expiresAt: isMoment(expiresAt) ? expiresAt : null,
    };
    await this.#guarded("written", () => this.#store.set(this.#storeKeyOf(request), stored));
    if (!requested?.isOutdated) return stored;
    // It was invalidated while it was written.
    await this.drop(request, stored);
    return undefined;
  }

  /** Notes that a response is being requested, from before it is sent until it is stored. */
  requesting({ path }: Pick<CacheRequest, "path">): RequestedResponse {
    return this.#requested.add(normalPath(path));
  }

  /** Deletes a response that turned out to be invalid, unless another has taken its place meanwhile. */
  async drop(request: CacheRequest, response: StoredResponse): Promise<void> {
    await this.#guarded("written", () => this.#store.deleteResponse(this.#storeKeyOf(request), response));
  }

  /**
   * The headers that request a response only if it has changed; undefined if the option `cacheControl` is off, or the
   * response has no validator.
   */
  conditionOf(known: StoredResponse): Record<string, string> | undefined {
    return this.#settings.cacheControl ? conditionalHeaders(known) : undefined;
  }

  /** Renews a response that the service has confirmed with a 304, whose headers count from now on. */
  async renew(
    request: CacheRequest,
    known: StoredResponse,
    confirming: HeaderFields,
    ...[ttlOverride, requested]: [ttlOverride?: number | "forever", requested?: RequestedResponse]
  ): Promise<StoredResponse | undefined> {
    const headers = confirmedHeaders(known, confirming);
    const response = { status: known.status, headers, body: known.body };
    return await this.store(request, response, ttlOverride, requested);
  }

  /**
   * A view of the stored responses, to inspect and delete them.
   *
   * @param requestFor returns the request that a GET of a path sends
   */
  viewFor(requestFor: (path: string, query: CacheRequest["query"]) => CacheRequest): CacheView {
    const context = { ...this.#context, requested: this.#requested };
    return new CacheView(this.#store, context, (path, query) => this.keyOf(requestFor(path, query)));
  }

  /**
   * Deletes what a write has made outdated: all responses for these paths, and for those that `under` finds in a
   * response.
   */
  async invalidate(paths: readonly string[], under?: Dependents): Promise<void> {
    const { tenant } = this.#context;
    await this.#guarded("written", async () => {
      const known = under === undefined ? [] : await this.#store.getPaths(tenant, [normalPath(under.path)]);
      const dependent = known.flatMap(({ body }) => under?.pathsIn(body) ?? []);
      const outdated = [...paths, ...dependent].map(normalPath);
      this.#requested.invalidate((path) => outdated.includes(path));
      await this.#store.deletePaths(tenant, outdated);
    });
  }

  /** Whether a response is stored for a request, and whether it is expired. */
  async status(request: CacheRequest): Promise<CacheStatus> {
    const known = await this.find(request);
    return {
      keyExists: known !== undefined,
      isExpired: known === undefined ? null : !known.fresh,
      cacheKey: this.keyOf(request),
    };
  }

  /**
   * Checks that responses can be stored.
   *
   * @throws ConfigurationError if the user has chosen a file that is not a cache
   */
  async check(): Promise<void> {
    await this.#guarded("opened", () => this.#store.check());
  }

  /** Closes the store; the next use opens it again. */
  async close(): Promise<void> {
    await this.#guarded("closed", () => this.#store.close());
  }

  #storeKeyOf(request: CacheRequest): StoreKey {
    return { key: this.keyOf(request), tenant: this.#context.tenant, path: normalPath(request.path) };
  }

  #isKept(request: CacheRequest, response: ReceivedResponse): boolean {
    const { cacheControl, filter } = this.#settings;
    if (request.method.toUpperCase() !== "GET" || response.status !== 200) return false;
    if (cacheControl && forbidsKeeping(response.headers)) return false;
    if (filter === undefined) return true;
    const { path, query } = request;
    const { body, headers } = response;
    try {
      return filter({ path, query, body, headers: new Headers([...headers]) });
    } catch (error) {
      this.#context.logger.warn(
        `A response was not cached, because the filter failed (${messageOf(error)}).`,
      );
      return false;
    }
  }

  async #guarded<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      const reason = messageOf(error);
      this.#context.logger.warn(`The cache could not be ${what} (${reason}); the call goes on without it.`);
      return undefined;
    }
  }
}

/** The furthest that a Date can be from 1970, in milliseconds. */
const FURTHEST = 8.64e15;

function isMoment(time: number): boolean {
  return Math.abs(time) <= FURTHEST;
}

/** Whether a response is fresh, or expired for at most `seconds`; if that is undefined, it must be fresh. */
function isWithin(response: StoredResponse, seconds: number | undefined, now: number): boolean {
  if (seconds === undefined) return isFresh(response, now);
  return response.expiresAt === null || now <= response.expiresAt + seconds * 1000;
}
