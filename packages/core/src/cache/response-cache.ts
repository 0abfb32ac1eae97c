import { ConfigurationError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { KeyValueStore } from "../store/kv.ts";
import { conditionalHeaders, confirmedHeaders } from "./conditional.ts";
import type { CacheSettings } from "./options.ts";
import { type CacheRequest, keyOf, normalPath } from "./request.ts";
import type { ResponseStore, StoreKey } from "./response-store.ts";
import { isFresh, type StoredResponse, stripCachingHeaders } from "./stored-response.ts";
import { forbidsKeeping, timeToLive } from "./time-to-live.ts";
import { CacheView } from "./view.ts";

/** What a cache works with. */
export interface CacheContext {
  /** Tells sets of credentials apart without giving them away: a hash. */
  tenant: string;
  /** The clock, in milliseconds. */
  now: () => number;
  logger: Logger;
}

/** Paths whose answers go with what is kept for another path. */
export interface Dependents {
  path: string;
  /** @param body of an answer that is kept for the path */
  pathsIn(body: string): readonly string[];
}

/** An answer that is kept, and what may be done with it now. */
export interface FoundResponse extends StoredResponse {
  fresh: boolean;
  /** Whether it may stand in where the service fails. */
  usableOnError: boolean;
  /** Whether it may be given at once while a new one is asked for behind it. */
  usableWhileRevalidating: boolean;
}

/**
 * Keeps answers to GET. What goes wrong with the store is a miss and a warning, never the caller's error; unless the
 * user has named something for it that is no cache (ConfigurationError).
 */
export class ResponseCache {
  readonly #store: ResponseStore;
  readonly #settings: CacheSettings;
  readonly #context: CacheContext;

  constructor(store: ResponseStore, settings: CacheSettings, context: CacheContext) {
    this.#store = store;
    this.#settings = settings;
    this.#context = context;
  }

  /** Records that outlive the process, beside the answers; undefined where the answers do not outlive it either. */
  get records(): KeyValueStore | undefined {
    return this.#store.records;
  }

  /** The key of a question: a hash that holds no secret and no IBAN. */
  keyOf(request: CacheRequest): string {
    const { tenant } = this.#context;
    const { matchHeaders, ignoredParameters } = this.#settings;
    return keyOf(request, { tenant: tenant, matchHeaders, ignoredParameters });
  }

  /** What is kept for a question. */
  async find(request: CacheRequest): Promise<FoundResponse | undefined> {
    const answer = await this.#guarded("read", () =>
      this.#store.get(this.#context.tenant, this.keyOf(request)),
    );
    if (answer === undefined) return undefined;
    if (!isMoment(answer.createdAt) || !isMoment(answer.expiresAt ?? 0)) return undefined;
    const now = this.#context.now();
    const { oldDataOnError, staleWhileRevalidate } = this.#settings;
    return {
      ...answer,
      fresh: isFresh(answer, now),
      usableOnError: isWithin(answer, oldDataOnError, now),
      usableWhileRevalidating: isWithin(answer, staleWhileRevalidate, now),
    };
  }

  /**
   * Keeps an answer with status 200 to a GET. Gives what is kept, or undefined where it is not to be kept.
   *
   * @param ttlOverride for how long it is fresh if the call says so: seconds, or `"forever"`
   */
  async store(
    request: CacheRequest,
    answer: { status: number; headers: Headers; body: string },
    ttlOverride?: number | "forever",
  ): Promise<StoredResponse | undefined> {
    if (!this.#isKept(request, answer)) return undefined;
    const createdAt = this.#context.now();
    const settings = { ...this.#settings, ttlOverride };
    const isUnderWay = request.isUnderWay?.(answer.body) ?? false;
    const seconds = isUnderWay ? 0 : timeToLive(request, answer.headers, settings, createdAt);
    const expiresAt = Math.round(createdAt + seconds * 1000);
    const stored: StoredResponse = {
      status: answer.status,
      headers: Object.fromEntries(stripCachingHeaders(answer.headers)),
      body: answer.body,
      createdAt,
      expiresAt: isMoment(expiresAt) ? expiresAt : null,
    };
    await this.#guarded("written", () => this.#store.set(this.#whereOf(request), stored));
    return stored;
  }

  /** Forgets an answer that turned out to be none, unless another has taken its place meanwhile. */
  async drop(request: CacheRequest, answer: StoredResponse): Promise<void> {
    await this.#guarded("written", () => this.#store.deleteResponse(this.#whereOf(request), answer));
  }

  /**
   * The headers that ask for an answer only where it has changed; undefined where the server is not obeyed
   * (`cacheControl`), or gave nothing to compare by.
   */
  conditionOf(known: StoredResponse): Record<string, string> | undefined {
    return this.#settings.cacheControl ? conditionalHeaders(known) : undefined;
  }

  /** Keeps an answer anew that the service has confirmed with a 304, whose headers count from now on. */
  async renew(
    request: CacheRequest,
    known: StoredResponse,
    confirming: Headers,
    ttlOverride?: number | "forever",
  ): Promise<StoredResponse | undefined> {
    const headers = confirmedHeaders(known, confirming);
    return await this.store(request, { status: known.status, headers, body: known.body }, ttlOverride);
  }

  /**
   * What is kept, to look at and to clear.
   *
   * @param questionFor the question that a GET of a path is
   */
  viewFor(questionFor: (path: string, query: CacheRequest["query"]) => CacheRequest): CacheView {
    return new CacheView(this.#store, this.#context, (path, query) => this.keyOf(questionFor(path, query)));
  }

  /** Forgets what a write has made wrong: all answers for these paths, and for those that `under` reads in an answer. */
  async invalidate(paths: readonly string[], under?: Dependents): Promise<void> {
    const { tenant } = this.#context;
    await this.#guarded("written", async () => {
      const known = under === undefined ? [] : await this.#store.getPaths(tenant, [normalPath(under.path)]);
      const dependent = known.flatMap(({ body }) => under?.pathsIn(body) ?? []);
      await this.#store.deletePaths(tenant, [...paths, ...dependent].map(normalPath));
    });
  }

  /** What is kept for a question, without the answer. */
  async status(request: CacheRequest): Promise<{ keyExists: boolean; isExpired: boolean; cacheKey: string }> {
    const known = await this.find(request);
    return {
      keyExists: known !== undefined,
      isExpired: known?.fresh === false,
      cacheKey: this.keyOf(request),
    };
  }

  /**
   * Looks whether there is a place to keep answers in.
   *
   * @throws ConfigurationError if the user has named something else for it
   */
  async check(): Promise<void> {
    await this.#guarded("opened", () => this.#store.check());
  }

  /** Closes the store; the next use opens it again. */
  async close(): Promise<void> {
    await this.#guarded("closed", () => this.#store.close());
  }

  #whereOf(request: CacheRequest): StoreKey {
    return { key: this.keyOf(request), tenant: this.#context.tenant, path: normalPath(request.path) };
  }

  #isKept(request: CacheRequest, answer: { status: number; headers: Headers; body: string }): boolean {
    const { cacheControl, filter } = this.#settings;
    if (request.method.toUpperCase() !== "GET" || answer.status !== 200) return false;
    if (cacheControl && forbidsKeeping(answer.headers)) return false;
    const { path, query } = request;
    return filter === undefined || filter({ path, query, body: answer.body, headers: answer.headers });
  }

  async #guarded<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.logger.warn(`The cache could not be ${what} (${reason}); the call goes on without it.`);
      return undefined;
    }
  }
}

/** A Date holds no more than this on either side of 1970, in milliseconds. */
const FURTHEST = 8.64e15;

function isMoment(time: number): boolean {
  return Math.abs(time) <= FURTHEST;
}

/** Whether an answer is fresh, or expired for at most so many seconds; undefined: it must be fresh. */
function isWithin(answer: StoredResponse, seconds: number | undefined, now: number): boolean {
  if (seconds === undefined) return isFresh(answer, now);
  return answer.expiresAt === null || now <= answer.expiresAt + seconds * 1000;
}
