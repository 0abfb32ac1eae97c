import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { SqliteStore } from "../../../packages/core/src/cache/sqlite-store.ts";
import { ConfigurationError, GoCardlessClient } from "../../../packages/core/src/index.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { startService } from "../../support/service.ts";
import { get, opened, response } from "./suite.ts";

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** Everything in a folder as the file system describes it: names, kinds, modes, sizes, times and bytes. */
function picture(folder: string): unknown[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mode, size, mtimeMs, ino } = lstatSync(path);
      const bytes = lstatSync(path).isFile()
        ? createHash("sha256").update(readFileSync(path)).digest("hex")
        : "";
      return { name, mode, size, mtimeMs, ino, bytes };
    });
}

function database(file: string, sql: string): DatabaseSync {
  const made = new DatabaseSync(file);
  made.exec(sql);
  return made;
}

/** How a log of SQLite begins. */
const WAL_BEGINNING = Buffer.from("377f0682002de218", "hex");

/** Everything that a cache path can lead to instead of a cache file, and how the error describes it. */
const THINGS: [string, RegExp, (file: string) => void][] = [
  ["a folder", /a folder/, (file) => mkdirSync(file, { mode: 0o755 })],
  ["a text", /not a database/, (file) => writeFileSync(file, "precious words ".repeat(500), { mode: 0o644 })],
  ["a short text", /not a database/, (file) => writeFileSync(file, "words", { mode: 0o644 })],
  ["a named pipe", /a named pipe/, (file) => void execFileSync("mkfifo", [file])],
  ["a link to a device", /a device/, (file) => symlinkSync("/dev/zero", file)],
  ["a broken link", /it is a broken link/, (file) => symlinkSync(`${file}.not-there`, file)],
  [
    "nothing beside someone else's -journal",
    /-journal beside it/,
    (file) => writeFileSync(`${file}-journal`, "notes"),
  ],
  ["nothing beside someone else's -shm", /-shm beside it/, (file) => writeFileSync(`${file}-shm`, "notes")],
  ["nothing beside someone else's -wal", /-wal beside it/, (file) => writeFileSync(`${file}-wal`, "notes")],
  ["nothing beside a log", /a database that is gone/, (file) => writeFileSync(`${file}-wal`, WAL_BEGINNING)],
  ["nothing beside a link", /-shm beside it is a link/, (file) => symlinkSync("/dev/null", `${file}-shm`)],
  [
    "an empty file beside someone else's -journal",
    /-journal beside it/,
    (file) => {
      writeFileSync(file, "");
      writeFileSync(`${file}-journal`, "notes");
    },
  ],
  ...["-journal", "-wal", "-shm"].map((suffix): [string, RegExp, (file: string) => void] => [
    `nothing beside a named pipe ${suffix}`,
    /a named pipe/,
    (file) => void execFileSync("mkfifo", [file + suffix]),
  ]),
  [
    "a link to a text",
    /not a database/,
    (file) => {
      writeFileSync(`${file}.txt`, "precious words", { mode: 0o644 });
      symlinkSync(`${file}.txt`, file);
    },
  ],
  [
    "another program's database",
    /another program's database/,
    (file) => database(file, "CREATE TABLE precious (a); INSERT INTO precious VALUES (42)").close(),
  ],
  [
    "another program's database with an application id",
    /another program's database/,
    (file) => database(file, "PRAGMA application_id = 252006673; CREATE TABLE precious (a)").close(),
  ],
  [
    "another program's database in use, its rows in the log alone",
    /another program's database/,
    (file) => {
      const other = database(
        file,
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE precious (a)",
      );
      for (let row = 0; row < 101; row += 1) other.exec(`INSERT INTO precious VALUES (${row})`);
      onTestFinished(() => {
        expect(other.prepare("SELECT count(*) AS rows FROM precious").get()).toEqual({ rows: 101 });
        other.close();
        const again = new DatabaseSync(file);
        expect(again.prepare("SELECT count(*) AS rows FROM precious").get()).toEqual({ rows: 101 });
        again.close();
      });
    },
  ],
  [
    "an empty file whose log is another program's",
    /another program's database/,
    (file) => {
      writeFileSync(file, "");
      writeFileSync(`${file}-wal`, "some pages");
    },
  ],
  [
    "a cache of a newer version",
    /newer version/,
    (file) =>
      database(
        file,
        "CREATE TABLE answers (other); PRAGMA application_id = 1651403620; PRAGMA user_version = 99",
      ).close(),
  ],
];

describe.each(THINGS)("if the cache path leads to %s", (_, reason, make) => {
  it("every call fails and the path is left alone if the user chose it", async () => {
    const folder = temporaryFolder();
    const cacheName = join(folder, "cache.sqlite");
    make(cacheName);
    const before = picture(folder);
    await using service = await startService(() => ({ body: { balances: [] } }));
    const client = new GoCardlessClient({
      secretId: "i",
      secretKey: "k",
      baseUrl: service.baseUrl,
      cacheOptions: { cacheName },
    });
    const calls: (() => Promise<unknown>)[] = [
      () => client.getAccountBalances(ACCOUNT),
      () => client.listBanks("GB"),
      () => client.deleteRequisition(ACCOUNT),
      () => client.token(),
      () => client.quota(ACCOUNT),
      () => client.cache?.clear() ?? Promise.resolve(),
      () => client.cache?.count() ?? Promise.resolve(),
    ];
    for (const call of calls) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).toMatch(reason);
      expect(String(error)).toContain(cacheName);
    }
    await client.close();
    expect(service.received).toEqual([]);
    expect(picture(folder)).toEqual(before);
  });

  it("the path is left alone, one warning is logged and memory is used if the user did not choose it", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "cache.sqlite");
    make(file);
    const before = picture(folder);
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (line: string) => void warnings.push(line), error() {} };
    const store = new SqliteStore(file, { logger, now: Date.now, isNamed: false, maxBytes: 1e6 });
    const where = { key: "k", tenant: "s", path: "/a/" };
    const kept = { status: 200, headers: {}, body: "[1]", createdAt: 1, expiresAt: null };
    await store.set(where, kept);
    expect(await store.get("s", "k")).toEqual(kept);
    expect(await store.records.compareAndSet("count", undefined, "1")).toBe(true);
    expect(await store.records.compareAndSet("count", undefined, "2")).toBe(false);
    expect(await store.records.get("count")).toBe("1");
    await store.close();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(reason);
    expect(picture(folder)).toEqual(before);
  });
});

it("a named pipe beside a cache file is an error at once, and stays as it is", async () => {
  const cacheName = join(temporaryFolder(), "cache.sqlite");
  const { cache } = opened({ cacheName });
  await cache.store(get("/a/"), response("[1]"));
  await cache.close();
  execFileSync("mkfifo", [`${cacheName}-journal`]);
  await expect(opened({ cacheName }).cache.find(get("/a/"))).rejects.toThrow("it is a named pipe");
  rmSync(`${cacheName}-journal`);
  const again = opened({ cacheName }).cache;
  expect((await again.find(get("/a/")))?.body).toBe("[1]");
  await again.close();
});

it("a socket at the path of the cache is left as it is", async () => {
  const cacheName = join(temporaryFolder(), "cache.sqlite");
  const server = createServer().listen(cacheName);
  await new Promise((resolve) => server.once("listening", resolve));
  await expect(opened({ cacheName }).cache.find(get("/a/"))).rejects.toThrow(/a socket/);
  expect(lstatSync(cacheName).isSocket()).toBe(true);
  server.close();
});

it("a name in the options is the user's choice, even if it is the default name", async () => {
  const home = temporaryFolder();
  const previous = process.env["XDG_CACHE_HOME"];
  process.env["XDG_CACHE_HOME"] = home;
  onTestFinished(() => {
    if (previous === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = previous;
  });
  const file = join(home, "bankdata", "gocardless.sqlite");
  mkdirSync(dirname(file));
  writeFileSync(file, "somebody's text");
  const unnamed = opened({});
  await unnamed.cache.store(get("/a/"), response("[1]"));
  expect((await unnamed.cache.find(get("/a/")))?.body).toBe("[1]");
  expect(unnamed.warnings).toHaveLength(1);
  await expect(opened({ cacheName: "gocardless" }).cache.find(get("/a/"))).rejects.toThrow(
    ConfigurationError,
  );
  expect(readFileSync(file, "utf8")).toBe("somebody's text");
});

it("an empty file becomes a cache file, and a link to it stays a link", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "real.sqlite");
  const cacheName = join(folder, "link.sqlite");
  writeFileSync(file, "", { mode: 0o644 });
  symlinkSync(file, cacheName);
  const { cache, warnings } = opened({ cacheName });
  await cache.store(get("/a/"), response("[1]"));
  for (const part of ["", "-wal", "-shm"]) expect(statSync(file + part).mode & 0o777).toBe(0o600);
  await cache.close();
  expect(lstatSync(cacheName).isSymbolicLink()).toBe(true);
  const again = opened({ cacheName: file });
  expect((await again.cache.find(get("/a/")))?.body).toBe("[1]");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await again.cache.close();
  expect(warnings).toEqual([]);
});

it("a file whose application id is only in its log, as older versions leave it, counts as ours", async () => {
  const folder = temporaryFolder();
  const made = database(
    join(folder, "made.sqlite"),
    `PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; BEGIN;
     CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT; INSERT INTO records VALUES ('count', '3');
     PRAGMA application_id = 1651403620; PRAGMA user_version = 2; COMMIT`,
  );
  const cacheName = join(folder, "cache.sqlite");
  for (const part of ["", "-wal"])
    copyFileSync(`${join(folder, "made.sqlite")}${part}`, `${cacheName}${part}`);
  made.close();
  expect(readFileSync(cacheName).readUInt32BE(68)).toBe(0);
  const { cache, warnings } = opened({ cacheName });
  expect(await cache.records?.get("count")).toBe("3");
  await cache.close();
  expect(warnings).toEqual([]);
});

it("a new file has its application id in its header as soon as it is made", async () => {
  const cacheName = join(temporaryFolder(), "cache.sqlite");
  const { cache } = opened({ cacheName });
  await cache.find(get("/a/"));
  expect(readFileSync(cacheName).readUInt32BE(68)).toBe(0x626e6b64);
  await cache.close();
});

it("a folder in which other users can write causes one warning", async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o777);
  const { cache, warnings } = opened({ cacheName: join(folder, "cache.sqlite") });
  await cache.store(get("/a/"), response("[1]"));
  await cache.close();
  await cache.find(get("/a/"));
  await cache.close();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`Other users can write to ${folder}`);
});

it.runIf(process.platform === "linux")(
  "a client that examines a file keeps the locks of another client of the same process",
  async () => {
    const cacheName = join(temporaryFolder(), "cache.sqlite");
    const one = opened({ cacheName }).cache;
    await one.store(get("/a/"), response("[1]"));
    const locks = () =>
      readFileSync("/proc/locks", "utf8")
        .split("\n")
        .filter((line) => line.includes(`:${statSync(cacheName).ino} `));
    expect(locks()).toHaveLength(1);
    const other = opened({ cacheName }).cache;
    expect((await other.find(get("/a/")))?.body).toBe("[1]");
    expect(locks()).toHaveLength(1);
    await other.close();
    expect(locks()).toHaveLength(1);
    await one.close();
  },
);
