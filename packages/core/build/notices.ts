import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package that is not this project's. */
export interface ThirdPartyPackage {
  name: string;
  version: string;
  /** The texts of its licence files. */
  licences: string[];
}

/**
 * The packages that files belong to, by name. Our own files belong to none.
 *
 * @throws Error if one has no licence file: its licence has to be distributed with it
 */
export function packagesOf(files: readonly string[]): ThirdPartyPackage[] {
  const folders = files.flatMap(
    (file) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file) ?? [],
  );
  return [...new Set(folders)].map(described).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function described(folder: string): ThirdPartyPackage {
  const { name, version }: { name: string; version: string } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)\b/i.test(file));
  if (files.length === 0) throw new Error(`${name} has no licence file: ${folder}`);
  const licences = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return { name, version, licences };
}

/** The text that has to accompany packages which are distributed: the name, the version and the licence of each. */
export function notices(packages: readonly ThirdPartyPackage[]): string {
  const parts = packages.map(({ name, version, licences }) =>
    [`## ${name} ${version}`, ...licences].join("\n\n"),
  );
  return `${["This contains code of these third-party packages.", ...parts].join("\n\n")}\n`;
}
