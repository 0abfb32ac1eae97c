import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../../../packages/core/src/base/version.ts";
import { ended, executable, person } from "./command.ts";

const compiledIn = (home: string) => join(home, ".cache/bankdata/compiled");

describe("compiled code", () => {
  it("is kept in the user's cache folder, which only they can open, and changes no output", async () => {
    await using me = await person();
    const first = await me.run(["--help"]);
    expect([first.code, first.err]).toEqual([0, ""]);
    const folder = compiledIn(me.home);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const kept = (await readdir(folder, { recursive: true })).length;
    expect(kept).toBeGreaterThan(2);
    expect((await me.run(["--help"])).out).toBe(first.out);
    expect((await readdir(folder, { recursive: true })).length).toBe(kept);
  });

  it("is kept where NODE_COMPILE_CACHE says, and nowhere with NODE_DISABLE_COMPILE_CACHE=1", async () => {
    await using me = await person();
    const own = join(me.home, "own");
    expect((await me.run(["--help"], { NODE_COMPILE_CACHE: own })).code).toBe(0);
    expect((await readdir(own, { recursive: true })).length).toBeGreaterThan(2);
    expect((await me.run(["--help"], { NODE_DISABLE_COMPILE_CACHE: "1" })).code).toBe(0);
    expect(await readdir(me.home)).toEqual(["own"]);
  });

  it("is not read from a folder that others can write to", async () => {
    await using me = await person();
    const folder = compiledIn(me.home);
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o777);
    expect((await me.run(["--help"])).code).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it("that is damaged is compiled anew", async () => {
    await using me = await person();
    const { out } = await me.run(["--help"]);
    const folder = compiledIn(me.home);
    for (const name of await readdir(folder, { recursive: true })) {
      const path = join(folder, name);
      if ((await stat(path)).isFile()) await writeFile(path, (await readFile(path)).fill(7, 40));
    }
    expect(await me.run(["--help"])).toMatchObject({ code: 0, out, err: "" });
  });

  it("is not kept, and --help works, without a home, in one that cannot be written, and with one that is a file", async () => {
    await using me = await person();
    await writeFile(join(me.home, "file"), "");
    for (const env of [
      { HOME: undefined, XDG_CACHE_HOME: "/proc/none" },
      { HOME: "", XDG_CACHE_HOME: "/dev/null" },
      { HOME: join(me.home, "file") },
      { HOME: "/proc/1" },
    ]) {
      const { code, out, err } = await me.run(["--help"], env);
      expect([code, out.startsWith("Usage: bankdata "), err], JSON.stringify(env)).toEqual([0, true, ""]);
    }
    expect(await readdir(me.home)).toEqual(["file"]);
  });
});

describe("unexpected errors", () => {
  it("are shown with their stack, in lines of the sources, with --verbose", async () => {
    await using me = await person();
    await mkdir(join(me.home, ".local"));
    await writeFile(join(me.home, ".local/state"), "in the way");
    const plain = await me.run(["banks", "DE", "--sandbox"]);
    expect([plain.code, plain.err.split("\n").length]).toEqual([1, 2]);
    const { code, err } = await me.run(["banks", "DE", "--sandbox", "--verbose"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^ +at startSandbox \(.*packages\/sandbox\/src\/index\.ts:\d+:\d+\)$/m);
    expect(err).toMatch(/^ +at .*openSandbox \(.*packages\/cli\/src\/session\/session\.ts:\d+:\d+\)$/m);
    const foreseen = await me.run(["banks", "XX", "--verbose"]);
    expect([foreseen.code === 0, foreseen.err]).toEqual([false, expect.not.stringContaining("    at ")]);
  });
});

describe("the executable", () => {
  it("prints its version without touching the home", async () => {
    await using me = await person();
    expect(await me.run(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
    expect(await readdir(me.home)).toEqual([]);
  });
});

describe("an executable that is not built", () => {
  it("says what to run, and shows no stack", async () => {
    await using me = await person();
    const bin = join(me.home, "bin");
    await mkdir(bin);
    await writeFile(join(me.home, "package.json"), '{ "type": "module" }');
    await copyFile(executable, join(bin, "bankdata.js"));
    const child = spawn(process.execPath, [join(bin, "bankdata.js"), "--help"]);
    expect(await ended(child)).toMatchObject({
      code: 1,
      out: "",
      err: "bankdata is not built yet: run npm run build in its folder.\n",
    });
  });
});
