import type { EventEmitter } from "node:events";
import KeyvPostgres from "@keyv/postgres";
import KeyvRedis from "@keyv/redis";

/** A server that keeps a cache. */
export interface CacheServer {
  kind: "redis" | "postgres";
  address: string;
}

/** The Keyv adapter for a server. */
export function adapterOf({ kind, address }: CacheServer): KeyvRedis<string> | KeyvPostgres {
  if (kind === "redis") return new KeyvRedis<string>(address);
  return new KeyvPostgres({
    uri: address,
    log(this: EventEmitter) {
      if (this.listenerCount("error") === 0) this.on("error", () => {});
    },
  });
}
