import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = join(import.meta.dirname, "appending-process.ts");

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bankdata-file-processes-"));
  file = join(folder, "lines");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that appends `count` lines, one after the other. */
function appending(name: string, count: number): ChildProcess {
  return spawn(process.execPath, [script, file, name, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

const linesOf = () => readFileSync(file, "utf8").split("\n").slice(0, -1);

describe("a private file that several processes change under its lock", () => {
  it("loses nothing when several processes write at once", async () => {
    const ends = await Promise.all(["a", "b", "c"].map((name) => once(appending(name, 40), "close")));
    expect(ends).toEqual(new Array(3).fill([0, null]));
    const lines = linesOf();
    expect(lines).toHaveLength(120);
    for (const name of ["a", "b", "c"]) {
      const own = lines.filter((line) => line.startsWith(name));
      expect(own).toEqual(Array.from({ length: 40 }, (_, nth) => `${name}${nth}`));
    }
    expect(readdirSync(folder)).toEqual(["lines"]);
  }, 60_000);

  it("keeps all that was written when processes are killed, and the next write removes what they left", async () => {
    let written = 0;
    for (let kill = 0; kill < 8; kill += 1) {
      const child = appending(`k${kill}-`, 10_000);
      for await (const chunk of child.stdout ?? []) {
        written += String(chunk).split("\n").length - 1;
        if (written > (kill + 1) * 5) break;
      }
      child.kill("SIGKILL");
      await once(child, "exit");
      expect(linesOf().length).toBeGreaterThanOrEqual(written);
    }
    await once(appending("last", 1), "close");
    expect(linesOf().at(-1)).toBe("last0");
    expect(readdirSync(folder)).toEqual(["lines"]);
  }, 60_000);
});
