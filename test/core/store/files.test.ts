import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withFileLock } from "../../../packages/core/src/store/file-lock.ts";
import { removeAbandonedFiles, writePrivateFile } from "../../../packages/core/src/store/private-file.ts";
import { currentProcess } from "../../../packages/core/src/store/process-mark.ts";
import { readSmallFile } from "../../../packages/core/src/store/regular-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bankdata-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

describe("a small file", () => {
  it("readSmallFile reads a small file, and returns undefined if there is none", () => {
    writeFileSync(at("a"), "text ü");
    expect(readSmallFile(at("a"), 100)).toBe("text ü");
    expect(readSmallFile(at("b"), 100)).toBeUndefined();
    symlinkSync(at("a"), at("link"));
    expect(readSmallFile(at("link"), 100)).toBe("text ü");
  });

  it("a file of exactly the limit is read, and one more byte is rejected, even if the file does not say how long it is", () => {
    writeFileSync(at("a"), "x".repeat(100));
    expect(readSmallFile(at("a"), 100)).toHaveLength(100);
    expect(() => readSmallFile(at("a"), 99)).toThrow("it is larger than 0.099 kB");
    if (process.platform === "linux") {
      expect(statSync("/proc/self/maps").size).toBe(0);
      expect(() => readSmallFile("/proc/self/maps", 1000)).toThrow("it is larger than 1 kB");
    }
  });

  it("a folder, a named pipe, a socket or a device is rejected at once, even behind a link", async () => {
    mkdirSync(at("folder"));
    expect(spawnSync("mkfifo", [at("pipe")]).status).toBe(0);
    const server = createServer().listen(at("socket"));
    for (const [path, reason] of [
      [at("folder"), "it is a folder"],
      [at("pipe"), "it is a named pipe"],
      [at("socket"), "it is a socket"],
      ["/dev/zero", "it is a device"],
      ["/dev/null", "it is a device"],
    ] as const) {
      symlinkSync(path, at(`link-${reason.replaceAll(" ", "-")}-${path.replaceAll("/", "-")}`));
      expect(() => readSmallFile(path, 1000)).toThrow(`${path} cannot be used: ${reason}`);
    }
    for (const name of readdirSync(folder).filter((one) => one.startsWith("link-"))) {
      expect(() => readSmallFile(at(name), 1000)).toThrow("cannot be used: it is a");
    }
    server.close();
  });
});

describe("a private file", () => {
  it("a private file is readable only by its owner, regardless of what was there, and its content is replaced as a whole", () => {
    writeFileSync(at("a"), "a much longer text than the new one", { mode: 0o666 });
    chmodSync(at("a"), 0o666);
    writePrivateFile(at("a"), "new");
    expect(readFileSync(at("a"), "utf8")).toBe("new");
    expect(statSync(at("a")).mode & 0o777).toBe(0o600);
    writePrivateFile(at("deep/er/b"), "new");
    expect(statSync(at("deep")).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual(["a", "deep"]);
  });

  it("a private file behind a link is written at the link's target, and the link stays", () => {
    mkdirSync(at("elsewhere"));
    writeFileSync(at("elsewhere/real"), "old");
    symlinkSync(at("elsewhere/real"), at("link"));
    writePrivateFile(at("link"), "new");
    expect(readFileSync(at("elsewhere/real"), "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["elsewhere", "link"]);
  });

  it("a private file never replaces a folder, a named pipe, or a broken link", () => {
    mkdirSync(at("folder"));
    spawnSync("mkfifo", [at("pipe")]);
    symlinkSync(at("nowhere"), at("link"));
    expect(() => writePrivateFile(at("folder"), "x")).toThrow("it is a folder");
    expect(() => writePrivateFile(at("pipe"), "x")).toThrow("it is a named pipe");
    expect(() => writePrivateFile(at("link"), "x")).toThrow("it is a broken link");
    expect(readdirSync(folder)).toEqual(["folder", "link", "pipe"]);
  });

  it("a private file that cannot be written leaves nothing behind", () => {
    for (const nowhere of ["/dev/full/x", "/proc/none/deep/x"]) {
      expect(() => writePrivateFile(nowhere, "x")).toThrow();
    }
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0o500);
    expect(() => writePrivateFile(at("a"), "x")).toThrow("EACCES");
    chmodSync(folder, 0o700);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("only files that killed writers of this version and of earlier ones have left are removed", () => {
    const uuid = "123e4567-e89b-42d3-a456-426614174000";
    writePrivateFile(at("a"), "x");
    const place = spawnSync(process.execPath, [
      "--input-type=module",
      "-e",
      `import { writePrivateFile } from ${JSON.stringify(join(import.meta.dirname, "../../../packages/core/src/store/private-file.ts"))};
       import { readdirSync } from "node:fs";
       import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
       fs.renameSync = () => process.kill(process.pid, "SIGKILL"); syncBuiltinESMExports();
       writePrivateFile(${JSON.stringify(at("a"))}, "secret");`,
    ]);
    expect(place.signal).toBe("SIGKILL");
    const [left] = readdirSync(folder).filter((name) => name !== "a");
    expect(left).toMatch(/^a\.[0-9a-f]{12}-\d+-\d+-[0-9a-f-]{36}\.tmp$/);
    const mine = String(left).replace(/-\d+-\d+-/, `-${process.pid}-${currentProcess().startedAt}-`);
    const others = [mine, "a.bak", `ab.${uuid}`, `a.${uuid}x`, `a.${uuid}`, "a.lock"];
    for (const name of others) writeFileSync(at(name), "");
    const old = `a.${uuid.replace("1", "2")}`;
    writeFileSync(at(old), "secret");
    utimesSync(at(old), 1, 1);
    expect(removeAbandonedFiles(at("a"))).toBe(2);
    expect(readdirSync(folder)).toEqual(["a", ...others].sort());
  });
});

describe("a lock beside a file", () => {
  it("a lock is held by one at a time, and is gone afterwards", async () => {
    let inside = 0;
    let most = 0;
    const work = () =>
      withFileLock(at("a"), async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 10 }, work));
    expect(most).toBe(1);
    await expect(withFileLock(at("a"), () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("the lock of a killed process is broken by one of many that wait", async () => {
    const ended = { ...currentProcess(), pid: spawnSync(process.execPath, ["-e", ""]).pid, startedAt: "" };
    writeFileSync(at(".a.bankdata-lock"), JSON.stringify({ id: "x", process: ended }));
    let count = 0;
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(at("a"), () => (count += 1))));
    expect(count).toBe(8);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("a lock that names no holder, or one on another machine, is broken once it is old", async () => {
    const elsewhere = JSON.stringify({ id: "x", process: { ...currentProcess(), host: "another" } });
    for (const [text, age] of [
      ["", 2],
      [elsewhere, 31],
    ] as const) {
      writeFileSync(at(".a.bankdata-lock"), text);
      const then = Date.now() / 1000 - age;
      utimesSync(at(".a.bankdata-lock"), then, then);
      expect(await withFileLock(at("a"), () => "worked")).toBe("worked");
    }
  });

  it("a lock never replaces another file, which stays as it is and is reported at once", async () => {
    for (const name of ["a.lock", ".a.bankdata-lock"]) {
      writeFileSync(at(name), "precious");
      utimesSync(at(name), 1, 1);
    }
    await expect(withFileLock(at("a"), () => "worked")).rejects.toThrow("is not a lock of bankdata");
    expect(readdirSync(folder)).toEqual([".a.bankdata-lock", "a.lock"]);
    rmSync(at(".a.bankdata-lock"));
    expect(await withFileLock(at("a"), () => "worked")).toBe("worked");
    expect(readFileSync(at("a.lock"), "utf8")).toBe("precious");
    spawnSync("mkfifo", [at(".b.bankdata-lock")]);
    await expect(withFileLock(at("b"), () => "worked")).rejects.toThrow("it is a named pipe");
  });

  it("the lock of a live process is never broken, however old it is, and waiting for it ends", async () => {
    writeFileSync(at(".a.bankdata-lock"), JSON.stringify({ id: "x", process: currentProcess() }));
    utimesSync(at(".a.bankdata-lock"), 1, 1);
    const waiting = withFileLock(at("a"), () => "worked", { maxWait: 50 });
    await expect(waiting).rejects.toThrow("has held");
    expect(readdirSync(folder)).toEqual([".a.bankdata-lock"]);
  });

  it("the holder of a lock notices that another has taken it, and does not remove it then", async () => {
    const held = await withFileLock(at("a"), (lock) => {
      expect(lock.isHeld()).toBe(true);
      writeFileSync(at(".a.bankdata-lock"), "another's");
      return lock.isHeld();
    });
    expect(held).toBe(false);
    expect(readFileSync(at(".a.bankdata-lock"), "utf8")).toBe("another's");
  });
});
