import { ConfigurationError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
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

/** The parts on which a provider builds its authentication. */
export interface AuthenticationParts {
  /** Sends requests without a token, such as those that obtain one. */
  attempts: Attempts;
  /** Storage that outlives the process, next to the cache; undefined if the cache does not outlive it either. */
  lasting: { records: KeyValueStore; leases: Leases } | undefined;
}

/** The parts of a client that last as long as it does. */
export interface Assembly<Auth extends Authentication> {
  pipeline: Pipeline;
  authentication: Auth;
  cache: ResponseCache | undefined;
  /** The calls left for each account. */
  budget: CallBudget;
  /** The limits that headers reported last. */
  rateLimits: RateLimitMemory;
}

/** What a provider passes in. */
export interface AssemblyContext<Auth extends Authentication> {
  service: Service;
  settings: Settings;
  cache: ResponseCache | undefined;
  /** Records that outlive the process; undefined if nothing does. */
  records: KeyValueStore | undefined;
  authenticationOn(parts: AuthenticationParts): Auth;
}

/**
 * Builds a client's parts from the bottom up: attempts, the authentication that sends its requests through them, and the
 * pipeline that uses both.
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
  const admission = new AdmissionControl({ service, budget, throttle, redact: settings.secrets.redact });
  const attempts = new Attempts({ settings, service, admission, rateLimits });
  const lasting = records && leases && { records, leases };
  const authentication = authenticationOn({ attempts, lasting });
  const cached = new CachedResponses(cache, settings);
  const pipeline = new Pipeline({ settings, service, cached, attempts, authentication, leases });
  return { pipeline, authentication, cache, budget, rateLimits };
}

/** Opens the cache that the options describe. @throws ConfigurationError naming the option that cannot work */
export function cacheFor(
  options: CacheOptions | false | undefined,
  settings: Settings,
): ResponseCache | undefined {
  if (options === false) return undefined;
  try {
    return openCache(options, settings);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(messageOf(error));
  }
}
