import { statSync } from "node:fs";
import { ConfigurationError } from "bankdata-core/base";
import { UnusableFileError, writePrivateFile } from "bankdata-core/store";
import { isMap, type Scalar } from "yaml";
import { camelCase, keyName } from "./keys.ts";
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
  try {
    writePrivateFile(path, document.toString());
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
