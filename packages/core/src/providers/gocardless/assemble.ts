import {
  type Assembly,
  type Attempts,
  assemble,
  bodyReader,
  type Call,
  type Operation,
  pathOf,
  type ResponseCache,
  type ServiceRequest,
} from "../../pipeline/index.ts";
import type { KeyValueStore } from "../../store/kv.ts";
import type { ClientSettings } from "./client-options.ts";
import { operations } from "./operations.ts";
import { goCardless } from "./service.ts";
import { type TokenEndpoints, TokenSource } from "./tokens.ts";

/**
 * Assembles the parts of a client: the pipeline, and a token source that sends its requests through the pipeline's own
 * attempts.
 *
 * @param records where state outlives the process. @default those stored with the cache, if the cache outlives it
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

/** The two operations that need no token, because they return one. */
function tokenEndpoints(attempts: Attempts, settings: ClientSettings): TokenEndpoints {
  const send = async <Value>(
    operation: Operation<string, Value>,
    body: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Value> => {
    const path = pathOf(operation, {});
    const request: ServiceRequest<Value> = {
      operation,
      parameters: {},
      path,
      query: [],
      body,
      schema: operation.response,
    };
    // A token serves every caller, so no call's deadline aborts its request: each try has a timeout of its own.
    const startedAt = settings.now();
    const left = () => settings.callTimeout - (settings.now() - startedAt);
    const call: Call = {
      ...{ options: {}, headers: settings.headers, signal, graceSignal: signal, left, report: () => {} },
      throwIfGraceIsOver: () => signal.throwIfAborted(),
    };
    return bodyReader(request, settings.secrets.redact)(await attempts.run(request, call, {}));
  };
  return {
    create: (secret_id, secret_key, signal) =>
      send(operations.createToken, { secret_id, secret_key }, signal),
    refresh: (refresh, signal) => send(operations.refreshToken, { refresh }, signal),
  };
}
