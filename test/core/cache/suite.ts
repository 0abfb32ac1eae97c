import { describe, expect, it } from "vitest";
import { type CacheOptions, type CacheRequest, openCache } from "../../../packages/core/src/cache/index.ts";
import { cacheRequestOf } from "../../../packages/core/src/pipeline/cached-responses.ts";
import { operationAt } from "../../../packages/core/src/providers/gocardless/operations.ts";
import { TestClock } from "../../support/clock.ts";
import { forgetChangedBy } from "../../support/requests.ts";

const ACCOUNT = "/accounts/a1/";
export const get = (path: string, query: CacheRequest["query"] = [], now = new TestClock().now()) =>
  cacheRequestOf({ ...operationAt("GET", path), path, query, headers: {} }, now);
export const response = (body: unknown, headers: Record<string, string> = {}) => ({
  status: 200,
  headers: new Headers(headers),
  body: typeof body === "string" ? body : JSON.stringify(body),
});

/** A cache with a clock that the test advances, its warnings, and its other notes. */
export function opened(options: CacheOptions, tenant = "scope-1", clock = new TestClock()) {
  const warnings: string[] = [];
  const notes: string[] = [];
  const logger = {
    debug() {},
    info: (line: string) => void notes.push(line),
    warn: (line: string) => void warnings.push(line),
    error() {},
  };
  return { cache: openCache(options, { tenant, now: clock.now, logger }), clock, warnings, notes };
}

async function pathsIn(entries: AsyncIterable<{ path: string }>): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of entries) paths.push(path);
  return paths.sort();
}

/** A backend on which the suite runs. */
export interface Backend {
  /** Whether its content outlives the process. */
  lasts: boolean;
  /** Whether it has a compare-and-set, so that processes never lose what another has written. */
  compares: boolean;
  /** Makes empty storage, and returns a function that opens it, several times, as several processes would. */
  place(): () => CacheOptions;
}

/** The tests of a cache on any backend. */
export function describeCache(name: string, { lasts, compares, place }: Backend): void {
  describe(`a cache on ${name}`, () => {
    it("a stored response is found again, fresh until it expires and usable on error after that", async () => {
      const { cache, clock } = opened(place()());
      const request = get(`${ACCOUNT}balances/`);
      expect(await cache.find(request)).toBeUndefined();
      expect(await cache.status(request)).toMatchObject({ keyExists: false, isExpired: null });
      const body = '{"balances":[{"balanceAmount":{"amount":1e2}}]}\nnot a second line';
      await cache.store(
        request,
        response(body, { etag: "x", HTTP_X_RATELIMIT_LIMIT: "100", "set-cookie": "a=b" }),
      );
      expect(await cache.find(request)).toEqual({
        status: 200,
        headers: { etag: "x" },
        body,
        createdAt: clock.now(),
        expiresAt: clock.now() + 6 * 3600_000,
        fresh: true,
        usableOnError: true,
        usableWhileRevalidating: true,
      });
      clock.advance({ hours: 6 });
      expect(await cache.find(request)).toMatchObject({ fresh: false, usableOnError: true });
      expect(await cache.status(request)).toMatchObject({ keyExists: true, isExpired: true });
      await cache.close();
    });

    it("changing what the view returned changes nothing that is stored", async () => {
      const { cache } = opened(place()());
      const request = get("/a/");
      await cache.store(request, response("[1]", { etag: '"1"' }));
      const view = cache.viewFor(get);
      for (let nth = 0; nth < 3; nth += 1) {
        const shown = await view.get("/a/");
        expect(shown?.headers).toEqual({ etag: '"1"' });
        expect((await cache.find(request))?.headers).toEqual({ etag: '"1"' });
        Object.assign(shown?.headers ?? {}, { etag: '"2"' });
        shown?.createdAt.setTime(0);
      }
      await cache.close();
    });

    it("only the last response to each request is stored", async () => {
      const { cache } = opened(place()());
      const request = get("/institutions/", [["country", "GB"]]);
      await cache.store(request, response("[1]"));
      await cache.store(request, response("[2]"));
      expect((await cache.find(request))?.body).toBe("[2]");
      expect(await cache.find(get("/institutions/"))).toBeUndefined();
      await cache.close();
    });

    it("a response is dropped unless another has taken its place, even through another process at the same moment", async () => {
      const open = place();
      const [one, two] = lasts ? [opened(open()), opened(open())] : [opened(open()), undefined];
      const writer = (two ?? one).cache;
      const request = get("/accounts/a1/details/");
      await one.cache.store(request, response("{}"));
      const known = await one.cache.find(request);
      if (known === undefined) throw new Error("it was not kept");
      await writer.store(request, response('{"account":{}}'));
      await one.cache.drop(request, known);
      const kept = await writer.find(request);
      expect(kept?.body).toBe('{"account":{}}');
      if (kept !== undefined) await one.cache.drop(request, kept);
      expect(await writer.find(request)).toBeUndefined();
      expect(await one.cache.viewFor(get).count()).toBe(0);
      await one.cache.drop(request, known);
      await writer.store(request, response("[3]"));
      expect(await one.cache.viewFor(get).count()).toBe(1);
      await one.cache.close();
      await two?.cache.close();
    });

    it("a response with a time that no Date can hold counts as missing", async () => {
      const { cache } = opened(place()());
      await cache.store(get("/x/"), response("{}"), 1e300);
      expect((await cache.find(get("/x/")))?.expiresAt).toBeNull();
      await cache.close();
    });

    it("only responses to GET with status 200 are stored", async () => {
      const { cache } = opened(place()());
      for (const status of [201, 204, 404, 500]) {
        expect(await cache.store(get("/x/"), { ...response("{}"), status })).toBeUndefined();
      }
      expect(await cache.store({ ...get("/x/"), method: "POST" }, response("{}"))).toBeUndefined();
      expect(await cache.find(get("/x/"))).toBeUndefined();
      await cache.close();
    });

    it("a write invalidates only what it has changed", async () => {
      const { cache } = opened({ ...place()(), expireAfter: "forever" });
      const requisition = { id: "r1", status: "LN", agreement: "e1", accounts: ["a1"] };
      const kept: Record<string, string[]> = {
        "/requisitions/": ["limit=1"],
        "/requisitions/r1/": [""],
        "/requisitions/r2/": [""],
        "/agreements/enduser/": [""],
        "/agreements/enduser/e1/": [""],
        "/agreements/enduser/e2/": [""],
        "/accounts/a1/": [""],
        "/accounts/a1/transactions/": ["date_from=2026-01-01", "date_from=2026-02-01"],
        "/accounts/a2/transactions/": [""],
        "/institutions/": [""],
      };
      const requests = Object.entries(kept).flatMap(([path, queries]) =>
        queries.map((query) => get(path, [...new URLSearchParams(query)])),
      );
      for (const request of requests) await cache.store(request, response(requisition));
      const left = async () => {
        const paths: string[] = [];
        for (const request of requests) if (await cache.find(request)) paths.push(request.path);
        return paths;
      };
      await forgetChangedBy(cache, { method: "PUT", path: "/agreements/enduser/e2/accept/" });
      expect(await left()).toEqual(
        requests
          .map((one) => one.path)
          .filter((path) => path !== "/agreements/enduser/" && path !== "/agreements/enduser/e2/"),
      );
      await forgetChangedBy(cache, { method: "DELETE", path: "/requisitions/r1/" });
      expect(await left()).toEqual(["/requisitions/r2/", "/accounts/a2/transactions/", "/institutions/"]);
      await cache.close();
    });

    it("the cache can be viewed by key and by path, without the network", async () => {
      const { cache, clock } = opened(place()());
      await cache.store(get("/accounts/a/balances/"), response("[1]", { etag: "x" }));
      await cache.store(get("/accounts/a/transactions/", [["date_from", "2026-01-01"]]), response("[2]"));
      await cache.store(get("/agreements/enduser/"), response("[3]"));
      const view = cache.viewFor(get);
      expect(await view.count()).toBe(3);
      expect(await pathsIn(view.entries())).toEqual([
        "/accounts/a/balances/",
        "/accounts/a/transactions/",
        "/agreements/enduser/",
      ]);
      const sizes: number[] = [];
      for await (const entry of view.entries()) {
        expect(await view.has(entry.key)).toBe(true);
        expect(entry.isExpired).toBe(entry.path.startsWith("/agreements/"));
        sizes.push(entry.bytes);
      }
      expect(await view.size()).toBe(sizes.reduce((sum, bytes) => sum + bytes, 0));
      expect(await view.get("/accounts/a/balances/")).toEqual({
        status: 200,
        headers: { etag: "x" },
        body: "[1]",
        createdAt: new Date(clock.now()),
        expiresAt: new Date(clock.now() + 6 * 3600_000),
        isExpired: false,
      });
      expect(await view.has("/accounts/a/transactions")).toBe(false);
      expect(await view.has("/accounts/a/transactions", [["date_from", "2026-01-01"]])).toBe(true);
      await cache.close();
    });

    it("responses are deleted by age, by expiry and by path, and never those of other credentials", async () => {
      const options = place();
      const { cache, clock } = opened(options());
      const other = opened(options(), "scope-2", clock).cache;
      await other.store(get("/accounts/a/"), response("[9]"));
      await cache.store(get("/accounts/a/"), response("[1]"));
      clock.advance({ seconds: 1800 });
      await cache.store(get("/accounts/b/"), response("[2]"));
      await cache.store(get("/institutions/"), response("[3]"));
      const key = cache.keyOf(get("/accounts/b/"));
      expect(await other.viewFor(get).has(key)).toBe(false);
      await expect(cache.viewFor(get).delete({})).rejects.toThrow(/Specify what to delete/);
      expect(await cache.viewFor(get).delete({ olderThan: 1800 })).toBe(0);
      expect(await cache.viewFor(get).delete({ olderThan: 1799 })).toBe(1);
      clock.advance({ hours: 1 });
      expect(await cache.viewFor(get).delete({ expired: true, match: "/institutions/*" })).toBe(0);
      expect(await cache.viewFor(get).delete({ expired: true })).toBe(1);
      expect(await pathsIn(cache.viewFor(get).entries())).toEqual(["/institutions/"]);
      expect(await cache.viewFor(get).delete({ match: /^\/institutions/ })).toBe(1);
      await cache.store(get("/x/"), response("[4]"));
      expect(await cache.viewFor(get).clear()).toBe(1);
      expect(await cache.viewFor(get).count()).toBe(0);
      expect(await cache.viewFor(get).size()).toBe(0);
      expect(await other.viewFor(get).count()).toBe(1);
      await cache.close();
      await other.close();
    });

    it("clearing the cache keeps the other records", async () => {
      const { cache } = opened(place()());
      if (!lasts) return expect(cache.records).toBeUndefined();
      expect(await cache.records?.compareAndSet("ledger", undefined, "1")).toBe(true);
      expect(await cache.records?.compareAndSet("ledger", undefined, "2")).toBe(false);
      await cache.viewFor(get).clear();
      expect(await cache.records?.get("ledger")).toBe("1");
      expect(await cache.records?.compareAndSet("ledger", "1", "2")).toBe(true);
      expect(await cache.records?.get("ledger")).toBe("2");
      return await cache.close();
    });

    it("responses, lists and deletions of different credentials are separate", async () => {
      const options = place();
      const clock = new TestClock();
      const mine = opened(options(), "mine", clock).cache;
      const theirs = opened(options(), "theirs", clock).cache;
      await mine.store(get("/accounts/a/"), response("[1]"));
      expect(await theirs.find(get("/accounts/a/"))).toBeUndefined();
      expect(await theirs.viewFor(get).has(mine.keyOf(get("/accounts/a/")))).toBe(false);
      await theirs.store(get("/accounts/a/"), response("[2]"));
      await forgetChangedBy(theirs, { method: "DELETE", path: "/accounts/a/" });
      expect(await theirs.viewFor(get).clear()).toBeLessThanOrEqual(1);
      expect((await mine.find(get("/accounts/a/")))?.body).toBe("[1]");
      await mine.close();
      await theirs.close();
    });

    it("no response is fresh from the future or lost when the clock jumps", async () => {
      const { cache, clock } = opened(place()());
      await cache.store(get("/accounts/a/"), response("[1]"));
      clock.advance({ hours: -24 });
      expect(await cache.find(get("/accounts/a/"))).toMatchObject({
        body: "[1]",
        fresh: false,
        usableOnError: true,
      });
      clock.advance({ hours: 24 });
      expect(await cache.find(get("/accounts/a/"))).toMatchObject({ fresh: true });
      clock.advance({ days: 36_500 });
      expect(await cache.find(get("/accounts/a/"))).toMatchObject({ fresh: false, usableOnError: true });
      await cache.close();
    });

    it("bodies of any characters and of any size up to a megabyte are stored unchanged", async () => {
      const { cache } = opened(place()());
      const bodies = ["", "[]", "\u2028 Café ☕ \ud83c\udf0d\n\r\n", "é".repeat(600_000), "x".repeat(999)];
      for (const [at, body] of bodies.entries()) await cache.store(get(`/a${at}/`), response(body));
      for (const [at, body] of bodies.entries()) expect((await cache.find(get(`/a${at}/`)))?.body).toBe(body);
      await cache.close();
    });

    it("no response of a path is lost if many clients write at once", async () => {
      const options = place();
      const clock = new TestClock();
      const shared = compares ? undefined : opened(options(), "many", clock).cache;
      const clients = Array.from({ length: 5 }, () => shared ?? opened(options(), "many", clock).cache);
      const days = Array.from({ length: 4 }, (_, at) => `2026-01-0${at + 1}`);
      await Promise.all(
        clients.flatMap((cache, at) =>
          days.map((day) => cache.store(get("/a/", [["date_from", `${day}-${at}`]]), response("[]"))),
        ),
      );
      expect(await clients[0]?.viewFor(get).count()).toBe(20);
      await forgetChangedBy(clients[0], { method: "PUT", path: "/a/" });
      expect(await clients[1]?.viewFor(get).count()).toBe(0);
      for (const client of clients) await client.close();
    });

    it("exactly one of many clients that compete for a record changes or removes it", async () => {
      if (!compares) return;
      const options = place();
      expect(opened(options()).notes).toEqual([]);
      const clock = new TestClock();
      const clients = Array.from({ length: 5 }, () => opened(options(), "records", clock).cache);
      const all = (expected: string | undefined, value: (at: number) => string | undefined) =>
        Promise.all(clients.map((cache, at) => cache.records?.compareAndSet("lease", expected, value(at))));
      expect((await all(undefined, (at) => `${at}`)).filter(Boolean)).toHaveLength(1);
      const holder = await clients[0]?.records?.get("lease");
      expect((await all(holder, (at) => `new ${at}`)).filter(Boolean)).toHaveLength(1);
      expect((await all(holder, () => undefined)).filter(Boolean)).toEqual([]);
      const now = await clients[0]?.records?.get("lease");
      expect((await all(now, () => undefined)).filter(Boolean)).toHaveLength(1);
      expect(await clients[0]?.records?.get("lease")).toBeUndefined();
      expect(await clients[0]?.records?.compareAndSet("lease", undefined, undefined)).toBe(true);
      for (const client of clients) await client.close();
    });

    it("malformed headers are ignored", async () => {
      const { cache, clock } = opened({ ...place()(), cacheControl: true });
      for (const header of ["max-age=NaN", "max-age=-5", "max-age=1e99", ",,;=", 'no-cache="', "max-age"]) {
        await cache.store(
          get("/accounts/a/"),
          response("[1]", { "cache-control": header, expires: "yesterday" }),
        );
        const found = await cache.find(get("/accounts/a/"));
        if (found !== undefined) expect(found.createdAt).toBe(clock.now());
      }
      await cache.store(get("/accounts/b/"), response("[2]", { "cache-control": "max-age=60" }));
      expect(await cache.find(get("/accounts/b/"))).toMatchObject({
        fresh: true,
        expiresAt: clock.now() + 60_000,
      });
      await cache.close();
    });
  });
}
