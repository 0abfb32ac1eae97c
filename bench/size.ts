import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { compare, type Measure } from "./measure.ts";

const project = resolve(import.meta.dirname, "..");

/** The most that the core may take on disk with what it depends on, in megabytes. */
const ALLOWED = 10;

/** A file takes whole blocks of a disk, in bytes: many small files take more than their content. */
const BLOCK = 4096;

/** (l) What `npm install bankdata-core` adds on disk: the package with its sources, and zod. */
export async function installedSize(): Promise<Measure[]> {
  const pack = ["pack", "--workspace", "bankdata-core", "--dry-run", "--json", "--ignore-scripts"];
  const [packed]: { files: { size: number }[] }[] = JSON.parse(
    execFileSync("npm", pack, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  if (packed === undefined) throw new Error("npm pack lists no package");
  const sizes = [...packed.files.map(({ size }) => size), ...sizesIn(join(project, "node_modules/zod"))];
  const onDisk = sizes.reduce((sum, size) => sum + Math.ceil(size / BLOCK) * BLOCK, 0);
  return [compare("(l) npm install bankdata-core", onDisk / 1e6, "allowed", ALLOWED, 1, "MB")];
}

/** The bytes of each file in a folder. */
function sizesIn(folder: string): number[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => statSync(join(folder, path)))
    .filter((stats) => stats.isFile())
    .map(({ size }) => size);
}
