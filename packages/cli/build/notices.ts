import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package of others. */
export interface ForeignPackage {
  name: string;
  version: string;
  /** The texts of its licence files. */
  licences: string[];
}

/**
 * The packages that files belong to, by name. Our own files belong to none.
 *
 * @throws Error if one has no licence file, as its licence could not be passed on
 */
export function packagesOf(files: readonly string[]): ForeignPackage[] {
  const folders = files.flatMap(
    (file) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file) ?? [],
  );
  return [...new Set(folders)].map(described).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function described(folder: string): ForeignPackage {
  const { name, version }: { name: string; version: string } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)\b/i.test(file));
  if (files.length === 0) throw new Error(`${name} has no licence file: ${folder}`);
  const licences = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return { name, version, licences };
}

/** What has to be said of packages that are passed on: the name, the version and the licence of each. */
export function notices(packages: readonly ForeignPackage[]): string {
  const parts = packages.map(({ name, version, licences }) =>
    [`## ${name} ${version}`, ...licences].join("\n\n"),
  );
  return `${["The executable of bankdata contains these packages of others.", ...parts].join("\n\n")}\n`;
}
