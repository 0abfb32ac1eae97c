import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { EventEmitter } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import KeyvPostgres from "@keyv/postgres";
import KeyvRedis from "@keyv/redis";
import KeyvValkey from "@keyv/valkey";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeCache, get, opened, response } from "../core/cache/suite.ts";
import { startService } from "../support/service.ts";
import { type Server, startPostgres, startRedis } from "./servers.ts";

const run = promisify(execFile);

/**
 * @keyv/postgres handles no errors of idle connections, so that they end the process when the server goes away. Its pool
 * calls `log` as its own method before it connects, which is the only way to listen for them.
 */
const postgresAdapter = (address: string, table: string) =>
  new KeyvPostgres({
    uri: address,
    table,
    log(this: EventEmitter) {
      if (this.listenerCount("error") === 0) this.on("error", () => {});
    },
  });

type Adapter = KeyvRedis<unknown> | KeyvValkey | KeyvPostgres;

/** The adapters of these tests, which have to close their connections. */
const adapters: Adapter[] = [];
const closedAtTheEnd = <A extends Adapter>(adapter: A): A => {
  adapters.push(adapter);
  return adapter;
};

let redis: Server;
let postgres: Server;
beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
});
afterAll(async () => {
  for (const adapter of adapters) await adapter.disconnect().catch(() => {});
  await Promise.all([redis.remove(), postgres.remove()]);
});

describeCache("Redis", {
  lasts: true,
  compares: true,
  place() {
    const namespace = randomUUID();
    const backend = closedAtTheEnd(new KeyvRedis(redis.address, { namespace }));
    return () => ({ backend });
  },
});

// Redis and Valkey speak the same protocol, so that this server serves the adapter of the other, too.
for (const useRedisSets of [true, false]) {
  describeCache(`Valkey ${useRedisSets ? "with" : "without"} a set of its keys`, {
    lasts: true,
    compares: true,
    place() {
      const options = { useRedisSets, keyPrefix: randomUUID() };
      const backend = closedAtTheEnd(new KeyvValkey(redis.address, options));
      return () => ({ backend });
    },
  });
}

describeCache("Postgres", {
  lasts: true,
  compares: true,
  place() {
    const backend = closedAtTheEnd(postgresAdapter(postgres.address, `t${randomUUID().replaceAll("-", "")}`));
    return () => ({ backend });
  },
});

describe.each<[string, () => Server, (address: string) => Adapter]>([
  ["Redis", () => redis, (address) => new KeyvRedis(address)],
  ["Postgres", () => postgres, (address) => postgresAdapter(address, "away")],
])("%s", (_, serverOf, adapterFor) => {
  it("a server that is down counts as a miss with a warning, and is used again once it is back", async () => {
    const server = serverOf();
    const { cache, warnings, clock } = opened({ backend: closedAtTheEnd(adapterFor(server.address)) });
    await cache.store(get("/a/"), response("[1]"));
    await server.stop();
    expect(await cache.find(get("/a/"))).toBeUndefined();
    await cache.store(get("/a/"), response("[2]"));
    await server.start();
    clock.advance({ seconds: 60 });
    await expect
      .poll(
        async () => {
          clock.advance({ seconds: 60 });
          await cache.store(get("/a/"), response("[3]"));
          return (await cache.find(get("/a/")))?.body;
        },
        { timeout: 20_000 },
      )
      .toBe("[3]");
    expect(warnings.length).toBeGreaterThan(0);
  });

  it("twenty processes that miss the same response at once share one request and one token", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { body: { balances: [] } },
    );
    const env = {
      ...process.env,
      BASE_URL: service.baseUrl,
      ACCOUNT: "7e944232-bda9-40bc-b784-660c7ab5fe78",
      BACKEND: serverOf().address,
    };
    const script = join(import.meta.dirname, "../core/pipeline/one-process.ts");
    const processes = Array.from({ length: 20 }, () => run(process.execPath, [script], { env }));
    const printed = (await Promise.all(processes)).map(({ stdout }) => stdout.trim());
    expect(printed).toEqual(new Array<string>(20).fill("answered"));
    expect(service.asked()).toHaveLength(1);
    expect(service.received.filter(({ path }) => path === "/token/new/")).toHaveLength(1);
  }, 90_000);
});
