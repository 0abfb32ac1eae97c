/**
 * The cache keeps responses in a SQLite file, in memory, or in any storage adapter of Keyv, and decides which may be
 * used again. It sends no request, and a backend that fails counts as a miss and is logged, but is never the caller's
 * error. It never shows the responses of one set of credentials to another.
 */

import "../base/supported-node.ts";

import { cacheFile } from "./cache-path.ts";
import { KeyvStore } from "./keyv-store.ts";
import { MemoryStore } from "./memory-store.ts";
import { type CacheOptions, type CacheSettings, cacheSettingsFrom } from "./options.ts";
import { type CacheContext, ResponseCache } from "./response-cache.ts";
import type { ResponseStore } from "./response-store.ts";
import { SqliteStore } from "./sqlite-store.ts";

export type { KeyValueStore } from "../store/kv.ts";
export { filesOfCache, filesSetAside, whyUnusable } from "./cache-file.ts";
export { cacheFile } from "./cache-path.ts";
export type { KeyvAdapter } from "./keyv-adapter.ts";
export type { CacheOptions, FilteredResponse } from "./options.ts";
export { type CacheQuery, type CacheRequest, canonicalQuery } from "./request.ts";
export type { RequestedResponse } from "./requested-responses.ts";
export type {
  CacheContext,
  CacheStatus,
  Dependents,
  FoundResponse,
  ReceivedResponse,
  ResponseCache,
} from "./response-cache.ts";
export { type StoredResponse, stripCachingHeaders } from "./stored-response.ts";
export type { CachedResponse, CacheEntry, CacheSelection, CacheView } from "./view.ts";

/** Makes a cache; nothing is opened before it is first used. @throws TypeError naming the option that cannot work */
export function openCache(options: CacheOptions | undefined, context: CacheContext): ResponseCache {
  const settings = cacheSettingsFrom(options);
  return new ResponseCache(storeFor(settings, context), settings, context);
}

function storeFor(settings: CacheSettings, context: CacheContext): ResponseStore {
  if (settings.backend === "memory") return new MemoryStore(settings.maxBytes);
  if (settings.backend === "sqlite") {
    const { logger, now } = context;
    const { cacheName, isNamed, maxBytes } = settings;
    return new SqliteStore(cacheFile(cacheName), { logger, now, isNamed, maxBytes });
  }
  return new KeyvStore(settings.backend, context);
}
