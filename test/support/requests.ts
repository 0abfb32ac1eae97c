import type { z } from "zod";
import type { ResponseCache } from "../../packages/core/src/cache/index.ts";
import { CachedResponses } from "../../packages/core/src/pipeline/cached-responses.ts";
import { startCall } from "../../packages/core/src/pipeline/call.ts";
import type { CallOptions } from "../../packages/core/src/pipeline/call-options.ts";
import type { Assembly } from "../../packages/core/src/pipeline/index.ts";
import type { RequestTarget } from "../../packages/core/src/pipeline/operation.ts";
import {
  type Method,
  pathFromOutside,
  type Query,
  type SafePath,
} from "../../packages/core/src/pipeline/path.ts";
import { assembleClient } from "../../packages/core/src/providers/gocardless/assemble.ts";
import {
  type ClientSettings,
  clientSettingsFrom,
} from "../../packages/core/src/providers/gocardless/client-options.ts";
import { operationAt } from "../../packages/core/src/providers/gocardless/operations.ts";
import type { TokenSource } from "../../packages/core/src/providers/gocardless/tokens.ts";
import type { KeyValueStore } from "../../packages/core/src/store/kv.ts";

const BASE = "https://service.example/api/v2";

/** The operation of a path, as the pipeline receives it, with the checked path. */
export function targetAt(method: Method, path: string): RequestTarget & { path: SafePath } {
  return { ...operationAt(method, path), path: pathFromOutside(method, path, BASE).path };
}

/** Sends single requests through the whole pipeline. */
export class Requests {
  readonly #settings: ClientSettings;
  readonly #parts: Assembly<TokenSource>;

  constructor(settings: ClientSettings, cache?: ResponseCache, records?: KeyValueStore) {
    this.#settings = settings;
    this.#parts = assembleClient(settings, cache, records);
  }

  async request<Schema extends z.ZodType>(
    { method, path, query = [], body }: { method: Method; path: string; query?: Query; body?: unknown },
    schema: Schema,
    options: CallOptions = {},
  ): Promise<z.output<Schema>> {
    const request = { ...targetAt(method, path), query, body, schema };
    using call = startCall(this.#settings, {
      options,
      observers: [this.#settings.onResponse, options.onResponse],
    });
    return await this.#parts.pipeline.run(request, call);
  }

  get parts(): Assembly<TokenSource> {
    return this.#parts;
  }
}

/** Removes from a cache what a write has made outdated. */
export async function forgetChangedBy(
  cache: ResponseCache | undefined,
  { method, path }: { method: Method; path: string },
): Promise<void> {
  const settings = clientSettingsFrom({ secretId: "an-id", secretKey: "a-key" });
  await new CachedResponses(cache, settings).invalidateChangedBy(targetAt(method, path));
}
