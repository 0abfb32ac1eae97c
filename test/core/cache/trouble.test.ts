import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../support/folder.ts";
import { onText } from "../../support/text.ts";
import { get, opened, response } from "./suite.ts";

const script = join(import.meta.dirname, "trouble.ts");
const folder = temporaryFolder;

/** A user who owns nothing, as permissions do not apply to root. */
const nobody: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Runs the process, through a shell that first sets its limits if there are any. */
async function run(
  args: readonly string[],
  { limits = "", ...as }: { limits?: string; uid?: number; gid?: number } = {},
) {
  const command = `${limits} exec "$0" "$@"`;
  const child = spawn("sh", ["-c", command, process.execPath, script, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...as,
  });
  let out = "";
  let err = "";
  onText(child.stdout, (text) => (out += text));
  onText(child.stderr, (text) => (err += text));
  const [code] = await once(child, "close");
  expect([code, err]).toEqual([0, ""]);
  const report: { found: boolean; firstIsRight: boolean; warnings: string[] } = JSON.parse(out);
  return report;
}

describe("a cache file in trouble", () => {
  it("on a full disk, the content of the file stays intact, and a warning is logged", async () => {
    const place = folder();
    const file = join(place, "cache.sqlite");
    expect(await run([file, "1", "10"])).toMatchObject({ found: true, warnings: [] });
    const { found, firstIsRight, warnings } = await run([file, "40", "2000"], { limits: "ulimit -f 400;" });
    expect([found, firstIsRight]).toEqual([true, true]);
    expect(warnings).toEqual([expect.stringMatching(/can only be read for now .*kept in memory/)]);
    expect(await run([file, "3", "10"])).toMatchObject({ found: true, warnings: [] });
    expect(readdirSync(place).filter((name) => name.includes("unusable"))).toEqual([]);
  });

  it("the cache stays in memory, with a warning, if its file may not be written", async () => {
    const place = folder();
    const file = join(place, "cache.sqlite");
    await run([file]);
    chmodSync(place, 0o755);
    chmodSync(file, 0o444);
    if (nobody.uid === undefined) chmodSync(place, 0o555);
    const { found, warnings } = await run([file, "2"], nobody);
    expect(found).toBe(true);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("memory");
    chmodSync(place, 0o755);
  });

  it("a read-only file is read, and its mode and place stay the same", async () => {
    const place = folder();
    const file = join(place, "cache.sqlite");
    await run([file]);
    for (const [folderMode, fileMode] of [
      [0o755, 0o444],
      [0o555, 0o444],
      [0o755, 0o400],
    ] as const) {
      chmodSync(place, folderMode);
      chmodSync(file, fileMode);
      if (fileMode === 0o400 && nobody.uid !== undefined && nobody.gid !== undefined)
        chownSync(file, nobody.uid, nobody.gid);
      const before = statSync(file);
      const { found, warnings } = await run([file, "0"], nobody);
      expect([found, warnings]).toEqual([true, [expect.stringContaining("can only be read")]]);
      expect([statSync(file).ino, statSync(file).mode]).toEqual([before.ino, before.mode]);
      chmodSync(place, 0o755);
    }
  });

  it("an unreadable file of another user stays, even if its folder may be written", async () => {
    if (nobody.uid === undefined) return; // Only root can make one.
    const place = folder();
    const file = join(place, "cache.sqlite");
    await run([file]);
    chmodSync(place, 0o777);
    const before = statSync(file);
    const { found, warnings } = await run([file, "2"], nobody);
    expect([found, warnings.length]).toEqual([true, 2]);
    expect(warnings.join()).toMatch(/kept in memory/);
    expect([statSync(file).ino, statSync(file).mode]).toEqual([before.ino, before.mode]);
    expect(readdirSync(place)).toEqual(["cache.sqlite"]);
  });

  it("the cache stays in memory, with a warning, if its folder may not be written or listed", async () => {
    for (const mode of [0o555, 0o000]) {
      const place = folder();
      if (nobody.uid !== undefined && nobody.gid !== undefined) chownSync(place, nobody.uid, nobody.gid);
      chmodSync(place, mode);
      const { found, warnings } = await run([join(place, "cache.sqlite")], nobody);
      expect([found, warnings.length]).toEqual([true, 1]);
      chmodSync(place, 0o755);
    }
  });

  it("the cache stays in memory, with a warning, while its file is locked for too long, and uses the file again later", async () => {
    const cacheName = join(folder(), "cache.sqlite");
    const { cache, warnings } = opened({ cacheName });
    await cache.store(get("/a/"), response("[1]"));
    const other = new DatabaseSync(cacheName);
    other.exec("BEGIN EXCLUSIVE");
    await cache.store(get("/a/"), response("[2]"));
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.join()).toMatch(/locked|busy/);
    other.exec("ROLLBACK");
    other.close();
    expect((await cache.find(get("/a/")))?.body).toBe("[2]");
    await cache.store(get("/a/"), response("[3]"));
    expect((await cache.find(get("/a/")))?.body).toBe("[3]");
    await cache.close();
    expect(readdirSync(join(cacheName, "..")).filter((name) => name.includes("unusable"))).toEqual([]);
  });
});
