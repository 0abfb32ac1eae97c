import { join } from "node:path";
import { type CacheOptions, GoCardlessClient } from "bankdata-core";
import type { CacheServer } from "./adapters.ts";
import { temporaryFolder } from "./folder.ts";
import type { Prepare } from "./way.ts";

/** How this project's client gets transactions. */
export interface ClientSetup {
  baseUrl: string;
  /** The number of entries of a response. */
  entries: number;
  /** From the service; from the service into the cache, which is awaited; or from the cache. */
  cache: "none" | "miss" | "hit";
  /** Where the cache is. @default a file of its own */
  backend?: { kind: "memory" } | { kind: "file"; path: string } | CacheServer;
  /** Whether the client keeps the limits and counts the calls of each account, as it does by default. @default false */
  quota?: boolean;
  /** How many accounts are requested in turn. @default 1 for a hit, otherwise another one with each call */
  accounts?: number;
}

const prepare: Prepare<ClientSetup> = async ({
  baseUrl,
  entries,
  cache,
  backend,
  quota = false,
  accounts,
}) => {
  let call = 0;
  const client = new GoCardlessClient({
    ...{ secretId: "id", secretKey: "key", baseUrl, quota },
    // A second passes with each call that is counted, so that no general limit is reached.
    ...(quota ? { now: () => Date.now() + call * 1000 } : {}),
    cacheOptions: cache === "none" ? false : await optionsOf(backend),
  });
  const number = accounts ?? (cache === "hit" ? 1 : Number.POSITIVE_INFINITY);
  const run = () => client.getAccountTransactions(`${entries}-${call++ % number}`);
  if (cache === "hit") for (let at = 0; at < number; at += 1) await run();
  return run;
};

async function optionsOf(backend: ClientSetup["backend"]): Promise<CacheOptions> {
  if (backend === undefined) return { cacheName: join(temporaryFolder(), "cache.sqlite") };
  if (backend.kind === "memory") return { backend: "memory" };
  if (backend.kind === "file") return { cacheName: backend.path, maxBytes: 8 * 1024 ** 3 };
  const { adapterOf } = await import("./adapters.ts");
  return { backend: adapterOf(backend) };
}

export default prepare;
