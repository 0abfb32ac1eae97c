import { GoCardlessClient } from "bankdata-core";
import type { Prepare } from "./way.ts";

/** All accounts of a new client, as a command line has it. */
const prepare: Prepare<{ baseUrl: string }> = ({ baseUrl }) => {
  const options = { secretId: "id", secretKey: "key", baseUrl, quota: false, cacheOptions: false } as const;
  return () => new GoCardlessClient(options).getAllAccounts();
};

export default prepare;
