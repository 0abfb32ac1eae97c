import NordigenClient from "nordigen-node";
import type { Prepare } from "./way.ts";

/** A response from the service by nordigen-node, the service's own client for Node. */
const prepare: Prepare<{ baseUrl: string; entries: number }> = async ({ baseUrl, entries }) => {
  const client = new NordigenClient({ secretId: "id", secretKey: "key", baseUrl });
  await client.generateToken();
  return () => client.account(`${entries}-1`).getTransactions();
};

export default prepare;
