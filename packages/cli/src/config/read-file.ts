import { ConfigurationError, closest, isRecord } from "bankdata-core/base";
import { isPair, isScalar, visit } from "yaml";
import type { z } from "zod";
import { ConfigurationFile, KNOWN_KEYS } from "./configuration.ts";
import { camelCase, keyName, ourName, snakeCase } from "./keys.ts";
import type { Setting } from "./source.ts";
import { substituted, variablesIn } from "./substitute.ts";
import type { Variables } from "./variables.ts";
import { parseYaml, type YamlFile } from "./yaml-file.ts";

/** A file that may be a configuration. */
export interface FoundFile {
  path: string;
  text: string;
  /** Whether unknown keys are ignored, as in the reference client's own file. */
  lenient: boolean;
}

/** What a configuration file says, and where its settings come from. */
export interface ReadFile {
  content: ConfigurationFile;
  /** The place of a key, regardless of its spelling, as shown to a person. */
  placeOf(key: string): string;
  /** The variables that contribute to a top-level key. */
  variablesOf(key: keyof ConfigurationFile): readonly Setting[];
}

/** The longest that all values of variables together may be, in characters: as long as a file may be. */
const MAX_LENGTH = 1_000_000;

/**
 * Reads a configuration in YAML, with its variables replaced. Keys may be in snake_case, as the reference client's are.
 * Keys that only that client knows are ignored in its own file.
 *
 * @throws ConfigurationError naming the file, and if there is one the line and column
 */
export function readConfigurationFile({ path, text, lenient }: FoundFile, variables: Variables): ReadFile {
  const file = parseYaml(path, text);
  const used = replaceVariables(file, variables);
  const content = inCamelCase(file.toValue() ?? {}, lenient, (key) => {
    throw new ConfigurationError(`${file.at(offsetOfKey(file, key))}: ${snakeCase(key)} is set twice.`);
  });
  const parsed = ConfigurationFile.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigurationError(`${file.at(offsetOf(file, issue))}: ${problem(issue)}`);
  }
  return {
    content: parsed.data,
    placeOf: (key) => file.lineAt(offsetOfKey(file, ourName(key))),
    variablesOf: (key) => used(key),
  };
}

/**
 * Puts the values of variables into the document.
 *
 * @returns a function that lists the variables that contribute to a top-level key
 */
function replaceVariables({ document, at }: YamlFile, variables: Variables) {
  const byKey = new Map<string, Set<Setting>>();
  const all = new Set<Setting>();
  let [length, hasAliases] = [0, false];
  visit(document, {
    Alias() {
      hasAliases = true;
    },
    Scalar(key, node, path) {
      if (key === "key" || typeof node.value !== "string") return;
      const place = at(node.range?.[0] ?? 0);
      const found = variablesIn(node.value).map((name) => variables.get(name) ?? notSet(name, place));
      if (found.length === 0 && !node.value.includes("$")) return;
      length += found.reduce((sum, { value }) => sum + value.length, 0);
      if (length > MAX_LENGTH)
        throw new ConfigurationError(`${place}: the values of the variables are too long.`);
      node.value = substituted(node.value, valuesOf(found), (name) => notSet(name, place));
      const top = topKey(path);
      const ofKey = byKey.get(top) ?? new Set();
      byKey.set(top, ofKey);
      for (const variable of found) {
        ofKey.add(variable);
        all.add(variable);
      }
    },
  });
  // An alias may refer to any part of the file.
  return (key: string): readonly Setting[] => [...(hasAliases ? all : (byKey.get(key) ?? []))];
}

function notSet(name: string, place: string): never {
  throw new ConfigurationError(
    `${place}: the variable ${name} is not set. Set it in the environment or in .env, or write $$ for a dollar sign.`,
  );
}

function valuesOf(variables: readonly Setting[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}

/** The top-level key that contains a node, in camelCase. */
function topKey(path: readonly unknown[]): string {
  const pair = path.find((one) => isPair(one));
  return pair === undefined ? "" : keyName(pair);
}

/** Called with the name of a key that is set in two spellings. */
type OnTwice = (key: string) => never;

/** Converts keys to camelCase at the top level, in the cache section and in each account. */
function inCamelCase(content: unknown, lenient: boolean, onTwice: OnTwice): unknown {
  if (!isRecord(content)) return content;
  const known = Object.entries(renamed(content, ourName, onTwice))
    .filter(([name]) => !lenient || Object.hasOwn(ConfigurationFile.shape, name))
    .map(([name, value]) => [name, withSection(name, value, lenient, onTwice)] as const);
  return Object.fromEntries(known);
}

function withSection(name: string, value: unknown, lenient: boolean, onTwice: OnTwice): unknown {
  const inCase = (section: unknown) => (isRecord(section) ? renamed(section, camelCase, onTwice) : section);
  if (name === "accounts" && Array.isArray(value)) return value.map(inCase);
  if (name !== "cache") return value;
  const section = inCase(value);
  if (!lenient || !isRecord(section)) return section;
  return Object.fromEntries(Object.entries(section).filter(([key]) => KNOWN_KEYS.includes(key)));
}

function renamed(
  section: Record<string, unknown>,
  rename: (key: string) => string,
  onTwice: OnTwice,
): Record<string, unknown> {
  const names = new Map<string, unknown>();
  for (const [key, value] of Object.entries(section)) {
    const name = rename(key);
    if (names.has(name)) onTwice(name);
    names.set(name, value);
  }
  return Object.fromEntries(names);
}

type Issue = z.core.$ZodIssue | undefined;

/** What is wrong, without the value, which may be a secret. */
function problem(issue: Issue): string {
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const near = closest(key, KNOWN_KEYS);
    const meant = near === undefined ? "" : ` Did you mean ${snakeCase(near)}?`;
    return `${snakeCase(key)} is not a known key.${meant}`;
  }
  const path = (issue?.path ?? []).map(String).map(snakeCase).join(".");
  return `${path === "" ? "the file" : path} cannot be used: ${issue?.message ?? "unknown reason"}.`;
}

/** Where in the file an issue is: at the unknown key, or the value that cannot be used. */
function offsetOf(file: YamlFile, issue: Issue): number {
  const wanted = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const last = wanted ?? issue?.path.findLast((part) => typeof part === "string");
  return last === undefined ? 0 : offsetOfKey(file, String(last));
}

function offsetOfKey({ document }: YamlFile, name: string): number {
  let found = 0;
  visit(document, {
    Pair(_, pair) {
      if (keyName(pair) !== name || !isScalar(pair.key)) return undefined;
      found = pair.key.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}
