/** Has publint and attw look at the packed tarballs of the packages, which must be built. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack, packageFolders } from "./packed.ts";

const folder = mkdtempSync(join(tmpdir(), "bankdata-lint-"));
try {
  for (const name of packageFolders) {
    const tarball = pack(name, folder);
    run("publint", ["--strict", tarball]);
    run("attw", ["--profile", "esm-only", tarball]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Prints what a program has said only if it found something. */
function run(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status === 0) return;
  console.error(`${program} ${args.join(" ")}\n${stdout}${stderr}`);
  process.exitCode = 1;
}
