import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../../support/folder.ts";
import { addAccount, EXTENDED, entryOf, idsIn, opened } from "./given.ts";

const run = promisify(execFile);
const script = join(import.meta.dirname, "database-process.ts");
const isRoot = process.getuid?.() === 0;

/** What a process of an ordinary user, or of one with limits, reports of a write. */
async function reported(file: string, size: number, limits = ""): Promise<unknown> {
  const line = `${limits} exec "$0" --conditions=bankdata-source "$1" "$2" report ${size}`;
  const user = isRoot && limits === "" ? { uid: 65534, gid: 65534 } : {};
  const { stdout } = await run("sh", ["-c", line, process.execPath, script, file], user);
  return JSON.parse(stdout);
}

/** A folder of the ordinary user, with an archive in it that holds one account. */
async function ownFolder(): Promise<{ folder: string; file: string }> {
  const folder = temporaryFolder();
  if (isRoot) chownSync(folder, 65534, 65534);
  const file = join(folder, "archive.sqlite");
  expect(await reported(file, 1)).toEqual({ ids: [{ id: "a1" }] });
  return { folder, file };
}

describe("what keeps an archive from being written is told, and the same works once it is gone", () => {
  it("a file that is read-only", async () => {
    const { file } = await ownFolder();
    chmodSync(file, 0o400);
    expect(await reported(file, 2)).toEqual({
      name: "ArchiveUnavailableError",
      message: expect.stringMatching(
        /archive\.sqlite cannot be used now: the system denies access to it .*Nothing was lost/,
      ),
    });
    chmodSync(file, 0o600);
    expect(await reported(file, 2)).toEqual({ ids: [{ id: "a1" }, { id: "a2" }] });
  });

  it("a folder that is read-only, with an archive or without one", async () => {
    const { folder, file } = await ownFolder();
    chmodSync(folder, 0o500);
    expect(await reported(file, 2)).toMatchObject({ name: "ArchiveUnavailableError" });
    expect(await reported(join(folder, "new.sqlite"), 2)).toEqual({
      name: "ArchiveUnavailableError",
      message: expect.stringMatching(/new\.sqlite cannot be used now: the system denies access to it/),
    });
    chmodSync(folder, 0o700);
    expect(await reported(file, 2)).toEqual({ ids: [{ id: "a1" }, { id: "a2" }] });
  });

  it("a file that may not grow", async () => {
    const { file } = await ownFolder();
    expect(await reported(file, 3_000_000, "ulimit -f 1000;")).toEqual({
      name: "ArchiveUnavailableError",
      message: expect.stringMatching(/cannot be used now: .*Nothing was lost/),
    });
    expect(await reported(file, 2)).toEqual({ ids: [{ id: "a1" }, { id: "a2" }] });
  });

  it.runIf(isRoot && process.platform === "linux")("a disk that is full", async () => {
    const folder = join(temporaryFolder(), "disk");
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1500k,mode=700", "tmpfs", folder]);
    // Unmounted lazily, as a failed test leaves the file open.
    onTestFinished(() => void execFileSync("umount", ["-l", folder]));
    const file = join(folder, "archive.sqlite");
    await using database = await opened(file);
    const account = await database.write((writer) => addAccount(writer, "a"));
    const filling = join(folder, "filling");
    try {
      writeFileSync(filling, Buffer.alloc(2_000_000));
    } catch {} // It is full, as it should be.
    const text = "x".repeat(300_000);
    const write = () =>
      database.write((writer) => writer.insert("entry", [entryOf(account, { id: "1", text })]));
    await expect(write()).rejects.toMatchObject({
      name: "ArchiveUnavailableError",
      message: expect.stringMatching(/cannot be used now: the disk is full/),
    });
    expect(await idsIn(database)).toEqual([]);
    rmSync(filling);
    await write();
    expect(await idsIn(database)).toEqual(["1"]);
  });

  it.runIf(isRoot && process.platform === "linux")(
    "a disk that is too full for the copy before a migration",
    async () => {
      const folder = join(temporaryFolder(), "disk");
      mkdirSync(folder);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1500k,mode=700", "tmpfs", folder]);
      onTestFinished(() => void execFileSync("umount", ["-l", folder]));
      const file = join(folder, "archive.sqlite");
      await (await opened(file)).close();
      const filling = join(folder, "filling");
      writeFileSync(filling, Buffer.alloc(1_250_000));
      const before = readFileSync(file);
      await expect(opened(file, { migrations: EXTENDED })).rejects.toMatchObject({
        name: "ArchiveUnavailableError",
        message: expect.stringMatching(/full/),
      });
      expect(readFileSync(file).equals(before)).toBe(true);
      rmSync(filling);
      await (await opened(file, { migrations: EXTENDED })).close();
    },
  );

  it("another process that keeps writing", async () => {
    const file = join(temporaryFolder(), "archive.sqlite");
    await using database = await opened(file, { patience: 50 });
    const other = new DatabaseSync(file);
    other.exec("begin immediate");
    await expect(database.write((writer) => addAccount(writer, "a"))).rejects.toMatchObject({
      name: "ArchiveUnavailableError",
      message: expect.stringMatching(/another process has been writing to it for long/),
    });
    other.exec("rollback");
    other.close();
    expect(await database.write((writer) => addAccount(writer, "a"))).toBe(1);
  });
});

describe("a damaged archive is told of, and left as it is", () => {
  /** An archive of the later version with many transactions, whose pages hold nonsense from the third on. */
  async function damagedArchive(): Promise<string> {
    const file = join(temporaryFolder(), "archive.sqlite");
    {
      await using database = await opened(file, { migrations: EXTENDED });
      await database.write(async (writer) => {
        const account = await addAccount(writer, "a");
        const ids = Array.from({ length: 2000 }, (_, nth) => `${nth}`);
        await writer.insert(
          "entry",
          ids.map((id) => entryOf(account, { id })),
        );
      });
    }
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 3 * 4096);
    writeFileSync(file, bytes);
    return file;
  }

  it("without a copy, the way to what can still be read is named", async () => {
    const file = await damagedArchive();
    const before = readFileSync(file);
    const reading = async () => {
      await using database = await opened(file, { migrations: EXTENDED });
      return await idsIn(database);
    };
    await expect(reading()).rejects.toMatchObject({
      name: "ArchiveDamagedError",
      message: expect.stringMatching(/is damaged \(.*\)\. It was left as it is\. Put a backup of yours/),
      file: expect.stringMatching(/archive\.sqlite$/),
      copy: null,
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("the copy from before the last migration is named", async () => {
    const file = await damagedArchive();
    for (const version of [9, 2, 10, 1, 3]) writeFileSync(`${file}.version-${version}`, "");
    const writing = async () => {
      await using database = await opened(file, { migrations: EXTENDED });
      await database.write(async (writer) => {
        await writer.insert("entry", [entryOf(1, { id: "new" })]);
      });
    };
    await expect(writing()).rejects.toMatchObject({
      name: "ArchiveDamagedError",
      copy: expect.stringMatching(/archive\.sqlite\.version-10$/),
    });
    await expect(writing()).rejects.toThrow(
      /it was copied to .*archive\.sqlite\.version-10, which lacks what was/,
    );
  });

  it("so is it if nothing of an archive can be recognised any more", async () => {
    const file = join(temporaryFolder(), "archive.sqlite");
    writeFileSync(file, Buffer.alloc(8192, 0xa5));
    writeFileSync(`${file}.version-1`, "");
    await expect(opened(file)).rejects.toThrow(
      /it is not a database.*If it was an archive, it is damaged: a copy .* is .*archive\.sqlite\.version-1\./,
    );
    expect(statSync(file).size).toBe(8192);
    renameSync(file, `${file}.aside`);
  });
});
