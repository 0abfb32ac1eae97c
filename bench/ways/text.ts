import type { CacheServer } from "./adapters.ts";
import type { Prepare } from "./way.ts";

/** The floor of a cache elsewhere: the text of a response, from memory or from a server, and JSON.parse. */
const prepare: Prepare<{ baseUrl: string; entries: number; server?: CacheServer }> = async ({
  baseUrl,
  entries,
  server,
}) => {
  const text = await (await fetch(`${baseUrl}/accounts/${entries}/transactions/`)).text();
  if (server === undefined) return () => JSON.parse(text);
  const { adapterOf } = await import("./adapters.ts");
  const adapter = adapterOf(server);
  await adapter.set("raw", text);
  return async () => JSON.parse(String(await adapter.get("raw")));
};

export default prepare;
