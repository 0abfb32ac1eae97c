import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, vi } from "vitest";
import { CACHE_FORMAT } from "../../../packages/core/src/cache/file-format.ts";
import { filesSetAside } from "../../../packages/core/src/cache/index.ts";
import { lockFileOf } from "../../../packages/core/src/store/file-lock.ts";
import { identityOf } from "../../../packages/core/src/store/sqlite/file-kind.ts";
import { DamagedFileError } from "../../../packages/core/src/store/sqlite/open.ts";
import { replaceDamaged } from "../../../packages/core/src/store/sqlite/replace-damaged.ts";
import { removeSetAside } from "../../../packages/core/src/store/sqlite/set-aside.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { get, opened, response } from "./suite.ts";

const asideIn = (folder: string) => readdirSync(folder).filter((name) => name.includes("unusable"));

/** A cache with some large responses and a count, closed. */
async function filled(cacheName: string): Promise<void> {
  const { cache } = opened({ cacheName });
  await cache.records?.compareAndSet("count", undefined, "3");
  for (let at = 0; at < 30; at += 1)
    await cache.store(get(`/a${at}/`), response(`${Math.random()}`.repeat(300)));
  await cache.close();
}

/** Overwrites the root page of a table with garbage. */
function spoil(cacheName: string, table: string): void {
  const database = new DatabaseSync(cacheName);
  const { page } =
    database.prepare("SELECT rootpage AS page FROM sqlite_schema WHERE name = ?").get(table) ?? {};
  database.close();
  // In another process, as closing a file drops the locks of this one.
  const script = `const fs = require("node:fs"); const file = fs.openSync(process.argv[1], "r+");
    fs.writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, ${(Number(page) - 1) * 4096})`;
  execFileSync(process.execPath, ["-e", script, cacheName]);
}

describe("a damaged cache file", () => {
  it("a damaged file is set aside with its log once for all clients, and the new one keeps its counts", async () => {
    const folder = temporaryFolder();
    const cacheName = join(folder, "cache.sqlite");
    await filled(cacheName);
    spoil(cacheName, "answers");
    const clients = Array.from({ length: 5 }, () => opened({ cacheName }));
    await Promise.all(clients.map(({ cache }, at) => cache.store(get(`/b${at}/`), response(`[${at}]`))));
    for (const [at] of clients.entries())
      for (const { cache } of clients) expect((await cache.find(get(`/b${at}/`)))?.body).toBe(`[${at}]`);
    const counts = clients.map(({ cache }) => cache.records?.compareAndSet("count", "3", "4"));
    expect((await Promise.all(counts)).filter(Boolean)).toHaveLength(1);
    for (const { cache } of clients) await cache.close();
    expect(asideIn(folder).filter((name) => !/-(?:wal|shm)$/.test(name))).toHaveLength(1);
    expect(clients.flatMap(({ warnings }) => warnings)).toEqual([
      expect.stringMatching(/was damaged.*kept as .*unusable-/),
    ]);
  });

  it("a file that is damaged while clients have it open is replaced for all of them", async () => {
    const folder = temporaryFolder();
    const cacheName = join(folder, "cache.sqlite");
    await filled(cacheName);
    const clients = Array.from({ length: 5 }, () => opened({ cacheName }));
    for (const { cache } of clients) expect(await cache.records?.get("count")).toBe("3");
    spoil(cacheName, "answers");
    let counted = 0;
    for (let round = 0; round < 4; round += 1) {
      for (const { cache } of clients) {
        await cache.store(get("/b/"), response("[2]"));
        const count = await cache.records?.get("count");
        if (await cache.records?.compareAndSet("count", count, `${Number(count) + 1}`)) counted += 1;
      }
    }
    expect([counted, await clients[0]?.cache.records?.get("count")]).toEqual([20, "23"]);
    for (const { cache } of clients) await cache.close();
    expect(asideIn(folder).filter((name) => !/-(?:wal|shm)$/.test(name))).toHaveLength(1);
  });

  it("a file with a damaged header still counts as ours, and is set aside", async () => {
    for (const at of [3, 17, 70]) {
      const folder = temporaryFolder();
      const cacheName = join(folder, "cache.sqlite");
      await filled(cacheName);
      const bytes = readFileSync(cacheName);
      const file = openSync(cacheName, "r+");
      writeSync(file, Buffer.from([(bytes[at] ?? 0) ^ 0x10]), 0, 1, at);
      closeSync(file);
      const { cache } = opened({ cacheName });
      await cache.store(get("/b/"), response("[1]"));
      expect((await cache.find(get("/b/")))?.body).toBe("[1]");
      await cache.close();
    }
  });

  it("each damaged file is set aside under a name of its own, even at the same instant", async () => {
    const folder = temporaryFolder();
    const cacheName = join(folder, "cache.sqlite");
    for (let time = 0; time < 3; time += 1) {
      await filled(cacheName);
      spoil(cacheName, "answers");
      const { cache } = opened({ cacheName });
      await cache.store(get("/b/"), response("[1]"));
      await cache.close();
    }
    const aside = await filesSetAside(cacheName);
    expect(aside.map(({ ours }) => ours)).toEqual([true, true, true]);
    expect(removeSetAside(aside)).toBe(3);
    expect(asideIn(folder)).toEqual([]);
    expect(existsSync(cacheName)).toBe(true);
  });

  it("a damaged file that cannot be replaced stays, counts as a miss, and new responses are kept in memory", async () => {
    const folder = temporaryFolder();
    const cacheName = join(folder, "cache.sqlite");
    await filled(cacheName);
    spoil(cacheName, "answers");
    const before = statSync(cacheName).ino;
    execFileSync("mkdir", [lockFileOf(cacheName)]);
    const { cache, warnings } = opened({ cacheName });
    expect(await cache.find(get("/a1/"))).toBeUndefined();
    expect(statSync(cacheName).ino).toBe(before);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The cache could not be read \(.*it is a folder\); the call goes on without it\.$/,
      ),
    ]);
    await cache.store(get("/b/"), response("[1]"));
    expect((await cache.find(get("/b/")))?.body).toBe("[1]");
    await cache.close();
  });

  it.each([
    ["another file has taken its place", (file: string, good: string) => renameSync(good, file)],
    ["its lock was lost", (file: string) => writeFileSync(lockFileOf(file), "of another process")],
  ])("a damaged file stays if, during the wait for its writers, %s", async (_, change) => {
    const folder = temporaryFolder();
    const [file, good] = [join(folder, "cache.sqlite"), join(folder, "good.sqlite")];
    await filled(file);
    await filled(good);
    const writer = new DatabaseSync(file);
    writer.exec("BEGIN IMMEDIATE");
    const damaged = new DamagedFileError(file, identityOf(file) ?? "", new Error("malformed"));
    const replaced = replaceDamaged(damaged, CACHE_FORMAT, 0);
    await vi.waitFor(() => expect(existsSync(lockFileOf(file))).toBe(true), { interval: 1 });
    change(file, good);
    const there = identityOf(file);
    writer.close();
    expect(await replaced).toBeUndefined();
    expect(identityOf(file)).toBe(there);
    expect(asideIn(folder)).toEqual([]);
  });
});

it("a client with an open file finds the new one if another process has removed and made the file again", async () => {
  const cacheName = join(temporaryFolder(), "cache.sqlite");
  const one = opened({ cacheName });
  await one.cache.store(get("/a/"), response("[1]"));
  for (const part of ["-wal", "-shm", ""]) rmSync(cacheName + part);
  const other = opened({ cacheName });
  await other.cache.store(get("/a/"), response("[2]"));
  expect((await one.cache.find(get("/a/")))?.body).toBe("[2]");
  await one.cache.close();
  expect((await other.cache.find(get("/a/")))?.body).toBe("[2]");
  await other.cache.store(get("/b/"), response("[3]"));
  await other.cache.close();
  const again = opened({ cacheName });
  expect((await again.cache.find(get("/b/")))?.body).toBe("[3]");
  await again.cache.close();
  expect([one.warnings, other.warnings, again.warnings]).toEqual([[], [], []]);
});

describe("a cache file of an older layout", () => {
  const FIRST = `CREATE TABLE answers (key TEXT PRIMARY KEY, scope TEXT NOT NULL, path TEXT NOT NULL,
      status INTEGER NOT NULL, headers TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, body TEXT NOT NULL) STRICT;
    CREATE INDEX answers_by_path ON answers (scope, path);
    CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    PRAGMA application_id = 1651403620; PRAGMA user_version = 1;`;

  it("a file of the first layout is upgraded while an older process has it open, and no write of either is lost", async () => {
    const folder = temporaryFolder();
    const cacheName = join(folder, "cache.sqlite");
    const older = new DatabaseSync(cacheName);
    older.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; BEGIN; ${FIRST} COMMIT`);
    const count = older.prepare("INSERT INTO records (name, value) VALUES (?, ?)");
    for (let at = 0; at < 21; at += 1) count.run(`account ${at}`, "4");
    const { cache, warnings, clock } = opened({ cacheName });
    const key = cache.keyOf(get("/accounts/a/"));
    older
      .prepare("INSERT INTO answers VALUES (?, 'scope-1', '/accounts/a/', 200, '{}', ?, NULL, '[1]')")
      .run(key, clock.now());
    for (let at = 0; at < 21; at += 1) expect(await cache.records?.get(`account ${at}`)).toBe("4");
    expect((await cache.find(get("/accounts/a/")))?.body).toBe("[1]");
    expect(await cache.viewFor(get).size()).toBeGreaterThan(400);
    older.prepare("UPDATE records SET value = ? WHERE name = ? AND value = ?").run("5", "account 0", "4");
    count.run("account 21", "1");
    expect(await cache.records?.get("account 0")).toBe("5");
    expect(await cache.records?.get("account 21")).toBe("1");
    expect(await cache.records?.compareAndSet("account 0", "5", "6")).toBe(true);
    expect(older.prepare("SELECT value FROM records WHERE name = 'account 0'").get()).toEqual({ value: "6" });
    await cache.close();
    older.close();
    expect([warnings, asideIn(folder)]).toEqual([[], []]);
  });

  it("older processes, which write no checksums, and newer ones can read each other's entries", async () => {
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    const { cache, clock, warnings } = opened({ cacheName });
    await cache.store(get("/accounts/a/"), response("[1]"));
    await cache.records?.compareAndSet("count", undefined, "1");
    const older = new DatabaseSync(cacheName);
    older
      .prepare("UPDATE answers SET body = ?, created_at = ? WHERE key = ?")
      .run("[2]", clock.now() + 1, cache.keyOf(get("/accounts/a/")));
    older.prepare("UPDATE records SET value = ? WHERE name = ? AND value = ?").run("2", "count", "1");
    older.exec("INSERT OR IGNORE INTO records (name, value) VALUES ('lease', 'held')");
    expect((await cache.find(get("/accounts/a/")))?.body).toBe("[2]");
    expect(await cache.records?.get("count")).toBe("2");
    expect(await cache.records?.get("lease")).toBe("held");
    await cache.close();
    older.close();
    expect(warnings).toEqual([]);
  });
});
