import { ConfigurationError, closest, isRecord } from "bankdata-core/base";
import { isPair, isScalar, visit } from "yaml";
import type { z } from "zod";
import { checkAccounts } from "./check-accounts.ts";
import { ConfigurationFile, isUnused, knownKeys } from "./configuration.ts";
import { offsetOf, offsetOfKey, type Path, pairAt, writtenKey } from "./file-places.ts";
import { type Replace, replacer, withFilesVariables } from "./file-variables.ts";
import type { ChosenFile } from "./find-file.ts";
import { keyName, ourName, snakeCase } from "./keys.ts";
import type { Setting } from "./source.ts";
import type { Variables } from "./variables.ts";
import { parseYaml, type YamlFile } from "./yaml-file.ts";

/** What a configuration file says, and where its settings come from. */
export interface ReadFile {
  content: ConfigurationFile;
  /** The variables that it was given, and its own. */
  variables: Variables;
  /** The keys that do nothing yet. */
  unused: readonly { readonly key: string; readonly place: string }[];
  /** The place of a top-level key or a key of a section, regardless of its spelling, as shown to a person. */
  placeOf(key: string): string;
  /** The variables that contribute to a top-level key. */
  variablesOf(key: keyof ConfigurationFile): readonly Setting[];
}

/** How a file is read. */
export interface Reading {
  variables: Variables;
  /** The home that `~` stands for. */
  home: string;
  /** Whether credentials and base URL are not used, so that no variable in them is read. */
  sandbox: boolean;
}

/** The settings that the sandbox does not need. */
const NOT_FOR_SANDBOX: readonly string[] = ["secretId", "secretKey", "baseUrl"];

/** The settings that make variables, whose own variables are replaced when they are read. */
const MAKE_VARIABLES: readonly string[] = ["env", "envFiles"];

/**
 * Reads a configuration in YAML, with its variables replaced. Keys may be in snake_case, as the reference client's are.
 *
 * @throws ConfigurationError naming the file, and if there is one the line and column
 */
export function readConfigurationFile(chosen: ChosenFile, { variables, home, sandbox }: Reading): ReadFile {
  const file = parseYaml(chosen.path, chosen.text);
  rejectOtherProvider(file);
  const replace = replacer();
  const all = withFilesVariables(file, { chosen, home, isOptional: sandbox }, variables, replace);
  const isLeft = (key: string) => MAKE_VARIABLES.includes(key) || (sandbox && NOT_FOR_SANDBOX.includes(key));
  const used = replaceVariables(file, all, replace, isLeft);
  const content = inCamelCase(file.toValue() ?? {}, (path) => {
    const key = snakeCase(String(path.at(-1)));
    throw new ConfigurationError(`${file.at(offsetOf(file, path))}: ${key} is set twice.`);
  });
  if (sandbox && isRecord(content)) for (const key of NOT_FOR_SANDBOX) delete content[key];
  const parsed = ConfigurationFile.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigurationError(`${file.at(offsetOf(file, pathOf(issue)))}: ${problem(file, issue)}`);
  }
  checkAccounts(parsed.data.accounts ?? [], (path) => file.at(offsetOf(file, path)));
  return {
    content: parsed.data,
    variables: all,
    unused: unusedKeys(file, parsed.data),
    placeOf: (key) => file.lineAt(offsetOfKey(file, ourName(key))),
    variablesOf: (key) => used(key),
  };
}

/** A configuration of the reference client for another provider is not a wrong one. */
function rejectOtherProvider(file: YamlFile): void {
  const pair = pairAt(file, ["provider"]);
  const value = isScalar(pair?.value) ? String(pair.value.value) : "";
  if (!/^enable_?banking$/i.test(value)) return;
  throw new ConfigurationError(
    `${file.at(offsetOf(file, ["provider"]))}: the provider ${value} is not supported yet, only gocardless is.`,
  );
}

/**
 * Puts the values of variables into the document.
 *
 * @param isLeft whether a top-level key is left as it is
 * @returns a function that lists the variables that contribute to a top-level key
 */
function replaceVariables(
  { document, at }: YamlFile,
  variables: Variables,
  replace: Replace,
  isLeft: (key: string) => boolean,
) {
  const byKey = new Map<string, Set<Setting>>();
  const all = new Set<Setting>();
  let hasAliases = false;
  visit(document, {
    Alias() {
      hasAliases = true;
    },
    Scalar(key, node, path) {
      if (key === "key" || typeof node.value !== "string" || !node.value.includes("$")) return;
      const top = topKey(path);
      if (isLeft(top)) return;
      const replaced = replace(node.value, variables, at(node.range?.[0] ?? 0));
      node.value = replaced.value;
      const ofKey = byKey.get(top) ?? new Set();
      byKey.set(top, ofKey);
      for (const variable of replaced.variables) {
        ofKey.add(variable);
        all.add(variable);
      }
    },
  });
  // An alias may refer to any part of the file.
  return (key: string): readonly Setting[] => [...(hasAliases ? all : (byKey.get(key) ?? []))];
}

/** The top-level key that contains a node, in camelCase. */
function topKey(path: readonly unknown[]): string {
  const pair = path.find((one) => isPair(one));
  return pair === undefined ? "" : keyName(pair);
}

/** Called with a key that is set in two spellings. */
type OnTwice = (path: Path) => never;

/** Converts keys to our names at the top level, in the cache section and in each account; one without a value is not set. */
function inCamelCase(content: unknown, onTwice: OnTwice): unknown {
  if (!isRecord(content)) return content;
  const named = renamed(content, [], onTwice);
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, withSection(name, value, onTwice)] as const),
  );
}

function withSection(name: string, value: unknown, onTwice: OnTwice): unknown {
  const inCase = (section: unknown, path: Path) =>
    isRecord(section) ? renamed(section, path, onTwice) : section;
  if (name === "accounts" && Array.isArray(value)) return value.map((one, at) => inCase(one, [name, at]));
  return name === "cache" ? inCase(value, [name]) : value;
}

function renamed(section: Record<string, unknown>, path: Path, onTwice: OnTwice): Record<string, unknown> {
  const names = new Map<string, unknown>();
  for (const [key, value] of Object.entries(section)) {
    const name = ourName(key);
    if (names.has(name)) onTwice([...path, name]);
    names.set(name, value);
  }
  return Object.fromEntries([...names].filter(([, value]) => value !== null));
}

type Issue = z.core.$ZodIssue | undefined;

/** Where an issue is: at the unknown key, or at the value that cannot be used. */
function pathOf(issue: Issue): Path {
  const key = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  return [...(issue?.path ?? []), ...(key === undefined ? [] : [key])];
}

/** What is wrong, without the value, which may be a secret. */
function problem(file: YamlFile, issue: Issue): string {
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const near = closest(key, knownKeys(issue.path));
    const meant = near === undefined ? "" : ` Did you mean ${snakeCase(near)}?`;
    return `${writtenKey(file, pathOf(issue))} is not a known key.${meant}`;
  }
  const path = pathOf(issue).map((_, at, all) => writtenKey(file, all.slice(0, at + 1)));
  return `${path.length === 0 ? "the file" : path.join(".")} cannot be used: ${issue?.message ?? "unknown reason"}.`;
}

/** The keys of a file that do nothing yet. */
function unusedKeys(file: YamlFile, content: ConfigurationFile): ReadFile["unused"] {
  const top = Object.keys(content).map((key): Path => [key]);
  const ofAccounts = (content.accounts ?? []).flatMap((account, at) =>
    Object.keys(account).map((key): Path => ["accounts", at, key]),
  );
  return [...top, ...ofAccounts]
    .filter(isUnused)
    .map((path) => ({ key: writtenKey(file, path), place: file.at(offsetOf(file, path)) }));
}
