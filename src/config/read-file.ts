import { readFileSync } from "node:fs";
import { isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { ConfigurationError } from "../errors.ts";
import { closest } from "./closest.ts";
import { ConfigurationFile, KNOWN_KEYS, REFERENCE_KEYS } from "./configuration.ts";
import { substituted } from "./substitute.ts";

/** A configuration is small; a larger file is another one, named by mistake. */
const LARGEST = 1_000_000;

/**
 * A file's text; undefined where there is no such file.
 *
 * @throws ConfigurationError where it cannot be read
 */
export function textOf(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    const reason =
      code === "EISDIR" ? "it is a folder" : code === "EACCES" ? "you may not read it" : String(code);
    throw new ConfigurationError(`${path} cannot be read: ${reason}.`, { cause: error });
  }
  if (text.length > LARGEST) throw new ConfigurationError(`${path} is too large to be a configuration.`);
  return text;
}

/**
 * Reads a configuration in YAML, with its variables replaced. Keys may be written in snake_case, as the reference
 * client's are; what that one knows and this does not is passed over in its own file.
 *
 * @param lenient whether keys that are not known are passed over
 * @throws ConfigurationError naming the file, and where there is one the line and column
 */
export function readConfigurationFile(
  path: string,
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
  lenient: boolean,
): ConfigurationFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}, line ${line}, column ${col}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined) {
    const sentence =
      broken.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "broken YAML";
    throw new ConfigurationError(`${at(broken.pos[0])}: ${sentence}.`);
  }
  visit(document, {
    Scalar(key, node) {
      if (key === "key" || typeof node.value !== "string") return;
      node.value = substituted(node.value, variables, (name) => {
        throw new ConfigurationError(
          `${at(node.range?.[0] ?? 0)}: the variable ${name} is not set. Set it in the environment or in .env, or write $$ for a dollar.`,
        );
      });
    },
  });
  const content: unknown = document.toJS() ?? {};
  const parsed = ConfigurationFile.safeParse(inCamelCase(content, lenient));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigurationError(`${at(offsetOf(document, issue))}: ${problem(issue)}`);
}

/** Keys in camelCase, at the top and in the section of the cache; what a section of the ledger holds stays as it is. */
function inCamelCase(content: unknown, lenient: boolean): unknown {
  if (!isRecord(content)) return content;
  const known = Object.entries(content)
    .map(([key, value]) => {
      const name = camelCase(key);
      return [REFERENCE_KEYS[name] ?? name, value] as const;
    })
    .filter(([name]) => !lenient || name in ConfigurationFile.shape)
    .map(([name, value]) => [name, withSection(name, value, lenient)] as const);
  return Object.fromEntries(known);
}

function withSection(name: string, value: unknown, lenient: boolean): unknown {
  const renamed = (section: unknown) =>
    isRecord(section)
      ? Object.fromEntries(Object.entries(section).map(([key, one]) => [camelCase(key), one]))
      : section;
  if (name === "accounts" && Array.isArray(value)) return value.map(renamed);
  if (name !== "cache") return value;
  const section = renamed(value);
  if (!lenient || !isRecord(section)) return section;
  return Object.fromEntries(Object.entries(section).filter(([key]) => KNOWN_KEYS.includes(key)));
}

function camelCase(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

type Issue = z.core.$ZodIssue | undefined;

/** What is wrong, without the value that is there: it may be a secret. */
function problem(issue: Issue): string {
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const near = closest(key, KNOWN_KEYS);
    const meant = near === undefined ? "" : ` Did you mean ${snakeCase(near)}?`;
    return `${snakeCase(key)} is not known here.${meant}`;
  }
  const path = (issue?.path ?? []).map(String).map(snakeCase).join(".");
  return `${path === "" ? "the file" : path} cannot be used: ${issue?.message ?? "it is not understood"}.`;
}

/** Where in the file an issue is: at the key that is not known, or the value that cannot be used. */
function offsetOf(document: ReturnType<typeof parseDocument>, issue: Issue): number {
  const wanted = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  let found = 0;
  const path = issue?.path ?? [];
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key)) return undefined;
      const name = camelCase(String(pair.key.value));
      const last = wanted ?? path.findLast((part) => typeof part === "string");
      if ((REFERENCE_KEYS[name] ?? name) === last) {
        found = pair.key.range?.[0] ?? 0;
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
