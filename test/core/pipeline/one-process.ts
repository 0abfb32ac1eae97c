import type { EventEmitter } from "node:events";
import { GoCardlessClient } from "../../../packages/core/src/index.ts";

// A process that a test starts: requests the balances of one account and prints the outcome; with HOW=memory it also
// prints the most memory that it took, in kB.
const {
  BASE_URL: baseUrl = "",
  CACHE: cacheName = "",
  ACCOUNT: account = "",
  HOW: how,
  BACKEND,
} = process.env;
const backend = BACKEND === undefined ? undefined : await adapterAt(BACKEND);
const client = new GoCardlessClient({
  secretId: "the-secret-id",
  secretKey: "the-secret-key",
  baseUrl,
  retries: { firstDelay: 1 },
  cacheOptions:
    how === "memory"
      ? false
      : how === "refresh"
        ? { cacheName, expireAfter: 0, oldDataOnError: false }
        : backend === undefined
          ? { cacheName }
          : { backend },
});
try {
  await client.getAccountBalances(account, {
    refresh: how === "refresh",
    forceRefresh: how === "forceRefresh",
  });
  console.log("answered");
} catch (error) {
  console.log(error instanceof Error ? error.name : String(error));
}
if (how === "memory") console.log(process.resourceUsage().maxRSS);
await client.close();
await backend?.disconnect();

/** The adapter for a Redis or a Postgres at an address; loaded only if it is used, as many processes start at once. */
async function adapterAt(address: string) {
  if (address.startsWith("redis:")) {
    const { default: KeyvRedis } = await import("@keyv/redis");
    return new KeyvRedis(address);
  }
  const { default: KeyvPostgres } = await import("@keyv/postgres");
  return new KeyvPostgres({
    uri: address,
    table: "processes",
    log(this: EventEmitter) {
      if (this.listenerCount("error") === 0) this.on("error", () => {});
    },
  });
}
