import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { compare, type Measure } from "./measure.ts";

const project = resolve(import.meta.dirname, "..");

/** The most that the core may take with what it depends on, in megabytes. */
const ALLOWED = 10;

/** (l) What `npm install bankdata-core` adds: the package with its sources, and zod. */
export async function installedSize(): Promise<Measure[]> {
  const pack = ["pack", "--workspace", "bankdata-core", "--dry-run", "--json", "--ignore-scripts"];
  const [packed]: { unpackedSize: number }[] = JSON.parse(
    execFileSync("npm", pack, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  const ours = (packed?.unpackedSize ?? Number.NaN) + sizeOf(join(project, "node_modules/zod"));
  return [compare("(l) npm install bankdata-core", ours / 1e6, "allowed", ALLOWED, 1, "MB")];
}

/** The bytes of all files in a folder. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => statSync(join(folder, path)))
    .reduce((sum, stats) => (stats.isFile() ? sum + stats.size : sum), 0);
}
