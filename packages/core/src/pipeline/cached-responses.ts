import { dateOf } from "../base/dates.ts";
import { InvalidResponseError } from "../base/errors.ts";
import type { CacheRequest, FoundResponse, ResponseCache, StoredResponse } from "../cache/index.ts";
import type { Call } from "./call.ts";
import type { ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";
import { filledIn } from "./path.ts";
import type { BodyReader } from "./read-body.ts";
import type { HttpResult } from "./send.ts";

/** What the cache holds for a request, and its value. */
export interface Kept<Value> {
  response: FoundResponse;
  value: Value;
}

/** The cache as requests see it: what their operations say of keys, of lifetimes and of what a write makes wrong. */
export class CachedResponses {
  readonly #cache: ResponseCache | undefined;
  readonly #settings: Settings;
  readonly #questions = new WeakMap<ServiceRequest, CacheRequest>();

  /** @param cache without it, nothing is kept and nothing is found */
  constructor(cache: ResponseCache | undefined, settings: Settings) {
    this.#cache = cache;
    this.#settings = settings;
  }

  /** Whether anything can be kept. */
  get isOn(): boolean {
    return this.#cache !== undefined;
  }

  /** The same for all requests that ask the same. */
  keyOf(request: ServiceRequest): string {
    const key = this.#cache?.keyOf(this.#cacheRequestOf(request));
    return key ?? `${request.path}?${JSON.stringify(request.query)}`;
  }

  /**
   * What is kept. If it cannot be read, as an older version or an untyped call may have stored it, it is dropped, so that
   * no process meets it again.
   */
  async find<Value>(request: ServiceRequest, read: BodyReader<Value>): Promise<Kept<Value> | undefined> {
    if (this.#cache === undefined) return undefined;
    const question = this.#cacheRequestOf(request);
    const response = await this.#cache.find(question);
    if (response === undefined) return undefined;
    try {
      return { response, value: read({ status: response.status, text: response.body }) };
    } catch (error) {
      if (!(error instanceof InvalidResponseError)) throw error;
      const { logger, secrets } = this.#settings;
      logger.warn(
        `The cached answer to ${secrets.clean(request.path)} cannot be read; it is asked for again.`,
      );
      await this.#cache.drop(question, response);
      return undefined;
    }
  }

  /** The headers by which the service may say that what is kept still holds; undefined if it is not to be asked that. */
  conditionOf(kept: FoundResponse): Record<string, string> | undefined {
    return this.#cache?.conditionOf(kept);
  }

  /**
   * Keeps a response.
   *
   * @param result what came
   * @param confirmed what was kept before, if the service has only confirmed it (304)
   * @returns what is kept; undefined if it is not to be kept
   */
  async store(
    request: ServiceRequest,
    { options }: Pick<Call, "options">,
    { status, headers, text }: HttpResult,
    confirmed: FoundResponse | undefined,
  ): Promise<StoredResponse | undefined> {
    const question = this.#cacheRequestOf(request);
    return confirmed === undefined
      ? await this.#cache?.store(question, { status, headers, body: text }, options.expireAfter)
      : await this.#cache?.renew(question, confirmed, headers, options.expireAfter);
  }

  /** @throws ConfigurationError if the user has named something for a cache that can be none */
  async check(): Promise<void> {
    await this.#cache?.check();
  }

  /** Forgets what a write has made wrong. */
  async invalidateChangedBy({
    operation,
    parameters,
    path,
  }: Pick<ServiceRequest, "operation" | "parameters" | "path">): Promise<void> {
    const { invalidates = [], invalidatesWith } = operation;
    const paths = invalidates.map((template) =>
      filledIn(template, (name) => encodeURIComponent(parameters[name] ?? "")),
    );
    const under = invalidatesWith && { path, pathsIn: invalidatesWith };
    await this.#cache?.invalidate([path, ...paths], under);
  }

  /** A request keeps its key, also if midnight passes before its response has come. */
  #cacheRequestOf(request: ServiceRequest): CacheRequest {
    const known = this.#questions.get(request);
    if (known !== undefined) return known;
    const question = cacheRequestOf(request, this.#settings.now());
    this.#questions.set(request, question);
    return question;
  }
}

/** A request as the cache knows it. @param now milliseconds since 1970 */
export function cacheRequestOf(
  {
    operation,
    path,
    query,
    meantQuery,
  }: Pick<ServiceRequest, "operation" | "query" | "meantQuery"> & { path: string },
  now: number,
): CacheRequest {
  const { method, cacheKey, lifetime, isUnderWay } = operation;
  return {
    method,
    path,
    query,
    keyQuery: meantQuery,
    lifetime,
    isUnderWay,
    writeQuery:
      cacheKey && ((asked) => cacheKey(asked, { today: dateOf(now), isMeant: meantQuery !== undefined })),
  };
}
