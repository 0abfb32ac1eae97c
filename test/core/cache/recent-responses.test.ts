import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecentResponses } from "../../../packages/core/src/cache/recent-responses.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { forgetChangedBy } from "../../support/requests.ts";
import { get, opened, response } from "./suite.ts";

const long = (word: string) => `["${word.repeat(2000)}"]`;

describe("a response that is read again", () => {
  it("a response that another client replaced, invalidated or deleted is never returned", async () => {
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    const [here, there] = [opened({ cacheName }).cache, opened({ cacheName }).cache];
    const read = async () => (await here.find(get("/a/")))?.body;
    await here.store(get("/a/"), response(long("one ")));
    for (const body of [long("two "), '["three"]', long("four ")]) {
      await there.store(get("/a/"), response(body));
      expect([await read(), await read()]).toEqual([body, body]);
    }
    await forgetChangedBy(there, { method: "DELETE", path: "/a/" });
    expect(await read()).toBeUndefined();
    await there.store(get("/a/"), response(long("five ")));
    expect(await read()).toBe(long("five "));
    await there.viewFor(get).clear();
    expect(await read()).toBeUndefined();
    await Promise.all([here.close(), there.close()]);
  });

  it("the body is not read from the file again as long as the checksum is the same", async () => {
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    const { cache } = opened({ cacheName });
    await cache.store(get("/a/"), response(long("one ")));
    expect((await cache.find(get("/a/")))?.body).toBe(long("one "));
    const other = new DatabaseSync(cacheName);
    other.exec("UPDATE answers SET body = 'damaged'");
    expect((await cache.find(get("/a/")))?.body).toBe(long("one "));
    other.exec("UPDATE answers SET checksum = 'other'");
    expect(await cache.find(get("/a/"))).toBeUndefined();
    other.close();
    await cache.close();
  });

  it("a response without a checksum, of an earlier version, is read from the file each time", async () => {
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    const { cache } = opened({ cacheName });
    await cache.store(get("/a/"), response("[1]"));
    const other = new DatabaseSync(cacheName);
    for (const body of ["[2]", "[3]"]) {
      other.prepare("UPDATE answers SET checksum = NULL, body = ?").run(body);
      expect((await cache.find(get("/a/")))?.body).toBe(body);
    }
    other.close();
    await cache.close();
  });
});

describe("RecentResponses", () => {
  const stored = (length: number) => ({
    ...{ status: 200, headers: {}, createdAt: 0, expiresAt: null },
    body: "x".repeat(length),
  });

  it("the responses that were used last are remembered, up to 4 million characters in all", () => {
    const recent = new RecentResponses();
    const uses = fc.array(
      fc.tuple(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.integer({ max: 2_000_000, min: 0 })),
    );
    fc.assert(
      fc.property(uses, (given) => {
        recent.clear();
        const order: [string, number][] = [];
        for (const [key, length] of given) {
          recent.remember(key, stored(length), `${key} ${length}`);
          order.splice(0, order.length, ...order.filter(([other]) => other !== key), [key, length]);
        }
        const found = order.filter(([key]) => recent.get(key) !== undefined);
        expect(found).toEqual(order.slice(order.length - found.length));
        expect(found.reduce((sum, [, length]) => sum + length, 0)).toBeLessThanOrEqual(4_000_000);
        expect(found.length).toBeGreaterThanOrEqual(Math.min(order.length, 2));
      }),
      { numRuns: 200 },
    );
  });

  it("a use keeps a response from being forgotten; one that is too long, or has no checksum, is not remembered", () => {
    const recent = new RecentResponses();
    recent.remember("a", stored(1_500_000), "a");
    recent.remember("b", stored(1_500_000), "b");
    recent.get("a");
    recent.remember("c", stored(1_500_000), "c");
    expect([recent.get("a")?.checksum, recent.get("b"), recent.get("c")?.checksum]).toEqual([
      "a",
      undefined,
      "c",
    ]);
    recent.remember("d", stored(4_000_001), "d");
    recent.remember("a", stored(1), null);
    expect([recent.get("a"), recent.get("d"), recent.get("c")?.checksum]).toEqual([
      undefined,
      undefined,
      "c",
    ]);
  });
});
