import { KeyvStore } from "./keyv-store.ts";
import { type CacheOptions, type CacheSettings, cacheSettingsFrom } from "./options.ts";
import { type CacheContext, ResponseCache } from "./response-cache.ts";
import { cacheFile } from "./sqlite-file.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { type AnswerStore, MemoryStore } from "./store.ts";

export { type StoredAnswer, stripCachingHeaders } from "./answer.ts";
export type { CacheOptions } from "./options.ts";
export type { CacheRequest } from "./request.ts";
export type { ResponseCache } from "./response-cache.ts";

/** Makes a cache; nothing is opened before it is first used. @throws TypeError naming the option that cannot work */
export function openCache(options: CacheOptions | undefined, context: CacheContext): ResponseCache {
  const settings = cacheSettingsFrom(options);
  return new ResponseCache(storeFor(settings, context), settings, context);
}

function storeFor(settings: CacheSettings, context: CacheContext): AnswerStore {
  if (settings.backend === "memory") return new MemoryStore();
  if (settings.backend === "sqlite") return new SqliteStore(cacheFile(settings.cacheName), context);
  return new KeyvStore(settings.backend);
}
