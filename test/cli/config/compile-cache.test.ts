import { chmodSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { privateFolder } from "../../../packages/cli/src/config/compile-cache.ts";
import { temporaryFolder } from "../../support/folder.ts";

const me = process.getuid?.() ?? 0;
const modeOf = (path: string) => lstatSync(path).mode & 0o7777;

describe("the folder of compiled code", () => {
  it("is made with its parents, readable by its owner only, and is used again", () => {
    const home = temporaryFolder();
    const folder = join(home, ".cache/bankdata/compiled");
    for (let start = 0; start < 2; start += 1) expect(privateFolder(folder, me)).toBe(folder);
    const made = [join(home, ".cache"), join(home, ".cache/bankdata"), folder];
    expect(made.map(modeOf)).toEqual([0o700, 0o700, 0o700]);
  });

  it("may be readable by others, as what is in it is no secret", () => {
    const folder = join(temporaryFolder(), "compiled");
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    expect(privateFolder(folder, me)).toBe(folder);
  });

  it.each([0o777, 0o775, 0o1777, 0o702])("is not used if others can write to it: mode %o", (mode) => {
    const folder = join(temporaryFolder(), "compiled");
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(privateFolder(folder, me)).toBeUndefined();
  });

  it("is not used if others can replace it, or a folder above it", () => {
    const home = temporaryFolder();
    const folder = join(home, "cache/bankdata/compiled");
    expect(privateFolder(folder, me)).toBe(folder);
    for (const above of [home, join(home, "cache"), join(home, "cache/bankdata")]) {
      chmodSync(above, 0o777);
      expect(privateFolder(folder, me), above).toBeUndefined();
      chmodSync(above, 0o700);
    }
    chmodSync(home, 0o1777); // As /tmp is: others cannot move what is not theirs.
    expect(privateFolder(folder, me)).toBe(folder);
  });

  it("is neither used nor made in a folder that belongs to somebody else", () => {
    const home = temporaryFolder();
    const [made, missing] = [join(home, "made"), join(home, "missing/compiled")];
    mkdirSync(made);
    expect(privateFolder(made, me + 1)).toBeUndefined();
    expect(privateFolder(missing, me + 1)).toBeUndefined();
    expect(readdirSync(home)).toEqual(["made"]);
  });

  it("is not used if it is a link, or if a link leads where others can write", () => {
    const home = temporaryFolder();
    const [open, own] = [join(home, "open"), join(home, "own")];
    for (const folder of [open, own]) mkdirSync(join(folder, "compiled"), { recursive: true });
    chmodSync(open, 0o777);
    symlinkSync(join(own, "compiled"), join(home, "compiled"));
    symlinkSync(open, join(home, "to-open"));
    symlinkSync(own, join(home, "to-own"));
    expect(privateFolder(join(home, "compiled"), me)).toBeUndefined();
    expect(privateFolder(join(home, "to-open/compiled"), me)).toBeUndefined();
    expect(privateFolder(join(home, "to-own/compiled"), me)).toBe(join(home, "to-own/compiled"));
  });

  it("is not used, and nothing fails, if it cannot be made", () => {
    expect(privateFolder("/proc/none/compiled", me)).toBeUndefined();
    expect(privateFolder("/dev/null/compiled", me)).toBeUndefined();
    expect(privateFolder("/dev/null", me)).toBeUndefined();
  });
});
