import { GoCardlessClient } from "../../src/index.ts";

// A process of its own, as a test starts it: asks for the balances of one account and prints what came of it.
const { BASE_URL: baseUrl = "", CACHE: cacheName = "", ACCOUNT: account = "", HOW: how } = process.env;
await using client = new GoCardlessClient({
  secretId: "the-secret-id",
  secretKey: "the-secret-key",
  baseUrl,
  cacheOptions: how === "refresh" ? { cacheName, expireAfter: 0, oldDataOnError: false } : { cacheName },
});
try {
  await client.getAccountBalances(account, { refresh: how === "refresh" });
  console.log("answered");
} catch (error) {
  console.log(error instanceof Error ? error.name : String(error));
}
