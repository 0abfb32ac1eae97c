import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";

export const project = resolve(import.meta.dirname, "../..");

/** The folders of the packages. */
export const packageFolders = ["core", "archive", "sandbox", "cli"] as const;

/** Packs a package, which must be built, into a folder. @returns the tarball's path */
export function pack(name: (typeof packageFolders)[number], into: string): string {
  const args = ["pack", "--pack-destination", into, "--ignore-scripts", "--silent"];
  const file = execFileSync("npm", args, { cwd: join(project, "packages", name), encoding: "utf8" }).trim();
  return join(into, file);
}
