import { dirname } from "node:path";
import { ConfigurationError } from "bankdata-core/base";
import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { ChosenFile } from "./find-file.ts";
import { keyName } from "./keys.ts";
import { settledPath } from "./path.ts";
import { isForeign, type Setting } from "./source.ts";
import { substituted, variablesIn } from "./substitute.ts";
import { readText } from "./text-file.ts";
import { type Variables, variablesOfText } from "./variables.ts";
import { resolvedNode, type YamlFile } from "./yaml-file.ts";

/** The longest that all values of variables together may be, in characters: as long as a file may be. */
const MAX_LENGTH = 1_000_000;

/** A string with its variables replaced, and the variables. */
interface Replaced {
  value: string;
  variables: readonly Setting[];
}

/** Replaces the variables in strings of one file, which together may not become too long. */
export type Replace = (text: string, variables: Variables, place: string) => Replaced;

/** @returns a function that replaces variables, and throws a ConfigurationError if one is not set */
export function replacer(): Replace {
  let length = 0;
  return (text, variables, place) => {
    const found = variablesIn(text).map((name) => variables.get(name) ?? notSet(name, place));
    length += found.reduce((sum, { value }) => sum + value.length, 0);
    if (length > MAX_LENGTH)
      throw new ConfigurationError(`${place}: the values of the variables are too long.`);
    const values = Object.fromEntries(found.map(({ key, value }) => [key, value]));
    return { value: substituted(text, values, (name) => notSet(name, place)), variables: found };
  };
}

function notSet(name: string, place: string): never {
  throw new ConfigurationError(
    `${place}: the variable ${name} is not set. Set it in the environment or in .env, or write $$ for a dollar sign.`,
  );
}

/**
 * The given variables and those that a configuration adds: its `env_files`, overridden by its `env`. The environment
 * overrides both, and so does what the user named if the configuration is a file of the current folder.
 *
 * @param isOptional whether a file that cannot be read, or a variable that is not set, is left out
 * @throws ConfigurationError if a file cannot be read, or leads out of a folder that somebody else may have made
 */
export function withFilesVariables(
  { document, at }: YamlFile,
  { chosen, home, isOptional }: { chosen: ChosenFile; home: string; isOptional: boolean },
  given: Variables,
  replace: Replace,
): Variables {
  const all = new Map(given);
  const add = (variable: Setting) => {
    const known = all.get(variable.key);
    const isKept =
      known?.origin.file === null ||
      (known?.sources.some(isForeign) === false && variable.sources.some(isForeign));
    if (!isKept) all.set(variable.key, variable);
  };
  const setting = (node: unknown, key: string): Setting | undefined => {
    if (!isScalar(node)) return undefined;
    const place = at(node.range?.[0] ?? 0);
    const text = String(node.value);
    if (isOptional && variablesIn(text).some((name) => !all.has(name))) return undefined;
    const { value, variables } = replace(text, all, place);
    const origin = { variable: null, file: chosen.path };
    const sources = [...chosen.sources, ...variables.flatMap((one) => one.sources)];
    return { value, key, place, origin, base: dirname(chosen.path), sources };
  };
  const files = sectionOf(document, "envFiles");
  for (const item of isSeq(files) ? files.items : []) {
    const named = setting(resolvedNode(item, document), "env_files");
    if (named === undefined) continue;
    for (const variable of isOptional ? orNone(() => fileOf(named, home)) : fileOf(named, home))
      add(variable);
  }
  const own = sectionOf(document, "env");
  for (const { key, value } of isMap<Node, Node | null>(own) ? own.items : []) {
    if (value === null || !isScalar(key)) continue;
    const name = String(key.value);
    const set = setting(resolvedNode(value, document), name);
    if (set === undefined) continue;
    const origin = { variable: name, file: chosen.path };
    const sources = set.sources.map(({ folder }) => ({ ...origin, folder }));
    add({ ...set, origin, sources, place: `${name} in ${set.place}` });
  }
  return all;
}

/** The variables of a file that is named. @throws ConfigurationError if it is missing or cannot be read */
function fileOf(named: Setting, home: string): readonly Setting[] {
  const path = settledPath(named, home);
  const text = readText(path);
  if (text === undefined) throw new ConfigurationError(`${named.place}: there is no file ${path}.`);
  return variablesOfText(text, path, named.sources);
}

/** None if they cannot be read. */
function orNone(variables: () => readonly Setting[]): readonly Setting[] {
  try {
    return variables();
  } catch (error) {
    if (error instanceof ConfigurationError) return [];
    throw error;
  }
}

/** The value of a top-level key. */
function sectionOf(document: YamlFile["document"], name: string): unknown {
  const pairs = isMap<Node, Node | null>(document.contents) ? document.contents.items : [];
  return resolvedNode(pairs.find((pair) => keyName(pair) === name)?.value, document);
}
