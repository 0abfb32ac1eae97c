import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { lockFileOf } from "../../../packages/core/src/store/file-lock.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { forgetChangedBy } from "../../support/requests.ts";
import { get, opened, response } from "./suite.ts";

/** A text that does not fit into the existing pages of a log, however it is compressed. */
const large = () => randomBytes(200_000).toString("base64");

/** Something that keeps an open file from being written. */
interface Trouble {
  cacheName: string;
  begin(): void;
  end(): void;
}

function lockOfAnother(): Trouble {
  const cacheName = join(temporaryFolder(), "cache.sqlite");
  let other: DatabaseSync | undefined;
  return {
    cacheName,
    begin() {
      other = new DatabaseSync(cacheName);
      other.exec("BEGIN IMMEDIATE");
    },
    end: () => other?.close(),
  };
}

/** A small disk of its own, which only root can mount. */
function fullDisk(): Trouble {
  const folder = join(temporaryFolder(), "disk");
  mkdirSync(folder);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1500k,mode=700", "tmpfs", folder]);
  // Unmounted lazily, as a failed test leaves the file open.
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  const filling = join(folder, "filling");
  return {
    cacheName: join(folder, "cache.sqlite"),
    begin() {
      try {
        writeFileSync(filling, Buffer.alloc(2_000_000));
      } catch {} // It is full, as it should be.
    },
    end: () => rmSync(filling),
  };
}

const troubles: [string, RegExp, () => Trouble][] = [
  ["another program takes its lock", /locked/, lockOfAnother],
];
if (process.getuid?.() === 0 && process.platform === "linux")
  troubles.push(["its disk fills", /full/, fullDisk]);

describe.each(troubles)("if a cache file is open when %s", (_, reason, make) => {
  it("no response is lost: each is returned at once and written later, with one warning, and counts are rejected", async () => {
    const trouble = make();
    const { cacheName } = trouble;
    const { cache, clock, warnings } = opened({ cacheName });
    await cache.store(get("/a/"), response("[1]"));
    trouble.begin();
    clock.advance({ seconds: 1 });
    const bodies = [large(), large()] as const;
    await cache.store(get("/a/"), response(bodies[0]));
    expect((await cache.find(get("/a/")))?.body).toBe(bodies[0]);
    await cache.store(get("/b/"), response(bodies[1]));
    expect((await cache.find(get("/b/")))?.body).toBe(bodies[1]);
    expect(await cache.viewFor(get).count()).toBe(2);
    await expect(cache.records?.compareAndSet("count", undefined, large())).rejects.toThrow(reason);
    clock.advance({ seconds: 1 });
    await cache.store(get("/c/"), response("[3]"));
    expect(warnings).toEqual([
      expect.stringMatching(/can only be read for now .*new responses are kept in memory/),
    ]);
    expect(warnings[0]).toMatch(reason);
    trouble.end();
    const other = opened({ cacheName }, "scope-1", clock);
    expect((await other.cache.find(get("/a/")))?.body).toBe("[1]");
    clock.advance({ seconds: 1 });
    await cache.store(get("/d/"), response("[4]"));
    expect((await other.cache.find(get("/a/")))?.body).toBe(bodies[0]);
    expect((await other.cache.find(get("/b/")))?.body).toBe(bodies[1]);
    expect((await other.cache.find(get("/c/")))?.body).toBe("[3]");
    expect((await other.cache.find(get("/d/")))?.body).toBe("[4]");
    expect(await cache.records?.compareAndSet("count", undefined, "1")).toBe(true);
    expect(await cache.viewFor(get).clear()).toBe(4);
    await cache.close();
    await other.cache.close();
    expect(warnings).toHaveLength(1);
  }, 60_000);

  it("closing writes what was kept in memory, and writing is tried at most once a second", async () => {
    const trouble = make();
    const { cacheName } = trouble;
    const { cache, clock } = opened({ cacheName });
    await cache.store(get("/a/"), response("[1]"));
    trouble.begin();
    const body = large();
    await cache.store(get("/a/"), response(body));
    trouble.end();
    const other = opened({ cacheName }, "scope-1", clock);
    await cache.store(get("/b/"), response("[2]"));
    expect(await other.cache.find(get("/b/"))).toBeUndefined();
    await cache.close();
    expect((await other.cache.find(get("/a/")))?.body).toBe(body);
    expect((await other.cache.find(get("/b/")))?.body).toBe("[2]");
    await other.cache.close();
  }, 60_000);

  it("a warning says that nothing could be invalidated in the file, but responses in memory are invalidated", async () => {
    const trouble = make();
    const { cacheName } = trouble;
    const { cache, clock, warnings } = opened({ cacheName });
    await cache.store(get("/a/"), response("[0]"));
    trouble.begin();
    await cache.store(get("/b/"), response(large()));
    const isTold = await cache
      .viewFor(get)
      .delete({ match: "/b/" })
      .then(
        () => false,
        (error: unknown) => reason.test(String(error)),
      );
    expect(await cache.find(get("/b/"))).toBeUndefined();
    trouble.end();
    await cache.close();
    const other = opened({ cacheName }, "scope-1", clock);
    expect(await other.cache.find(get("/b/"))).toBeUndefined();
    expect((await other.cache.find(get("/a/")))?.body).toBe("[0]");
    await other.cache.close();
    // A little may still fit on a full disk.
    if (make === lockOfAnother) expect(isTold).toBe(true);
    expect(warnings.length).toBeGreaterThan(0);
  }, 60_000);
});

describe("responses that wait in memory for a file", () => {
  /** A cache that has kept responses in memory, and a file that can be opened again, but whose lock another holds. */
  async function waiting(paths: readonly string[]) {
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    mkdirSync(lockFileOf(cacheName)); // So that no file can be made.
    const { cache, clock, warnings } = opened({ cacheName });
    for (const path of paths) await cache.store(get(path), response("[2]"));
    rmdirSync(lockFileOf(cacheName));
    clock.advance({ seconds: -5 });
    const other = opened({ cacheName }, "scope-1", clock);
    for (const path of paths) await other.cache.store(get(path), response("[1]"));
    await other.cache.close();
    clock.advance({ seconds: 10 });
    const holder = new DatabaseSync(cacheName);
    holder.exec("BEGIN IMMEDIATE");
    const inFile = async (path: string) => {
      const reader = opened({ cacheName }, "scope-1", clock);
      const found = await reader.cache.find(get(path));
      await reader.cache.close();
      return found?.body;
    };
    return { cache, clock, warnings, unlock: () => holder.close(), inFile };
  }

  it("responses are returned while they are being written", async () => {
    const { cache, unlock, inFile } = await waiting(["/a/", "/b/"]);
    const found = await Promise.all(["/a/", "/b/", "/a/"].map((path) => cache.find(get(path))));
    expect(found.map((one) => one?.body)).toEqual(["[2]", "[2]", "[2]"]);
    expect(await cache.viewFor(get).count()).toBe(2);
    unlock();
    await cache.close();
    expect([await inFile("/a/"), await inFile("/b/")]).toEqual(["[2]", "[2]"]);
  });

  it("responses that are invalidated while they are being written do not reappear", async () => {
    const { cache, unlock, inFile } = await waiting(["/a/", "/b/", "/c/"]);
    const beingWritten = cache.find(get("/c/"));
    await turnOfTheLoop();
    const invalidated = forgetChangedBy(cache, { method: "DELETE", path: "/a/" });
    const deleted = cache.viewFor(get).delete({ match: "/b/" });
    unlock();
    await Promise.all([beingWritten, invalidated, deleted]);
    expect(await cache.find(get("/a/"))).toBeUndefined();
    expect(await cache.find(get("/b/"))).toBeUndefined();
    await cache.close();
    expect([await inFile("/a/"), await inFile("/b/"), await inFile("/c/")]).toEqual([
      undefined,
      undefined,
      "[2]",
    ]);
  });

  it("newer responses replace those in memory, and invalidated ones stay away, if writing fails", async () => {
    const { cache, clock, unlock, inFile } = await waiting(["/a/", "/b/"]);
    const beingWritten = cache.find(get("/a/"));
    await turnOfTheLoop();
    const cleared = cache
      .viewFor(get)
      .clear()
      .catch(() => "rejected");
    clock.advance({ seconds: 1 });
    await cache.store(get("/a/"), response("[3]"));
    // While the lock is held, the file can be read: of the other response, only the old one in the file is left.
    await beingWritten;
    expect(await cleared).toBe("rejected");
    expect((await cache.find(get("/b/")))?.body).toBe("[1]");
    unlock();
    await cache.store(get("/a/"), response("[4]"));
    await cache.close();
    expect([await inFile("/a/"), await inFile("/b/")]).toEqual(["[4]", "[1]"]);
  }, 30_000);
});
