import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileTokenStore, type StoredToken } from "../../../../packages/core/src/index.ts";

const script = join(import.meta.dirname, "saving-process.ts");
const tokenOf = (access: string): StoredToken => ({
  access,
  accessExpiresAt: 1,
  refresh: "refresh",
  refreshExpiresAt: 2,
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bankdata-token-store-"));
  file = join(folder, "tokens.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that saves `count` tokens under names of its own, one after the other. */
function saving(name: string, count: number): ChildProcess {
  return spawn(process.execPath, [script, file, name, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe("a token file", () => {
  it("a token file returns what was saved, is readable only by its owner, and has nothing under another name", async () => {
    const store = new FileTokenStore(file);
    expect(await store.load("a")).toBeUndefined();
    await store.save("a", tokenOf("one"));
    await store.save("__proto__", tokenOf("two"));
    expect(await store.load("a")).toEqual(tokenOf("one"));
    expect(await store.load("__proto__")).toEqual(tokenOf("two"));
    expect(await store.load("constructor")).toBeUndefined();
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["tokens.json"]);
  });

  it("a token file loses nothing when several processes save at once", async () => {
    const ends = await Promise.all(["a", "b", "c"].map((name) => once(saving(name, 40), "close")));
    expect(ends).toEqual(new Array(3).fill([0, null]));
    const store = new FileTokenStore(file);
    for (const name of ["a", "b", "c"]) {
      for (let nth = 0; nth < 40; nth += 1) {
        expect(await store.load(`${name}${nth}`)).toEqual(tokenOf(`${name}${nth}`));
      }
    }
    expect(readdirSync(folder)).toEqual(["tokens.json"]);
  }, 60_000);

  it("a token file keeps all that was saved when processes are killed, and the next save removes what they left", async () => {
    let saved = 0;
    for (let kill = 0; kill < 8; kill += 1) {
      const child = saving(`k${kill}-`, 10_000);
      for await (const chunk of child.stdout ?? []) {
        saved += String(chunk).split("\n").length - 1;
        if (saved > (kill + 1) * 5) break;
      }
      child.kill("SIGKILL");
      await once(child, "exit");
      const kept: unknown = JSON.parse(readFileSync(file, "utf8"));
      expect(Object.keys(kept ?? {}).length).toBeGreaterThanOrEqual(saved);
    }
    await new FileTokenStore(file).save("last", tokenOf("last"));
    expect(readdirSync(folder)).toEqual(["tokens.json"]);
  }, 60_000);

  it("an empty token file holds no token, and can be saved to", async () => {
    writeFileSync(file, "");
    const store = new FileTokenStore(file);
    expect(await store.load("a")).toBeUndefined();
    await store.save("a", tokenOf("one"));
    expect(await store.load("a")).toEqual(tokenOf("one"));
  });

  it.each(["# Notes\n", "{ nonsense", "[1]", '{"a":1}', "null"])(
    "a file that holds %j is not a token file, and is left alone",
    async (text) => {
      writeFileSync(file, text);
      const store = new FileTokenStore(file);
      await expect(store.load("a")).rejects.toThrow("is not a token file");
      await expect(store.save("a", tokenOf("one"))).rejects.toThrow("is not a token file");
      expect(readFileSync(file, "utf8")).toBe(text);
      expect(readdirSync(folder)).toEqual(["tokens.json"]);
    },
  );
});
