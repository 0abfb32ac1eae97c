import type { z } from "zod";
import type { ResponseCache } from "../../src/cache/index.ts";
import { operationAt } from "../../src/client/operations.ts";
import { assemble, type ClientParts } from "../../src/client/service.ts";
import { CachedResponses } from "../../src/http/cached-responses.ts";
import { startCall } from "../../src/http/call.ts";
import type { RequestTarget } from "../../src/http/operation.ts";
import { type Method, pathFromOutside, type Query, type SafePath } from "../../src/http/path.ts";
import { type CallOptions, type Settings, settingsFrom } from "../../src/http/settings.ts";
import type { Records } from "../../src/quota/records.ts";

const BASE = "https://service.example/api/v2";

/** What a path stands for, as whatever handles a request is given it. */
export function targetAt(method: Method, path: string): RequestTarget & { path: SafePath } {
  return { ...operationAt(method, path), path: pathFromOutside(method, path, BASE).path };
}

/** Sends single requests through the whole pipeline. */
export class Requests {
  readonly #settings: Settings;
  readonly #parts: ClientParts;

  constructor(settings: Settings, cache?: ResponseCache, records?: Records) {
    this.#settings = settings;
    this.#parts = assemble(settings, cache, records);
  }

  async request<Schema extends z.ZodType>(
    { method, path, query = [], body }: { method: Method; path: string; query?: Query; body?: unknown },
    schema: Schema,
    options: CallOptions = {},
  ): Promise<z.output<Schema>> {
    const request = { ...targetAt(method, path), query, body, schema };
    using call = startCall(this.#settings, {
      options,
      observers: [this.#settings.onAnswer, options.onAnswer],
    });
    return await this.#parts.pipeline.run(request, call);
  }

  get parts(): ClientParts {
    return this.#parts;
  }
}

/** Makes a cache forget what a write has made wrong. */
export async function forgetChangedBy(
  cache: ResponseCache | undefined,
  { method, path }: { method: Method; path: string },
): Promise<void> {
  const settings = settingsFrom({ secretId: "an-id", secretKey: "a-key" });
  await new CachedResponses(cache, settings).forgetChangedBy(targetAt(method, path));
}
