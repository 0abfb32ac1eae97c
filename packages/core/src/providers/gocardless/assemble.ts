import type { z } from "zod";
import {
  type Assembly,
  type Attempts,
  assemble,
  bodyReader,
  type Call,
  type KeyValueStore,
  type Operation,
  pathOf,
  type ResponseCache,
  type ServiceRequest,
} from "../../pipeline/index.ts";
import type { ClientSettings } from "./client-options.ts";
import { operations } from "./operations.ts";
import { goCardless } from "./service.ts";
import { type TokenEndpoints, TokenSource } from "./tokens.ts";

/**
 * Puts a client's parts together: the pipeline, with tokens that are asked for by its own attempts.
 *
 * @param records what outlives the process. @default what is beside the cache, if that does
 */
export function assembleClient(
  settings: ClientSettings,
  cache: ResponseCache | undefined,
  records: KeyValueStore | undefined = cache?.records,
): Assembly<TokenSource> {
  return assemble({
    service: goCardless,
    settings,
    cache,
    records,
    authenticationOn: ({ attempts, lasting }) =>
      new TokenSource(settings, tokenEndpoints(attempts, settings), lasting),
  });
}

/** The two operations that need no token: they return one. */
function tokenEndpoints(attempts: Attempts, settings: ClientSettings): TokenEndpoints {
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
