import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { MIGRATIONS, newestOf } from "../../../packages/archive/src/database/migrations/index.ts";
import { filesOfArchive } from "../../../packages/archive/src/database/sqlite/files.ts";
import { mountedType } from "../../../packages/archive/src/database/sqlite/network-drive.ts";
import { openCache } from "../../../packages/core/src/cache/index.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { addAccount, EXTENDED, entryOf, idsIn, NOON, opened, withOneMore } from "./given.ts";

/** The name of the copy that is made before a later version migrates an archive of this one. */
const COPY = `archive.sqlite.version-${newestOf(MIGRATIONS)}`;

const modeOf = (path: string) => statSync(path).mode & 0o777;

/** An archive with one account, closed. */
async function archiveIn(folder: string): Promise<string> {
  const file = join(folder, "archive.sqlite");
  await using database = await opened(file);
  await database.write((writer) => addAccount(writer, "a"));
  return file;
}

it("an archive, its log and the folder that is made for it are its owner's alone", async () => {
  const folder = join(temporaryFolder(), "data", "bankdata");
  const file = join(folder, "archive.sqlite");
  await using database = await opened(file);
  await database.write((writer) => addAccount(writer, "a"));
  expect(readdirSync(folder).sort()).toEqual(["archive.sqlite", "archive.sqlite-shm", "archive.sqlite-wal"]);
  for (const name of readdirSync(folder)) expect([name, modeOf(join(folder, name))]).toEqual([name, 0o600]);
  expect(modeOf(folder)).toBe(0o700);
});

it("an archive that others could read is closed to them, and one that is closed is one file", async () => {
  const folder = temporaryFolder();
  const file = await archiveIn(folder);
  chmodSync(file, 0o644);
  await (await opened(file)).close();
  expect(modeOf(file)).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["archive.sqlite"]);
});

it("a write survives a power cut: it is in the log on the disk before it returns", async () => {
  const file = join(temporaryFolder(), "archive.sqlite");
  await using database = await opened(file);
  const pragmas = await database.write(async ({ kysely }) => {
    const { rows } =
      await sql`select * from pragma_journal_mode, pragma_synchronous, pragma_foreign_keys`.execute(kysely);
    return rows;
  });
  expect(pragmas).toEqual([{ journal_mode: "wal", synchronous: 2, foreign_keys: 1 }]);
});

it("a link to an archive leads to it, and its copies are beside the archive itself", async () => {
  const [folder, place] = [temporaryFolder(), temporaryFolder()];
  const file = await archiveIn(folder);
  const link = join(place, "link.sqlite");
  symlinkSync(file, link);
  await using database = await opened(link, { migrations: EXTENDED });
  expect(await database.kysely.selectFrom("account").select("id").execute()).toEqual([{ id: "a" }]);
  expect(readdirSync(place)).toEqual(["link.sqlite"]);
  expect(readdirSync(folder)).toContain(COPY);
});

it("an archive in memory is gone when it is closed, and no file is made", async () => {
  await using one = await opened(":memory:");
  await using other = await opened(":memory:");
  const account = await one.write((writer) => addAccount(writer, "a"));
  await one.write((writer) => writer.insert("entry", [entryOf(account, { id: "1" })]));
  const found: string[] = [];
  for await (const { id } of one.stream(one.kysely.selectFrom("entry").select("id").compile()))
    found.push(id);
  expect(found).toEqual(["1"]);
  expect(await idsIn(one)).toEqual(["1"]);
  expect(await idsIn(other)).toEqual([]);
  expect(existsSync(":memory:")).toBe(false);
});

/** Things at a path that are not an archive, each with the reason that is given. */
const FOREIGN: [string, RegExp, (path: string) => void | Promise<void>][] = [
  ["a folder", /it is a folder/, (path) => mkdirSync(path)],
  ["a device", /it is a device/, (path) => symlinkSync("/dev/null", path)],
  ["a broken link", /it is a broken link/, (path) => symlinkSync("/nowhere/at-all", path)],
  ["a text", /it is not a database/, (path) => writeFileSync(path, "date;amount\n".repeat(1000))],
  [
    "another program's database",
    /it is another program's database/,
    (path) => {
      const other = new DatabaseSync(path);
      other.exec("create table account (id text); insert into account values ('mine')");
      other.close();
    },
  ],
  [
    "the cache",
    /it is another program's database/,
    async (path) => {
      const cache = openCache(
        { cacheName: path },
        { tenant: "t", now: () => NOON, logger: { debug() {}, info() {}, warn() {}, error() {} } },
      );
      const request = { method: "GET" as const, path: "/a/", query: [] };
      await cache.store(request, { status: 200, headers: new Headers(), body: "[]" });
      await cache.close();
    },
  ],
];

it.each(FOREIGN)("refuses %s, and leaves it as it was", async (_, reason, make) => {
  const folder = temporaryFolder();
  const path = join(folder, "archive.sqlite");
  await make(path);
  const isFile = existsSync(path) && statSync(path).isFile();
  const before = isFile ? readFileSync(path) : undefined;
  await expect(opened(path)).rejects.toMatchObject({
    name: "ConfigurationError",
    message: expect.stringMatching(reason),
  });
  await expect(opened(path)).rejects.toThrow("It was left as it is; choose another path, or move it away.");
  if (isFile) expect(readFileSync(path).equals(before ?? Buffer.of())).toBe(true);
  expect(readdirSync(folder)).toEqual(["archive.sqlite"]);
});

it("refuses a path below a file", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  await expect(opened(join(file, "archive.sqlite"))).rejects.toMatchObject({ name: "ConfigurationError" });
  await expect(opened(join(file, "archive.sqlite"))).rejects.toThrow(/Choose another path/);
});

it("takes an empty file, which a process that was killed can leave behind", async () => {
  const file = join(temporaryFolder(), "archive.sqlite");
  writeFileSync(file, "");
  await (await opened(file)).close();
  expect(modeOf(file)).toBe(0o600);
});

it("an archive of an older version is copied beside it before it is migrated, and the copy is its owner's alone", async () => {
  const folder = temporaryFolder();
  const file = await archiveIn(folder);
  await (await opened(file, { migrations: EXTENDED })).close();
  const copy = `${realpathSync(folder)}/${COPY}`;
  expect(readdirSync(folder).sort()).toEqual(["archive.sqlite", COPY]);
  expect(modeOf(copy)).toBe(0o600);
  const restored = join(temporaryFolder(), "archive.sqlite");
  renameSync(copy, restored);
  await using database = await opened(restored);
  expect(await database.kysely.selectFrom("account").select("id").execute()).toEqual([{ id: "a" }]);
});

it("no copy is made of a new archive, nor of one that is not migrated", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "archive.sqlite");
  await (await opened(file, { migrations: EXTENDED })).close();
  await (await opened(file, { migrations: EXTENDED })).close();
  expect(readdirSync(folder)).toEqual(["archive.sqlite"]);
});

it("one copy is made if an archive is opened several times at once", async () => {
  const folder = temporaryFolder();
  const file = await archiveIn(folder);
  const databases = await Promise.all([1, 2, 3].map(() => opened(file, { migrations: EXTENDED })));
  for (const database of databases) await database.close();
  expect(readdirSync(folder).sort()).toEqual(["archive.sqlite", COPY]);
});

it("a migration that fails names the copy, and a later attempt replaces that", async () => {
  const folder = temporaryFolder();
  const file = await archiveIn(folder);
  const copy = `${realpathSync(folder)}/${COPY}`;
  for (const id of ["b", "c"]) {
    await expect(opened(file, { migrations: withOneMore("nonsense") })).rejects.toThrow(
      `A copy of it is ${copy}.`,
    );
    await using database = await opened(file);
    await database.write((writer) => addAccount(writer, id));
  }
  expect(readdirSync(folder).sort()).toEqual(["archive.sqlite", COPY]);
  await using database = await opened(copy);
  const accounts = await database.kysely.selectFrom("account").select("id").orderBy("id").execute();
  expect(accounts).toEqual([{ id: "a" }, { id: "b" }]);
});

it("what a process that was killed has left of a copy does no harm to the next one", async () => {
  const folder = temporaryFolder();
  const file = await archiveIn(folder);
  const unfinished = `${join(folder, COPY)}.unfinished`;
  writeFileSync(unfinished, readFileSync(file).fill(0xa5, 4096));
  writeFileSync(`${unfinished}-journal`, Buffer.alloc(512, 0xa5));
  await (await opened(file, { migrations: EXTENDED })).close();
  expect(readdirSync(folder).sort()).toEqual(["archive.sqlite", COPY]);
  const copy = new DatabaseSync(join(folder, COPY));
  expect(copy.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(copy.prepare("select id from account").all()).toEqual([{ id: "a" }]);
  copy.close();
});

it("the files of an archive are itself, its log and its copies, and no others, through a link as well", async () => {
  const folder = realpathSync(temporaryFolder());
  const file = await archiveIn(folder);
  await (await opened(file, { migrations: EXTENDED })).close();
  for (const name of ["version-notes", "version-1.txt", "version-9.unfinished", "backup"])
    writeFileSync(`${file}.${name}`, "");
  const own = [file, join(folder, COPY), `${file}.version-9.unfinished`];
  expect((await filesOfArchive(file))?.sort()).toEqual(own);
  const link = join(temporaryFolder(), "link");
  symlinkSync(file, link);
  expect((await filesOfArchive(link))?.sort()).toEqual([...own, link].sort());
  await using _ = await opened(file, { migrations: EXTENDED });
  expect((await filesOfArchive(file))?.sort()).toEqual([...own, `${file}-shm`, `${file}-wal`].sort());
  expect(await filesOfArchive(`${file}.backup.not-there`)).toEqual([]);
  expect(await filesOfArchive(folder)).toBeNull();
});

/** Columns that an entry has got since. */
const LATER_COLUMNS = { first_list: null, first_position: null };

it("an archive of version 1 keeps everything in this version", async () => {
  const file = join(temporaryFolder(), "archive.sqlite");
  const older = new DatabaseSync(file);
  older.exec(readFileSync(join(import.meta.dirname, "version-1.sql"), "utf8"));
  older.close();
  await using database = await opened(file);
  const entries = await database.kysely.selectFrom("entry").selectAll().orderBy("key").execute();
  expect(entries).toEqual([
    {
      ...entryOf(1, {
        id: "0000000000000000000000000a",
        micros: 9_007_199_254_740_993n,
        amount: "9007199254.740993",
      }),
      key: 1,
      ...LATER_COLUMNS,
    },
    {
      ...entryOf(1, {
        id: "0000000000000000000000000b",
        micros: null,
        amount: "0.0000001",
        status: "pending",
      }),
      key: 2,
      ...LATER_COLUMNS,
      certain: 0,
      list: "pending",
      date: "2026-11-22",
      booking_date: null,
      counterparty: null,
      notes: '{"missing":1}',
    },
  ]);
  const { digest } = await database.kysely.selectFrom("payload").select("digest").executeTakeFirstOrThrow();
  expect(Buffer.from(digest).toString("hex")).toBe("00112233445566778899aabbccddeeff");
  const tables = [
    "connection",
    "account_identity",
    "account_handle",
    "run",
    "listing",
    "pack",
    "link",
  ] as const;
  for (const table of [...tables, "former_id", "balance", "decision"] as const) {
    expect([table, (await database.kysely.selectFrom(table).selectAll().execute()).length]).toEqual([
      table,
      1,
    ]);
  }
  expect(MIGRATIONS.length).toBeGreaterThanOrEqual(1);
});

it("an archive that a newer version made stays the same to the byte", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "archive.sqlite");
  await (await opened(file, { migrations: EXTENDED })).close();
  const before = readFileSync(file);
  await expect(opened(file)).rejects.toMatchObject({ name: "ArchiveVersionError" });
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(folder)).toEqual(["archive.sqlite"]);
});

it("warns of a network drive, and uses it all the same", async () => {
  const file = join(temporaryFolder(), "archive.sqlite");
  await using database = await opened(file, { networkDriveOf: () => "NFS" });
  expect(database.warnings).toEqual([
    expect.stringMatching(
      /archive\.sqlite is on a network drive \(NFS\).*keep it on a local disk, or in Postgres\.$/,
    ),
  ]);
  expect(await database.write((writer) => addAccount(writer, "a"))).toBe(1);
});

it("tells the file system of a device by the mounts of Linux", () => {
  const mounts = [
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
    "98 22 0:300 / /mnt/far\\040away rw,nosuid - fuse.sshfs host:/home rw,user_id=1000",
  ].join("\n");
  expect(mountedType(mounts, 0x801)).toBe("ext4");
  expect(mountedType(mounts, (300 & 0xff) | ((300 & ~0xff) << 12))).toBe("fuse.sshfs");
  expect(mountedType(mounts, 5)).toBeUndefined();
});
