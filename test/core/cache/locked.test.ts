import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import { silentLogger } from "../../../packages/core/src/base/logger.ts";
import { SqliteStore } from "../../../packages/core/src/cache/sqlite-store.ts";
import { GoCardlessClient, QuotaUnavailableError, TimeoutError } from "../../../packages/core/src/index.ts";
import { TestClock } from "../../support/clock.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { startService } from "../../support/service.ts";
import { get, opened, response } from "./suite.ts";

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** Measures the longest time for which the event loop was blocked, in milliseconds. */
function gapMeter() {
  let last = performance.now();
  let longest = 0;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 5);
  onTestFinished(() => clearInterval(timer));
  return () => {
    look();
    return longest;
  };
}

function locked(file: string, how: "IMMEDIATE" | "EXCLUSIVE" = "IMMEDIATE") {
  const other = new DatabaseSync(file);
  other.exec(`BEGIN ${how}`);
  return () => {
    other.exec("ROLLBACK");
    other.close();
  };
}

const clientOn = (baseUrl: string, cacheName: string, timeout: number, now = Date.now) =>
  new GoCardlessClient({
    secretId: "i",
    secretKey: "k",
    baseUrl,
    timeout,
    now,
    cacheOptions: { cacheName, oldDataOnError: false },
  });

const answering = () =>
  startService((request) => (request.path.startsWith("/token/") ? undefined : { body: { balances: [] } }));

describe("a locked cache file", () => {
  it.each(["IMMEDIATE", "EXCLUSIVE"] as const)(
    "a call ends within its timeout while another program holds the lock (%s), and the event loop is not blocked",
    async (how) => {
      await using service = await answering();
      const cacheName = join(temporaryFolder(), "cache.sqlite");
      await using client = clientOn(service.baseUrl, cacheName, 1000);
      await client.getAccountBalances(ACCOUNT);
      const unlock = locked(cacheName, how);
      const longest = gapMeter();
      const startedAt = performance.now();
      const error = await client
        .getAccountBalances(ACCOUNT, { forceRefresh: true })
        .catch((thrown) => thrown);
      expect(error).toBeInstanceOf(TimeoutError);
      // No wait for a lock, which takes up to five seconds, and no busy timeout, which blocks everything.
      expect(performance.now() - startedAt).toBeLessThan(4500);
      expect(longest()).toBeLessThan(3000);
      unlock();
      await client.close();
      expect(service.asked()).toHaveLength(1);
      expect((await client.quota(ACCOUNT)).balances.remaining).toBe(3);
    },
  );

  it("a fresh response is returned at once while the file is locked, even by a process that has just started", async () => {
    await using service = await answering();
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    {
      await using first = clientOn(service.baseUrl, cacheName, 1000);
      await first.getAccountBalances(ACCOUNT);
    }
    const unlock = locked(cacheName);
    await using client = clientOn(service.baseUrl, cacheName, 1000);
    expect(await client.getAccountBalances(ACCOUNT)).toMatchObject({ balances: [] });
    unlock();
    expect(service.asked()).toHaveLength(1);
  });

  it("no request is sent for an account while the call cannot be counted; a forced one is sent, and counted later", async () => {
    await using service = await answering();
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    await using client = clientOn(service.baseUrl, cacheName, 60_000);
    await client.getAccountBalances(ACCOUNT);
    const unlock = locked(cacheName);
    const error = await client.getAccountBalances(ACCOUNT, { forceRefresh: true }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(QuotaUnavailableError);
    expect(error).toMatchObject({
      accountId: ACCOUNT,
      dataKind: "balances",
      reason: expect.stringMatching(/locked/),
    });
    expect(service.asked()).toHaveLength(1);
    await client.getAccountBalances(ACCOUNT, { forceRefresh: true, force: true });
    expect(service.asked()).toHaveLength(2);
    unlock();
    await client.getAccountBalances(ACCOUNT, { forceRefresh: true });
    await client.close();
    const again = clientOn(service.baseUrl, cacheName, 1000);
    expect((await again.quota(ACCOUNT)).balances.remaining).toBe(1);
    await again.close();
  }, 60_000);

  it("a response is returned even if it cannot be written to the file yet", async () => {
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    const unlocks: (() => void)[] = [];
    await using service = await startService((request) => {
      if (request.path.startsWith("/token/")) return undefined;
      unlocks.push(locked(cacheName));
      return { body: { balances: [] } };
    });
    await using client = clientOn(service.baseUrl, cacheName, 1500);
    expect(await client.getAccountBalances(ACCOUNT)).toMatchObject({ balances: [] });
    for (const unlock of unlocks) unlock();
    await client.close();
    expect(await client.getAccountBalances(ACCOUNT, { onlyIfCached: true })).toMatchObject({ balances: [] });
    expect((await client.quota(ACCOUNT)).balances.remaining).toBe(3);
  });
});

it("a write waits for a lock that is released soon", async () => {
  const cacheName = join(temporaryFolder(), "cache.sqlite");
  const { cache, warnings } = opened({ cacheName });
  await cache.store(get("/a/"), response("[1]"));
  const holder = new Worker(
    `const { DatabaseSync } = require("node:sqlite");
     const { parentPort, workerData } = require("node:worker_threads");
     const other = new DatabaseSync(workerData);
     other.exec("BEGIN IMMEDIATE");
     parentPort.postMessage("held");
     setTimeout(() => { other.exec("ROLLBACK"); other.close(); }, 300);`,
    { eval: true, workerData: cacheName },
  );
  const ended = once(holder, "exit");
  await once(holder, "message");
  await cache.store(get("/a/"), response("[2]"));
  expect((await cache.find(get("/a/")))?.body).toBe("[2]");
  expect(warnings).toEqual([]);
  await cache.close();
  await ended;
});

it("a client that started while the file could not be opened later uses it, with what it kept in memory", async () => {
  const cacheName = join(temporaryFolder(), "cache.sqlite");
  const other = new DatabaseSync(cacheName);
  other.exec(
    "PRAGMA application_id = 1651403620; PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
  );
  const clock = new TestClock();
  const { cache, warnings } = opened({ cacheName }, "scope-1", clock);
  await cache.store(get("/accounts/a/"), response("[1]"));
  expect((await cache.find(get("/accounts/a/")))?.body).toBe("[1]");
  await expect(cache.records?.compareAndSet("count", undefined, "1")).rejects.toThrow(/locked/);
  expect(warnings).toHaveLength(1);
  other.close();
  clock.advance({ seconds: 1 });
  expect(await cache.records?.compareAndSet("count", undefined, "1")).toBe(true);
  expect((await cache.find(get("/accounts/a/")))?.body).toBe("[1]");
  await cache.close();
  const again = opened({ cacheName }, "scope-1", clock);
  expect((await again.cache.find(get("/accounts/a/")))?.body).toBe("[1]");
  await again.cache.close();
}, 30_000);

it("a response whose write had to wait does not replace one that arrived after it", async () => {
  const now = 10_000;
  const context = { logger: silentLogger, now: () => now, isNamed: true, maxBytes: 1e6 };
  const store = new SqliteStore(join(temporaryFolder(), "cache.sqlite"), context);
  const key = { tenant: "tenant", key: "key", path: "/a/" };
  const arrived = (createdAt: number) => ({
    ...{ status: 200, headers: {}, expiresAt: null, createdAt },
    body: `[${createdAt}]`,
  });
  const keptAfter = async (...times: number[]) => {
    for (const createdAt of times) await store.set(key, arrived(createdAt));
    const kept = await store.get(key.tenant, key.key);
    await store.deletePaths(key.tenant, [key.path]);
    return kept?.body;
  };
  expect(await keptAfter(5000, 4000)).toBe("[5000]");
  expect(await keptAfter(4000, 5000)).toBe("[5000]");
  // From the future: stored before the clock was set back.
  expect(await keptAfter(now + 1, 4000)).toBe("[4000]");
  await store.close();
});
