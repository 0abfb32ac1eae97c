import type { z } from "zod";
import type { ResponseCache } from "../../cache/index.ts";
import { CallBudget } from "../../limits/call-budget.ts";
import { Throttle } from "../../limits/throttle.ts";
import { AdmissionControl } from "../../pipeline/admission.ts";
import { Attempts } from "../../pipeline/attempts.ts";
import { CachedResponses } from "../../pipeline/cached-responses.ts";
import type { Call } from "../../pipeline/call.ts";
import type { Operation, ServiceRequest } from "../../pipeline/operation.ts";
import type { Settings } from "../../pipeline/options.ts";
import { pathOf } from "../../pipeline/path.ts";
import { Pipeline } from "../../pipeline/pipeline.ts";
import { bodyReader } from "../../pipeline/read-body.ts";
import type { Service } from "../../pipeline/service.ts";
import { type KeyValueStore, MemoryKeyValueStore } from "../../store/kv.ts";
import { Leases } from "../../store/lease.ts";
import { speaksOfError, underSpokenStatus } from "./body-status.ts";
import { errorFromResponse, isTokenRejected } from "./errors.ts";
import { RateLimitMemory, readRateLimits } from "./limits.ts";
import { operations } from "./operations.ts";
import { type TokenEndpoints, TokenSource } from "./tokens.ts";

/** The GoCardless Bank Account Data API, as the pipeline sees it. */
const goCardless: Service = {
  withTrueStatus: underSpokenStatus,
  readLimits: readRateLimits,
  readError: errorFromResponse,
  isTokenRejected,
  speaksOfError,
};

/** The parts of a client that last as long as it does. */
export interface ClientParts {
  pipeline: Pipeline;
  tokens: TokenSource;
  /** What each account may still be asked. */
  budget: CallBudget;
  /** What headers said last of limits. */
  rateLimits: RateLimitMemory;
}

/**
 * Puts a client's parts together, from below: attempts, tokens that are asked for by them, and the pipeline that sends
 * its requests with those tokens.
 *
 * @param records what outlives the process, beside the cache if that does
 */
export function assemble(
  settings: Settings,
  cache: ResponseCache | undefined,
  records: KeyValueStore | undefined = cache?.records,
): ClientParts {
  const leases = records && new Leases(records, settings);
  const budget = new CallBudget(records ?? new MemoryKeyValueStore(), settings);
  const rateLimits = new RateLimitMemory();
  const admission = new AdmissionControl(budget, settings.quota ? new Throttle(settings) : undefined);
  const attempts = new Attempts({ settings, service: goCardless, admission, rateLimits });
  const tokens = new TokenSource(
    settings,
    tokenEndpoints(attempts, settings),
    records && leases && { records, leases },
  );
  const cached = new CachedResponses(cache, settings);
  const pipeline = new Pipeline({
    settings,
    service: goCardless,
    cached,
    attempts,
    authentication: tokens,
    leases,
  });
  return { pipeline, tokens, budget, rateLimits };
}

/** The two operations that need no token: they give one. */
function tokenEndpoints(attempts: Attempts, settings: Settings): TokenEndpoints {
  const send = async <Schema extends z.ZodType>(
    operation: Operation<string, Schema>,
    body: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> => {
    const path = pathOf(operation, {});
    const request: ServiceRequest<Schema> = {
      operation,
      parameters: {},
      path,
      query: [],
      body,
      schema: operation.response,
    };
    // It serves every caller, so that no call's time ends it: each try has its own, and waits between tries end.
    const startedAt = settings.now();
    const left = () => settings.timeout.perCall - (settings.now() - startedAt);
    const call: Call = { options: {}, signal, lateSignal: signal, left, tell: () => {} };
    return bodyReader(request, settings.secrets.clean)(await attempts.run(request, call, {}));
  };
  return {
    create: (secret_id, secret_key, signal) =>
      send(operations.createToken, { secret_id, secret_key }, signal),
    refresh: (refresh, signal) => send(operations.refreshToken, { refresh }, signal),
  };
}
