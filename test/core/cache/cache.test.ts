import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFile } from "../../../packages/core/src/cache/cache-path.ts";
import type { CacheOptions } from "../../../packages/core/src/cache/index.ts";
import { keyOf } from "../../../packages/core/src/cache/request.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { mapAdapter } from "../../support/map-adapter.ts";
import { forgetChangedBy } from "../../support/requests.ts";
import { onText } from "../../support/text.ts";
import { describeCache, get, opened, response } from "./suite.ts";

const folder = temporaryFolder;

describeCache("sqlite", {
  lasts: true,
  compares: true,
  place() {
    const cacheName = join(folder(), "cache.sqlite");
    return () => ({ cacheName });
  },
});
describeCache("memory", { lasts: false, compares: false, place: () => () => ({ backend: "memory" }) });
describeCache("any Keyv adapter", {
  lasts: true,
  compares: false,
  place() {
    const backend = mapAdapter();
    return () => ({ backend });
  },
});

describe("request keys", () => {
  it("a request key is scoped by the credentials, and reveals nothing", async () => {
    const file = join(folder(), "cache.sqlite");
    const one = opened({ cacheName: file }, "scope-1").cache;
    const two = opened({ cacheName: file }, "scope-2").cache;
    await one.store(get("/requisitions/"), response("[1]"));
    expect(await two.find(get("/requisitions/"))).toBeUndefined();
    await forgetChangedBy(two, { method: "POST", path: "/requisitions/" });
    expect((await one.find(get("/requisitions/")))?.body).toBe("[1]");
    expect(one.keyOf(get("/accounts/DE89370400440532013000/"))).toMatch(/^[0-9a-f]{64}$/);
    await one.close();
    await two.close();
  });

  it("a request key does not depend on the order of the query, or on a trailing slash", () => {
    const { cache } = opened({ backend: "memory" });
    const key = (path: string, query: string) => cache.keyOf(get(path, [...new URLSearchParams(query)]));
    expect(key("/a/", "x=1&y=2")).toBe(key("/a", "y=2&x=1"));
    expect(key("/a/", "x=1")).not.toBe(key("/a/", "x=2"));
    expect(key("/a/", "x=1&y=2")).not.toBe(key("/a/", "x=1%26y%3D2"));
  });

  it("a request key does not change at midnight if its range ends today, or has a name", () => {
    const { cache, clock } = opened({ backend: "memory" });
    const today = () => new Date(clock.now()).toISOString().slice(0, 10);
    const untilToday = () =>
      cache.keyOf(
        get(
          "/accounts/a/transactions/",
          [
            ["date_from", "2026-01-01"],
            ["date_to", today()],
          ],
          clock.now(),
        ),
      );
    const named = () =>
      cache.keyOf({
        ...get("/accounts/a/transactions/", [["date_from", today()]], clock.now()),
        keyQuery: [
          ["days_back", "180"],
          ["date_to", today()],
        ],
      });
    const before = [untilToday(), named()];
    clock.advance({ days: 1 });
    expect([untilToday(), named()]).toEqual(before);
    expect(
      cache.keyOf(
        get(
          "/accounts/a/transactions/",
          [
            ["date_from", "2026-01-01"],
            ["date_to", "2026-11-23"],
          ],
          clock.now(),
        ),
      ),
    ).not.toBe(before[0]);
  });

  it("a request key stays the same from version to version, as stored responses are found by it", () => {
    const request = {
      method: "GET",
      path: "/accounts/a/transactions/",
      query: [["date_from", "2026-01-01"]] as const,
    };
    expect(keyOf(request, { tenant: "tenant", ignoredParameters: new Set() })).toBe(
      "9cebd486c0f6ac55a6efd30859bae96c5141fa172cefb71f25e803ebbce8b41f",
    );
    const { cache } = opened({ backend: "memory", matchHeaders: true });
    expect(cache.keyOf(request)).toBe(opened({ backend: "memory" }).cache.keyOf(request));
  });
});

describe("time to live", () => {
  const seconds = async (path: string, options: CacheOptions = {}, body = "{}", headers = {}) => {
    const { cache, clock } = opened({ backend: "memory", ...options });
    const stored = await cache.store(get(path), response(body, headers));
    return stored?.expiresAt === null ? "forever" : ((stored?.expiresAt ?? 0) - clock.now()) / 1000;
  };

  it("the time to live depends on the kind of data if no option is given", async () => {
    expect(
      await Promise.all(
        [
          "/accounts/a/balances/",
          "/accounts/a/transactions/",
          "/accounts/a/",
          "/accounts/a/details/",
          "/institutions/",
          "/institutions/X/",
          "/requisitions/",
          "/requisitions/r/",
          "/agreements/enduser/e/",
        ].map((path) => seconds(path)),
      ),
    ).toEqual([21_600, 21_600, 3600, 86_400, 86_400, 86_400, 0, 0, 0]);
  });

  it("a given time to live holds for every GET except a requisition that is still in progress", async () => {
    expect(await seconds("/requisitions/r/", { expireAfter: 60 }, '{"status":"LN"}')).toBe(60);
    expect(await seconds("/agreements/enduser/", { expireAfter: "forever" })).toBe("forever");
    for (const status of ["CR", "GC", "UA", "SA", "GA", "ID"]) {
      expect(await seconds("/requisitions/r/", { expireAfter: "forever" }, JSON.stringify({ status }))).toBe(
        0,
      );
      expect(
        await seconds(
          "/requisitions/",
          { expireAfter: 60 },
          JSON.stringify({ results: [{ status: "LN" }, { status }] }, null, 1),
        ),
      ).toBe(0);
    }
    expect(await seconds("/accounts/a/", { expireAfter: 0 })).toBe(0);
  });

  it("the server decides the time to live if cacheControl is on, and only then", async () => {
    const path = "/accounts/a/";
    expect(await seconds(path, {}, "{}", { "cache-control": "no-store" })).toBe(3600);
    expect(await seconds(path, { cacheControl: true }, "{}", { "cache-control": "no-cache" })).toBe(0);
    expect(
      await seconds(path, { cacheControl: true }, "{}", { "cache-control": "private, max-age=120" }),
    ).toBe(120);
    expect(
      await seconds(path, { cacheControl: true }, "{}", { expires: "Mon, 23 Nov 2026 09:00:30 GMT" }),
    ).toBe(30);
    expect(await seconds(path, { cacheControl: true })).toBe(3600);
  });

  it("an expired response is usable on error for as long as the option allows", async () => {
    for (const [oldDataOnError, usable] of [
      [true, [true, true]],
      [false, [false, false]],
      [60, [true, false]],
    ] as const) {
      const { cache, clock } = opened({ backend: "memory", expireAfter: 10, oldDataOnError });
      await cache.store(get("/a/"), response("{}"));
      clock.advance({ seconds: 70 });
      const first = (await cache.find(get("/a/")))?.usableOnError;
      clock.advance({ seconds: 1 });
      expect([first, (await cache.find(get("/a/")))?.usableOnError]).toEqual(usable);
    }
  });

  it("a response from the future, stored before the clock was set back, is not fresh", async () => {
    const { cache, clock } = opened({ backend: "memory" });
    await cache.store(get("/accounts/a/"), response("{}"));
    clock.advance({ hours: -1 });
    expect((await cache.find(get("/accounts/a/")))?.fresh).toBe(false);
  });
});

describe("the cache file", () => {
  it("the cache file is in the user's cache folder, unless its name is a path", () => {
    expect(cacheFile("mine", { XDG_CACHE_HOME: "/c" }, "linux")).toBe("/c/bankdata/mine.sqlite");
    expect(cacheFile("mine.sqlite", { XDG_CACHE_HOME: "/c" }, "linux")).toBe("/c/bankdata/mine.sqlite");
    expect(cacheFile("mine", {}, "linux")).toMatch(/\/\.cache\/bankdata\/mine\.sqlite$/);
    expect(cacheFile("mine", {}, "darwin")).toMatch(/\/Library\/Caches\/bankdata\/mine\.sqlite$/);
    expect(cacheFile("mine", { XDG_CACHE_HOME: "/c" }, "darwin")).toBe("/c/bankdata/mine.sqlite");
    expect(cacheFile("mine", { XDG_CACHE_HOME: "c" }, "linux")).toMatch(/\/\.cache\/bankdata\/mine\.sqlite$/);
    expect(cacheFile("/there/mine.db", {}, "linux")).toBe("/there/mine.db");
    expect(cacheFile("./mine.db", {}, "linux")).toBe(resolve("mine.db"));
  });

  it("the cache file and its companions are readable only by their owner, and are not made before they are needed", async () => {
    const place = join(folder(), "new", "deep");
    const { cache } = opened({ cacheName: join(place, "cache.sqlite") });
    expect(readdirSync(join(place, "../.."))).toEqual([]);
    await cache.store(get("/a/"), response("{}"));
    const modes = readdirSync(place).map((name) => [name, statSync(join(place, name)).mode & 0o777]);
    expect(modes).toEqual([
      ["cache.sqlite", 0o600],
      ["cache.sqlite-shm", 0o600],
      ["cache.sqlite-wal", 0o600],
    ]);
    expect(statSync(place).mode & 0o777).toBe(0o700);
    await cache.close();
  });

  it("the cache file outlives its client, and a closed cache opens again", async () => {
    const cacheName = join(folder(), "cache.sqlite");
    const first = opened({ cacheName }).cache;
    await first.store(get("/a/"), response("[1]"));
    await first.close();
    expect((await first.find(get("/a/")))?.body).toBe("[1]");
    await first.close();
    const second = opened({ cacheName }).cache;
    expect((await second.find(get("/a/")))?.body).toBe("[1]");
    await second.close();
  });

  it("a truncated cache file is set aside", async () => {
    const cacheName = join(folder(), "cache.sqlite");
    const first = opened({ cacheName }).cache;
    for (let at = 0; at < 50; at += 1) await first.store(get(`/a${at}/`), response("x".repeat(5000)));
    await first.close();
    truncateSync(cacheName, 10_000);
    const { cache, warnings } = opened({ cacheName });
    await cache.store(get("/b/"), response("[1]"));
    expect((await cache.find(get("/b/")))?.body).toBe("[1]");
    expect(warnings.length).toBeGreaterThan(0);
    await cache.close();
  });

  it("responses are kept in memory if the cache file cannot be made", async () => {
    const place = folder();
    writeFileSync(join(place, "file"), "");
    const { cache, warnings } = opened({ cacheName: join(place, "file", "cache.sqlite") });
    await cache.store(get("/a/"), response("[1]"));
    expect((await cache.find(get("/a/")))?.body).toBe("[1]");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("kept in memory");
  });

  it("processes share the cache file, and it survives if one of them is killed while writing", async () => {
    const cacheName = join(folder(), "cache.sqlite");
    const script = `
      import { openCache } from ${JSON.stringify(resolve("packages/core/src/cache/index.ts"))};
      const silent = { debug() {}, info() {}, warn: (line) => console.error(line), error() {} };
      const cache = openCache({ cacheName: ${JSON.stringify(cacheName)} }, { tenant: "s", now: Date.now, logger: silent });
      const [first, count] = process.argv.slice(1).map(Number);
      for (let at = first; at < first + count; at += 1) {
        const body = JSON.stringify({ at, filler: "x".repeat(20000) });
        await cache.store({ method: "GET", path: "/accounts/a" + at + "/", query: [] }, { status: 200, headers: new Headers(), body });
        if (at === first + 20) console.log("under way");
      }
      await cache.close();`;
    const start = (first: number, count: number) =>
      spawn(process.execPath, ["--input-type=module", "-e", script, String(first), String(count)], {
        stdio: ["ignore", "pipe", "pipe"],
      });
    const errors: string[] = [];
    const writers = [0, 1000, 2000].map((first) => start(first, 40));
    for (const writer of writers) onText(writer.stderr, (text) => errors.push(text));
    const victim = start(5000, 1_000_000);
    await once(victim.stdout, "data");
    victim.kill("SIGKILL");
    await Promise.all(
      [...writers, victim].map((child) =>
        child.exitCode !== null || child.signalCode !== null ? undefined : once(child, "close"),
      ),
    );
    expect(errors).toEqual([]);
    const { cache, warnings } = opened({ cacheName }, "s");
    for (const at of [0, 39, 1000, 1039, 2000, 2039, 5000, 5020]) {
      const body = (await cache.find(get(`/accounts/a${at}/`)))?.body ?? "{}";
      expect(JSON.parse(body)).toMatchObject({ at });
    }
    expect(warnings).toEqual([]);
    await cache.close();
  });
});

describe("a backend that fails", () => {
  it("a backend that fails counts as a miss with a warning, never as an error, and is used again once it is back", async () => {
    const map = new Map<string, unknown>();
    let down = false;
    const adapter = mapAdapter(map);
    const failing = Object.assign(Object.create(null), adapter, {
      get: async (key: string) => (down ? Promise.reject(new Error("connection lost")) : map.get(key)),
      set: async (key: string, value: unknown) =>
        down ? Promise.reject(new Error("connection lost")) : void map.set(key, value),
    });
    const { cache, warnings } = opened({ backend: failing });
    await cache.store(get("/a/"), response("[1]"));
    down = true;
    expect(await cache.find(get("/a/"))).toBeUndefined();
    await cache.store(get("/b/"), response("[2]"));
    await forgetChangedBy(cache, { method: "POST", path: "/requisitions/" });
    expect(warnings.every((line) => line.includes("connection lost"))).toBe(true);
    expect(warnings.length).toBeGreaterThan(1);
    down = false;
    expect((await cache.find(get("/a/")))?.body).toBe("[1]");
  });

  it("an adapter that has no compare-and-set is logged, as processes may miss each other's counts", () => {
    expect(opened({ backend: mapAdapter() }).notes).toEqual([
      "The cache's backend has no compare-and-set: processes may miss each other's counts.",
    ]);
  });

  it("an entry of another kind in the backend is a miss", async () => {
    const map = new Map<string, unknown>();
    const { cache } = opened({ backend: mapAdapter(map) });
    await cache.store(get("/a/"), response("[1]"));
    for (const rubbish of ["", "x", "{}\n[]", '{"format":"bankdata-answer-0","status":200}\n[]', 5, null]) {
      for (const key of map.keys()) map.set(key, rubbish);
      expect(await cache.find(get("/a/"))).toBeUndefined();
    }
  });
});
