import { dateOf } from "../base/dates.ts";
import { InvalidResponseError } from "../base/errors.ts";
import type {
  CacheRequest,
  FoundResponse,
  RequestedResponse,
  ResponseCache,
  StoredResponse,
} from "../cache/index.ts";
import type { Call } from "./call.ts";
import type { ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";
import { fillTemplate } from "./path.ts";
import type { BodyReader } from "./read-body.ts";
import type { HttpResult } from "./send.ts";

/** A cached response to a request, and its value. */
export interface CacheHit<Value> {
  response: FoundResponse;
  value: Value;
}

/** The headers of a call that the caller chose. A request belongs to one call, and keeps its headers. */
type SentHeaders = Pick<Call, "headers">;

/** A response that may be stored. */
interface ReceivedForCache {
  result: HttpResult;
  revalidated: FoundResponse | undefined;
  requested: RequestedResponse | undefined;
}

/** The cache as requests see it: their operations determine keys, lifetimes, and what a write invalidates. */
export class CachedResponses {
  readonly #cache: ResponseCache | undefined;
  readonly #settings: Settings;
  readonly #cacheRequests = new WeakMap<ServiceRequest, CacheRequest>();

  /** @param cache without it, nothing is stored and nothing is found */
  constructor(cache: ResponseCache | undefined, settings: Settings) {
    this.#cache = cache;
    this.#settings = settings;
  }

  /** Whether there is a cache. */
  get isEnabled(): boolean {
    return this.#cache !== undefined;
  }

  /** The request key: the same for all requests for the same data. */
  keyOf(request: ServiceRequest, call: SentHeaders): string {
    const key = this.#cache?.keyOf(this.#cacheRequestOf(request, call));
    // Without a cache there is no option by which requests with different headers are the same.
    return key ?? JSON.stringify([request.path, request.query, call.headers]);
  }

  /**
   * Finds the cached response. One that cannot be read, because an older version or an untyped call stored it, is dropped,
   * so that no process finds it again.
   */
  async find<Value>(
    request: ServiceRequest,
    call: SentHeaders,
    read: BodyReader<Value>,
  ): Promise<CacheHit<Value> | undefined> {
    if (this.#cache === undefined) return undefined;
    const cacheRequest = this.#cacheRequestOf(request, call);
    const response = await this.#cache.find(cacheRequest);
    if (response === undefined) return undefined;
    try {
      return { response, value: read({ status: response.status, text: response.body }) };
    } catch (error) {
      if (!(error instanceof InvalidResponseError)) throw error;
      const { logger, secrets } = this.#settings;
      logger.warn(
        `The cached response to GET ${secrets.redact(request.path)} cannot be read; requesting it again.`,
      );
      await this.#cache.drop(cacheRequest, response);
      return undefined;
    }
  }

  /** The headers for a conditional request; undefined if the cached response cannot be revalidated. */
  conditionOf(kept: FoundResponse): Record<string, string> | undefined {
    return this.#cache?.conditionOf(kept);
  }

  /** Notes that a response is being requested; undefined without a cache. */
  requesting(request: ServiceRequest): RequestedResponse | undefined {
    return this.#cache?.requesting(request);
  }

  /**
   * Stores a response.
   *
   * @param received the service's response; the one that was cached before, if the service has only confirmed it (304);
   * and what `requesting` returned
   * @returns the stored response; undefined if it is not to be stored
   */
  async store(
    request: ServiceRequest,
    { options, headers: sent }: Pick<Call, "options" | "headers">,
    { result, revalidated, requested }: ReceivedForCache,
  ): Promise<StoredResponse | undefined> {
    if (this.#cache === undefined) return undefined;
    const { status, headers, text } = result;
    const { expireAfter } = options;
    const cacheRequest = this.#cacheRequestOf(request, { headers: sent });
    return revalidated === undefined
      ? await this.#cache.store(cacheRequest, { status, headers, body: text }, expireAfter, requested)
      : await this.#cache.renew(cacheRequest, revalidated, headers, expireAfter, requested);
  }

  /** @throws ConfigurationError if the cache is configured wrongly */
  async check(): Promise<void> {
    await this.#cache?.check();
  }

  /** Drops the cached responses that a write has made outdated. */
  async invalidateChangedBy({
    operation,
    parameters,
    path,
  }: Pick<ServiceRequest, "operation" | "parameters" | "path">): Promise<void> {
    const { invalidates, invalidatesWith } = operation;
    const under = invalidatesWith && { path, pathsIn: invalidatesWith };
    await this.#cache?.invalidate([path, ...filled(invalidates, parameters)], under);
  }

  /** Drops the cached responses that still say that the account of a rejected request can be read. */
  async invalidateLostAccess({
    operation,
    parameters,
  }: Pick<ServiceRequest, "operation" | "parameters">): Promise<void> {
    const { outdatedByLostAccess } = operation;
    if (outdatedByLostAccess === undefined) return;
    await this.#cache?.invalidate(filled(outdatedByLostAccess, parameters));
  }

  /** A request keeps its key, even if midnight passes before the response arrives. */
  #cacheRequestOf(request: ServiceRequest, { headers }: SentHeaders): CacheRequest {
    const known = this.#cacheRequests.get(request);
    if (known !== undefined) return known;
    const cacheRequest = cacheRequestOf({ ...request, headers }, this.#settings.now());
    this.#cacheRequests.set(request, cacheRequest);
    return cacheRequest;
  }
}

/** The paths of templates for the parameters of a request. */
function filled(
  templates: readonly string[] | undefined,
  parameters: ServiceRequest["parameters"],
): readonly string[] {
  return (templates ?? []).map((template) =>
    fillTemplate(template, (name) => encodeURIComponent(parameters[name] ?? "")),
  );
}

/** Describes a request to the cache. @param now milliseconds since 1970 */
export function cacheRequestOf(
  {
    operation,
    path,
    query,
    callerQuery,
    headers,
  }: Pick<ServiceRequest, "operation" | "query" | "callerQuery"> & { path: string } & SentHeaders,
  now: number,
): CacheRequest {
  const { method, cacheKey, lifetime, isPending } = operation;
  return {
    method,
    path,
    query,
    headers,
    keyQuery: callerQuery,
    lifetime,
    isPending,
    writeQuery:
      cacheKey &&
      ((query) => cacheKey(query, { today: dateOf(now), isCallerQuery: callerQuery !== undefined })),
  };
}
