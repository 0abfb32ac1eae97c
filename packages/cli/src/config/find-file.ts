import { join, resolve } from "node:path";
import { ConfigurationError } from "bankdata-core/base";
import { settledPath } from "./path.ts";
import { configurationFolder, type Surroundings } from "./places.ts";
import { inFile, type Source, sourcesOfFound, usersSource } from "./source.ts";
import { readText } from "./text-file.ts";
import { given, type Variables } from "./variables.ts";

/** An existing configuration file, and who says to use it. */
export interface ChosenFile {
  path: string;
  text: string;
  sources: readonly Source[];
}

/** The files of the current folder that may be a configuration: ours, then the reference client's. */
const FOLDER_FILES = ["bankdata.yaml", "gocardless.yaml", "openbanking.yml"];

/**
 * The configuration file: the named one, or the first that exists in the current folder or the user's own.
 *
 * @throws ConfigurationError if a named file does not exist, or a file cannot be read
 */
export function findFile(
  named: string | undefined,
  variables: Variables,
  where: Surroundings,
): ChosenFile | undefined {
  const { cwd, home } = where;
  if (named !== undefined) {
    const path = resolve(cwd, named);
    return mustBeThere(path, [usersSource(inFile(path))]);
  }
  const variable = given(variables, "BANKDATA_CONFIG");
  if (variable !== undefined) {
    const path = settledPath(variable, home);
    return mustBeThere(
      path,
      variable.sources.map((source) => ({ ...source, ...inFile(path) })),
    );
  }
  for (const name of FOLDER_FILES) {
    const path = join(cwd, name);
    const found = readIfThere(path, () => sourcesOfFound(path, where));
    if (found !== undefined) return found;
  }
  const own = ownFile(where);
  return readIfThere(own, () => [usersSource(inFile(own))]);
}

/** The path of the user's own configuration file, whether it exists or not. */
export function ownFile(where: Surroundings): string {
  return join(configurationFolder(where), "bankdata.yaml");
}

function mustBeThere(path: string, sources: readonly Source[]): ChosenFile {
  const found = readIfThere(path, () => sources);
  if (found === undefined) throw new ConfigurationError(`There is no file ${path}.`);
  return found;
}

function readIfThere(path: string, sources: () => readonly Source[]): ChosenFile | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  return { path, text, sources: sources() };
}
