import { dirname, resolve } from "node:path";
import { parseEnv } from "node:util";
import { ConfigurationError } from "bankdata-core/base";
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
    addFrom(text, path, sources, variables);
  }
  for (const [key, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const origin = { variable: key, file: null };
    variables.set(key, { value, key, place: key, origin, base: cwd, sources: [usersSource(origin)] });
  }
  return variables;
}

function addFrom(
  text: string,
  path: string,
  fileSources: readonly Source[],
  variables: Map<string, Setting>,
): void {
  const lines = linesOf(text);
  for (const [key, value] of Object.entries(parseEnv(text))) {
    if (value === undefined) continue;
    const origin = { variable: key, file: path };
    const line = lines.get(key);
    const place = line === undefined ? originText(origin) : `${originText(origin)}, line ${line}`;
    const sources = fileSources.map(({ folder }) => ({ ...origin, folder }));
    variables.set(key, { value, key, place, origin, base: dirname(path), sources });
  }
}

/** By variable, the line that sets it: the last one, which counts. */
function linesOf(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const [at, line] of text.split("\n").entries()) {
    const name = /^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(line)?.[1];
    if (name !== undefined) lines.set(name, at + 1);
  }
  return lines;
}

/** A variable that is blank counts as not set. */
export function given(variables: Variables, name: string): Setting | undefined {
  const found = variables.get(name);
  return found === undefined || found.value.trim() === "" ? undefined : found;
}
