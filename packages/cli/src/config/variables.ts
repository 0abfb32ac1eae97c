import { dirname, resolve } from "node:path";
import { ConfigurationError } from "bankdata-core/base";
import { readEnv } from "./env-file.ts";
import type { Surroundings } from "./places.ts";
import { inFile, originText, type Setting, type Source, sourcesOfFound, usersSource } from "./source.ts";
import { readText } from "./text-file.ts";

/** Variables by name. */
export type Variables = ReadonlyMap<string, Setting>;

/**
 * The variables of a file, the named one or `.env` in the current folder, and those of the environment, which override
 * them. The environment of this process is not changed.
 *
 * @throws ConfigurationError if the file cannot be read, or a named one does not exist
 */
export function readVariables(envFile: string | undefined, where: Surroundings): Variables {
  const { env, cwd } = where;
  const variables = new Map<string, Setting>();
  const path = resolve(cwd, envFile ?? ".env");
  const text = readText(path);
  if (text === undefined && envFile !== undefined) throw new ConfigurationError(`There is no file ${path}.`);
  if (text !== undefined) {
    const sources = envFile === undefined ? sourcesOfFound(path, where) : [usersSource(inFile(path))];
    for (const variable of variablesOfText(text, path, sources)) variables.set(variable.key, variable);
  }
  for (const [key, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const origin = { variable: key, file: null };
    variables.set(key, { value, key, place: key, origin, base: cwd, sources: [usersSource(origin)] });
  }
  return variables;
}

/** The variables that a file sets. @param fileSources who says to use the file */
export function variablesOfText(text: string, path: string, fileSources: readonly Source[]): Setting[] {
  return readEnv(text).map(({ name: key, value, line }) => {
    const origin = { variable: key, file: path };
    const place = `${originText(origin)}, line ${line}`;
    const sources = fileSources.map(({ folder }) => ({ ...origin, folder }));
    return { value, key, place, origin, base: dirname(path), sources };
  });
}

/** A variable that is blank counts as not set. */
export function given(variables: Variables, name: string): Setting | undefined {
  const found = variables.get(name);
  return found === undefined || found.value.trim() === "" ? undefined : found;
}
