import { ConfigurationError } from "../base/errors.ts";
import { type CacheOptions, openCache, type ResponseCache } from "../cache/index.ts";
import { CallBudget } from "../limits/call-budget.ts";
import { RateLimitMemory } from "../limits/rate-limits.ts";
import { Throttle } from "../limits/throttle.ts";
import { type KeyValueStore, MemoryKeyValueStore } from "../store/kv.ts";
import { Leases } from "../store/lease.ts";
import { AdmissionControl } from "./admission.ts";
import { Attempts } from "./attempts.ts";
import { CachedResponses } from "./cached-responses.ts";
import type { Settings } from "./options.ts";
import { Pipeline } from "./pipeline.ts";
import type { Authentication, Service } from "./service.ts";

/** What a provider's authentication is built on. */
export interface AuthenticationParts {
  /** Sends requests without a token, such as those that ask for one. */
  attempts: Attempts;
  /** What outlives the process, beside the cache; undefined if the cache does not outlive it either. */
  lasting: { records: KeyValueStore; leases: Leases } | undefined;
}

/** The parts of a client that last as long as it does. */
export interface Assembly<Auth extends Authentication> {
  pipeline: Pipeline;
  authentication: Auth;
  cache: ResponseCache | undefined;
  /** What each account may still be asked. */
  budget: CallBudget;
  /** What headers said last of limits. */
  rateLimits: RateLimitMemory;
}

/** What a provider gives. */
export interface AssemblyContext<Auth extends Authentication> {
  service: Service;
  settings: Settings;
  cache: ResponseCache | undefined;
  /** What outlives the process; undefined if nothing does. */
  records: KeyValueStore | undefined;
  authenticationOn(parts: AuthenticationParts): Auth;
}

/**
 * Puts a client's parts together, from below: attempts, the authentication that asks by them, and the pipeline that
 * sends its requests with it.
 */
export function assemble<Auth extends Authentication>({
  service,
  settings,
  cache,
  records,
  authenticationOn,
}: AssemblyContext<Auth>): Assembly<Auth> {
  const leases = records && new Leases(records, settings);
  const { dailyCalls, buckets } = service;
  const { tenant, now, logger } = settings;
  const budget = new CallBudget(records ?? new MemoryKeyValueStore(), { tenant, dailyCalls, now, logger });
  const rateLimits = new RateLimitMemory();
  const throttle = settings.quota ? new Throttle(buckets, settings) : undefined;
  const admission = new AdmissionControl({ service, budget, throttle });
  const attempts = new Attempts({ settings, service, admission, rateLimits });
  const lasting = records && leases && { records, leases };
  const authentication = authenticationOn({ attempts, lasting });
  const cached = new CachedResponses(cache, settings);
  const pipeline = new Pipeline({ settings, service, cached, attempts, authentication, leases });
  return { pipeline, authentication, cache, budget, rateLimits };
}

/** The cache that the options ask for. @throws ConfigurationError naming the option that cannot work */
export function cacheFor(
  options: CacheOptions | false | undefined,
  settings: Settings,
): ResponseCache | undefined {
  if (options === false) return undefined;
  try {
    return openCache(options, settings);
  } catch (error) {
    throw new ConfigurationError(error instanceof Error ? error.message : String(error));
  }
}
