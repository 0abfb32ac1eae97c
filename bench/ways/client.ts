import { join } from "node:path";
import { GoCardlessClient } from "bankdata-core";
import { temporaryFolder } from "./folder.ts";
import type { Prepare } from "./way.ts";

/** How this project's client gets transactions. */
export interface ClientSetup {
  baseUrl: string;
  /** The number of entries of a response. */
  entries: number;
  /** From the service; from the service into a file; or from the file. */
  cache: "none" | "miss" | "hit";
  /** Whether the client counts the calls of each account, as it does by default. */
  quota: boolean;
}

/** The number of accounts that share the calls: each is requested a few times a day at most. */
const ACCOUNTS = 250;

const prepare: Prepare<ClientSetup> = async ({ baseUrl, entries, cache, quota }) => {
  let call = 0;
  const client = new GoCardlessClient({
    ...{ secretId: "id", secretKey: "key", baseUrl, quota },
    // A second passes with each call, so that no general limit is reached.
    now: () => Date.now() + call * 1000,
    cacheOptions: cache === "none" ? false : { cacheName: join(temporaryFolder(), "cache.sqlite") },
  });
  if (cache === "hit") {
    await client.getAccountTransactions(String(entries));
    return () => client.getAccountTransactions(String(entries));
  }
  if (cache === "miss") return () => client.getAccountTransactions(`${entries}-${call++}`);
  return () => client.getAccountTransactions(`${entries}-${quota ? call++ : call++ % ACCOUNTS}`);
};

export default prepare;
