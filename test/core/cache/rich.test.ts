import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { type CacheOptions, openCache } from "../../../packages/core/src/cache/index.ts";
import { fitsPattern } from "../../../packages/core/src/cache/pattern.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { forgetChangedBy } from "../../support/requests.ts";
import { get, opened, response } from "./suite.ts";

const folder = temporaryFolder;
describe("the size", () => {
  it.each(["sqlite", "memory"] as const)(
    "the size on %s is bounded, and the least recently used response makes room",
    async (kind) => {
      const options: CacheOptions =
        kind === "memory" ? { backend: kind } : { cacheName: join(folder(), "cache.sqlite") };
      const { cache, clock } = opened({ ...options, maxBytes: 30_000, expireAfter: "forever" });
      const noise = (at: number) =>
        Array.from({ length: 500 }, (_, i) => (i * 7919 + at * 104729) % 9973).join();
      for (let at = 0; at < 8; at += 1) {
        await cache.store(get(`/a${at}/`), response(noise(at)));
        clock.advance({ hours: 2 });
        await cache.find(get("/a0/"));
      }
      for (let at = 8; at < 30; at += 1) {
        await cache.store(get(`/a${at}/`), response(noise(at)));
        clock.advance({ hours: 2 });
        await cache.find(get("/a0/"));
      }
      expect(await cache.viewFor(get).size()).toBeLessThanOrEqual(30_000);
      expect(await cache.viewFor(get).size()).toBeGreaterThan(15_000);
      expect(await cache.viewFor(get).has("/a0/")).toBe(true);
      expect(await cache.viewFor(get).has("/a29/")).toBe(true);
      expect(await cache.viewFor(get).has("/a1/")).toBe(false);
      await cache.close();
    },
  );

  it("a response that is larger than the limit is not stored, and does not displace others", async () => {
    const { cache } = opened({ backend: "memory", maxBytes: 2000 });
    await cache.store(get("/a/"), response("[1]"));
    await cache.store(get("/b/"), response("x".repeat(3000)));
    expect([await cache.viewFor(get).has("/a/"), await cache.viewFor(get).has("/b/")]).toEqual([true, false]);
  });

  it("transactions are compressed on disk, and every character comes back", async () => {
    const cacheName = join(folder(), "cache.sqlite");
    const { cache } = opened({ cacheName });
    const booked = Array.from({ length: 1000 }, (_, at) => ({
      transactionId: `2026-${at}`,
      transactionAmount: { amount: `-${at}.10`, currency: "EUR" },
      remittanceInformationUnstructured: `Card payment Café ☕ ${at}`,
    }));
    const body = JSON.stringify({ transactions: { booked } });
    await cache.store(get("/a/"), response(body));
    await cache.store(get("/b/"), response(`${"x".repeat(2000)}\ud800`));
    expect((await cache.find(get("/a/")))?.body).toBe(body);
    expect((await cache.find(get("/b/")))?.body).toBe(`${"x".repeat(2000)}\ud800`.toWellFormed());
    await cache.viewFor(get).delete({ match: "/b/" });
    expect(await cache.viewFor(get).size()).toBeLessThan(body.length / 4);
    await cache.close();
    expect(statSync(cacheName).size).toBeLessThan(body.length);
  });

  it("the total size stays correct when responses are replaced and deleted", async () => {
    const cacheName = join(folder(), "cache.sqlite");
    const { cache } = opened({ cacheName });
    for (const length of [10, 5000, 20]) await cache.store(get("/a/"), response("y".repeat(length)));
    await cache.store(get("/requisitions/"), response("[]"));
    await forgetChangedBy(cache, { method: "POST", path: "/requisitions/" });
    const size = await cache.viewFor(get).size();
    await cache.close();
    const database = new DatabaseSync(cacheName);
    expect(database.prepare("SELECT bytes FROM total").get()).toEqual({ bytes: size });
    database.close();
  });
});

describe("options", () => {
  it("a lifetime for a path precedes the general one, the first match wins, and the call's own precedes all", async () => {
    const { cache, clock } = opened({
      backend: "memory",
      expireAfter: 10,
      urlsExpireAfter: [
        ["/accounts/*/balances/", 20],
        [/^\/accounts\//g, 30],
        ["*", "forever"],
      ],
    });
    const seconds = async (path: string, perCall?: number | "forever") => {
      const stored = await cache.store(get(path), response("{}"), perCall);
      return stored?.expiresAt === null ? "forever" : ((stored?.expiresAt ?? 0) - clock.now()) / 1000;
    };
    expect(await seconds("/accounts/a/balances/")).toBe(20);
    expect([await seconds("/accounts/a/"), await seconds("/accounts/a/")]).toEqual([30, 30]);
    expect(await seconds("/institutions/")).toBe("forever");
    expect(await seconds("/institutions/", 5)).toBe(5);
    expect(await seconds("/accounts/a/balances/", "forever")).toBe("forever");
  });

  it("staleWhileRevalidate decides how long an expired response may be returned while a new one is requested", async () => {
    const { cache, clock } = opened({ backend: "memory", expireAfter: 10, staleWhileRevalidate: 60 });
    await cache.store(get("/a/"), response("{}"));
    clock.advance({ seconds: 70 });
    expect(await cache.find(get("/a/"))).toMatchObject({ fresh: false, usableWhileRevalidating: true });
    clock.advance({ seconds: 1 });
    expect(await cache.find(get("/a/"))).toMatchObject({ fresh: false, usableWhileRevalidating: false });
    const never = opened({ backend: "memory", expireAfter: 0 }).cache;
    await never.store(get("/a/"), response("{}"));
    expect((await never.find(get("/a/")))?.usableWhileRevalidating).toBe(false);
  });

  it("options can leave parameters out of the key, and responses out of the cache", async () => {
    const { cache } = opened({
      backend: "memory",
      ignoredParameters: ["trace"],
      filter: ({ path, body }) => path !== "/secret/" && !body.includes("PROCESSING"),
    });
    expect(cache.keyOf(get("/a/", [["trace", "1"]]))).toBe(cache.keyOf(get("/a/")));
    expect(cache.keyOf(get("/a/", [["other", "1"]]))).not.toBe(cache.keyOf(get("/a/")));
    expect(await cache.store(get("/secret/"), response("{}"))).toBeUndefined();
    expect(await cache.store(get("/a/"), response('{"status":"PROCESSING"}'))).toBeUndefined();
    expect(await cache.store(get("/a/"), response("{}"))).toBeDefined();
  });

  it.each<[CacheOptions, RegExp]>([
    [{ maxBytes: 0 }, /maxBytes/],
    [{ urlsExpireAfter: [["*", -1]] }, /urlsExpireAfter/],
    [{ staleWhileRevalidate: Number.NaN }, /staleWhileRevalidate/],
    [{ expireAfter: -1 }, /expireAfter/],
    [{ oldDataOnError: -1 }, /oldDataOnError/],
    [{ cacheName: " " }, /cacheName/],
  ])("an option that cannot work is rejected, and the error names it: %j", (options, message) => {
    expect(() => openCache(options, { tenant: "s", now: Date.now, logger: console })).toThrow(message);
  });
});

describe("conditional requests", () => {
  it("a request is conditional if cacheControl is on and the response has a validator, and a 304 renews it", async () => {
    const { cache, clock } = opened({ backend: "memory", cacheControl: true });
    const headers = {
      etag: '"1"',
      "last-modified": "Mon, 23 Nov 2026 08:00:00 GMT",
      "cache-control": "max-age=5",
    };
    await cache.store(get("/a/"), response("[1]", headers));
    clock.advance({ seconds: 10 });
    const known = await cache.find(get("/a/"));
    if (known === undefined) throw new Error("nothing was kept");
    expect(cache.conditionOf(known)).toEqual({
      "if-none-match": '"1"',
      "if-modified-since": "Mon, 23 Nov 2026 08:00:00 GMT",
    });
    await cache.renew(get("/a/"), known, new Headers({ etag: '"2"', "cache-control": "max-age=60" }));
    expect(await cache.find(get("/a/"))).toMatchObject({
      body: "[1]",
      fresh: true,
      headers: { etag: '"2"', "last-modified": headers["last-modified"] },
      createdAt: clock.now(),
      expiresAt: clock.now() + 60_000,
    });
    expect(cache.conditionOf({ ...known, headers: {} })).toBeUndefined();
    expect(opened({ backend: "memory" }).cache.conditionOf(known)).toBeUndefined();
    expect(await cache.store(get("/b/"), response("[1]", { "cache-control": "no-store" }))).toBeUndefined();
  });
});

it("only a star in a pattern matches any text", () => {
  expect(fitsPattern("/a/b/", "/a/b/")).toBe(true);
  expect(fitsPattern("/a/b/c/", "/a/b/")).toBe(false);
  expect(fitsPattern("/a/b/c/", "/a/*/c/")).toBe(true);
  expect(fitsPattern("/a/b/x/c/", "/a/*/c/")).toBe(true);
  expect(fitsPattern("/a/", "/a/*a/")).toBe(false);
  expect(fitsPattern("/a.b/", "/a?b/")).toBe(false);
  expect(fitsPattern("/aXbXc/", "*X*X*")).toBe(true);
  expect(fitsPattern("/aXb/", "*X*X*")).toBe(false);
});
