import { GoCardlessClient } from "bankdata-core";

/** A client for the credentials of the environment. */
export function clientFromEnvironment(): GoCardlessClient {
  const { GOCARDLESS_SECRET_ID, GOCARDLESS_SECRET_KEY, BANKDATA_BASE_URL } = process.env;
  return new GoCardlessClient({
    secretId: GOCARDLESS_SECRET_ID ?? "",
    secretKey: GOCARDLESS_SECRET_KEY ?? "",
    baseUrl: BANKDATA_BASE_URL,
  });
}
