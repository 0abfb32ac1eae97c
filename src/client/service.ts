import type { z } from "zod";
import type { ResponseCache } from "../cache/index.ts";
import { AdmissionControl } from "../http/admission.ts";
import { Attempts } from "../http/attempts.ts";
import { CachedResponses } from "../http/cached-responses.ts";
import type { Call } from "../http/call.ts";
import { Leases } from "../http/lease.ts";
import type { Operation, ServiceRequest } from "../http/operation.ts";
import { pathOf } from "../http/path.ts";
import { Pipeline } from "../http/pipeline.ts";
import { RateLimitMemory, readRateLimits } from "../http/rate-limits.ts";
import { bodyReader } from "../http/read-body.ts";
import { errorFromAnswer, isTokenRefusal } from "../http/refusal.ts";
import type { Service } from "../http/service.ts";
import type { Settings } from "../http/settings.ts";
import { speaksOfError, underSpokenStatus } from "../http/spoken-status.ts";
import { type TokenEndpoints, TokenSource } from "../http/token.ts";
import { Pace } from "../quota/pace.ts";
import { QuotaLedger } from "../quota/quota-ledger.ts";
import { MemoryRecords, type Records } from "../quota/records.ts";
import { operations } from "./operations.ts";

/** The GoCardless Bank Account Data API, as the pipeline sees it. */
const goCardless: Service = {
  withTrueStatus: underSpokenStatus,
  readLimits: readRateLimits,
  readError: errorFromAnswer,
  isTokenRefusal,
  speaksOfError,
};

/** The parts of a client that last as long as it does. */
export interface ClientParts {
  pipeline: Pipeline;
  tokens: TokenSource;
  /** What each account may still be asked. */
  ledger: QuotaLedger;
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
  records: Records | undefined = cache?.records,
): ClientParts {
  const leases = records && new Leases(records, settings);
  const ledger = new QuotaLedger(records ?? new MemoryRecords(), settings);
  const rateLimits = new RateLimitMemory();
  const admission = new AdmissionControl(ledger, settings.quota ? new Pace(settings) : undefined);
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
  return { pipeline, tokens, ledger, rateLimits };
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
