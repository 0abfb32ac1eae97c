import { rmSync, statSync } from "node:fs";
import { ConfigurationError } from "bankdata-core/base";
import { UnusableFileError, writePrivateFile } from "bankdata-core/store";
import { isMap, isScalar, type Scalar } from "yaml";
import { camelCase, keyName } from "./keys.ts";
import { variablesIn } from "./substitute.ts";
import { readText } from "./text-file.ts";
import { parseYaml, type YamlFile } from "./yaml-file.ts";

/**
 * Writes credentials into a configuration, and keeps its other settings and its comments. Only its owner can read the
 * file, and it is written whole or not at all.
 *
 * @throws ConfigurationError if the file exists and cannot be understood, or cannot be written
 */
export function writeCredentials(path: string, credentials: { secretId: string; secretKey: string }): void {
  const { document } = readForWriting(path);
  if (document.contents !== null && !isMap(document.contents))
    throw new ConfigurationError(`${path} was not changed, because it is not a list of settings.`);
  setKey(document, "secret_id", credentials.secretId);
  setKey(document, "secret_key", credentials.secretKey);
  writeText(path, document.toString());
}

/** What is in a configuration file besides the credentials that it holds. */
export interface HeldCredentials {
  /** The keys with a secret, as the file spells them. A reference to a variable is no secret. */
  keys: readonly string[];
  /** The file without them; null if nothing else is in it. */
  rest: string | null;
}

/**
 * The credentials that a configuration file holds itself.
 *
 * @throws ConfigurationError if the file exists and cannot be understood
 */
export function heldCredentials(path: string): HeldCredentials {
  const { document } = readForWriting(path);
  const pairs = isMap<Scalar<string>>(document.contents) ? document.contents.items : [];
  const held = pairs.filter((pair) => CREDENTIALS.has(keyName(pair)) && isLiteral(pair.value));
  for (const { key } of held) document.delete(key);
  const isEmpty = held.length === pairs.length && !document.toString().includes("#");
  return { keys: held.map(({ key }) => String(key.value)), rest: isEmpty ? null : document.toString() };
}

const CREDENTIALS: ReadonlySet<string> = new Set(["secretId", "secretKey"]);

function isLiteral(value: unknown): boolean {
  return !isScalar(value) || variablesIn(String(value.value)).length === 0;
}

/** Removes the credentials from a configuration, and the file if nothing else is in it. */
export function removeCredentials(path: string): void {
  const { rest } = heldCredentials(path);
  if (rest === null) rmSync(path, { force: true });
  else writeText(path, rest);
}

/** @throws ConfigurationError if it cannot be written */
function writeText(path: string, text: string): void {
  try {
    writePrivateFile(path, text);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const reason = error instanceof UnusableFileError ? error.reason : code;
    throw new ConfigurationError(`${path} cannot be written: ${reason}.`, { cause: error });
  }
}

function readForWriting(path: string): YamlFile {
  const text = readText(path) ?? "";
  try {
    return parseYaml(path, text);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`${path} was not changed, because it is not valid: ${error.message}`);
  }
}

/** An existing key keeps its spelling, as two spellings of one key are rejected. */
function setKey(document: YamlFile["document"], key: string, text: string): void {
  const pairs = isMap<Scalar<string>>(document.contents) ? document.contents.items : [];
  const there = pairs.find((pair) => keyName(pair) === camelCase(key));
  document.set(there?.key ?? key, text.replaceAll("$", "$$$$"));
}

/** Whether users other than its owner can read a file; false if there is none, and on Windows, which has no such modes. */
export function isReadableByOthers(path: string, platform: NodeJS.Platform): boolean {
  if (platform === "win32") return false;
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & 0o077) !== 0;
}
