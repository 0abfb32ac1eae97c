import type { EventEmitter } from "node:events";
import KeyvPostgres from "@keyv/postgres";
import KeyvRedis from "@keyv/redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCache } from "../../src/cache/index.ts";
import { TestClock } from "../support/clock.ts";
import { type Server, startPostgres, startRedis } from "./servers.ts";

const get = (path: string, query: [string, string][] = []) => ({ method: "GET", path, query });
const answer = (body: string) => ({ status: 200, headers: new Headers({ etag: "x" }), body });

/**
 * @keyv/postgres listens to no errors of idle connections, which then end the process when the server goes away. Its
 * pool calls `log` as a method of its own before it connects, which is the one way to hear them.
 */
const postgresAdapter = (address: string) =>
  new KeyvPostgres({
    uri: address,
    log(this: EventEmitter) {
      if (this.listenerCount("error") === 0) this.on("error", () => {});
    },
  });

describe.each([
  ["Redis", startRedis, (address: string) => new KeyvRedis(address)],
  ["Postgres", startPostgres, postgresAdapter],
])("a cache on %s", (_, start, adapterFor) => {
  let server: Server;
  const adapters: (KeyvRedis<unknown> | KeyvPostgres)[] = [];
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    for (const adapter of adapters) await adapter.disconnect().catch(() => {});
    await server.stop();
  });

  function opened(scope: string, clock = new TestClock()) {
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (line: string) => void warnings.push(line), error() {} };
    const backend = adapterFor(server.address);
    adapters.push(backend);
    return { cache: openCache({ backend }, { scope, now: clock.now, logger }), clock, warnings };
  }

  it("gives back what it was given, past its expiry too, and to another client of the same credentials", async () => {
    const { cache, clock } = opened("one");
    const body = '{"a":"Café ☕"}\nnot a second line';
    await cache.store(get("/accounts/a/balances/"), answer(body));
    clock.advance({ days: 30 });
    const again = opened("one", clock).cache;
    expect(await again.find(get("/accounts/a/balances/"))).toMatchObject({
      body,
      fresh: false,
      usableOnError: true,
    });
    expect(await opened("two").cache.find(get("/accounts/a/balances/"))).toBeUndefined();
  });

  it("forgets what a write changed, and can be looked at and cleared", async () => {
    const { cache } = opened("three");
    await cache.store(get("/requisitions/", [["limit", "1"]]), answer("[]"));
    await cache.store(get("/requisitions/r/"), answer('{"agreement":"e","accounts":["a"]}'));
    await cache.store(get("/accounts/a/transactions/"), answer("[1]"));
    await cache.store(get("/institutions/"), answer("[2]"));
    expect(await cache.view.count()).toBe(4);
    await cache.forgetChangedBy({ method: "DELETE", path: "/requisitions/r/" });
    const paths: string[] = [];
    for await (const { path } of cache.view.entries()) paths.push(path);
    expect(paths).toEqual(["/institutions/"]);
    expect(await cache.view.clear()).toBe(1);
    expect(await cache.view.size()).toBe(0);
  });

  it("loses no answer of a path and no record where many write at once", async () => {
    const clients = Array.from({ length: 5 }, () => opened("four").cache);
    const days = Array.from({ length: 4 }, (_, at) => `2026-01-0${at + 1}`);
    await Promise.all(
      clients.flatMap((cache, at) =>
        days.map((day) => cache.store(get(`/a/`, [["date_from", `${day}-${at}`]]), answer("[]"))),
      ),
    );
    expect(await clients[0]?.view.count()).toBe(20);
    const won = await Promise.all(
      clients.map((cache, at) => cache.records?.compareAndSet("lease", undefined, `${at}`)),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    const holder = await clients[0]?.records?.get("lease");
    const changed = await Promise.all(
      clients.map((cache, at) => cache.records?.compareAndSet("lease", holder, `new ${at}`)),
    );
    expect(changed.filter(Boolean)).toHaveLength(1);
    expect(await clients[0]?.records?.compareAndSet("lease", holder, "late")).toBe(false);
  });

  it("that goes away is a miss and a warning, and is used again when it is back", async () => {
    const { cache, warnings, clock } = opened("five");
    await cache.store(get("/a/"), answer("[1]"));
    await server.stop();
    expect(await cache.find(get("/a/"))).toBeUndefined();
    await cache.store(get("/a/"), answer("[2]"));
    await server.start();
    clock.advance({ seconds: 60 });
    await expect
      .poll(
        async () => {
          clock.advance({ seconds: 60 });
          await cache.store(get("/a/"), answer("[3]"));
          return (await cache.find(get("/a/")))?.body;
        },
        { timeout: 20_000 },
      )
      .toBe("[3]");
    expect(warnings.length).toBeGreaterThan(0);
  });
});
