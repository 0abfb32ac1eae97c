import { existsSync } from "node:fs";
import { GoCardlessClient } from "bankdata-core";
import { cacheFile } from "bankdata-core/cache";
import type { Configuration } from "../config/index.ts";
import type { GlobalOptions } from "./global-options.ts";
import { SANDBOX_NAME } from "./session.ts";

/** A client that cannot send anything; undefined without credentials or a cache. */
export async function offlineClient(
  { credentials, baseUrl, cache }: Configuration,
  { sandbox }: GlobalOptions,
): Promise<GoCardlessClient | undefined> {
  if (cache.backend === "memory" || !existsSync(cacheFile(cache.cacheName))) return undefined;
  const used = sandbox ? (await import("bankdata-sandbox")).sandboxCredentials : credentials;
  if (used === null) return undefined;
  return new GoCardlessClient({
    ...used,
    baseUrl: sandbox ? SANDBOX_NAME : baseUrl,
    allowHttp: true,
    fetch: () => Promise.reject(new Error("completion sends nothing")),
    cacheOptions: cache,
  });
}
