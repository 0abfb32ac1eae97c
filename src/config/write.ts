import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseDocument } from "yaml";
import { ConfigurationError } from "../errors.ts";
import { textOf } from "./read-file.ts";

/**
 * Writes credentials into a configuration, keeping what else it holds, comments too. Its owner alone can read it; it is
 * written whole or not at all.
 *
 * @throws ConfigurationError where the file is there and cannot be understood
 */
export function writeCredentials(path: string, credentials: { secretId: string; secretKey: string }): void {
  const document = parseDocument(textOf(path) ?? "");
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new ConfigurationError(`${path} is not written, as it is broken: ${broken.message}`);
  document.set("secret_id", escaped(credentials.secretId));
  document.set("secret_key", escaped(credentials.secretKey));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.${randomUUID()}`;
  try {
    writeFileSync(next, document.toString(), { mode: 0o600, flag: "wx" });
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** A dollar stands for itself, as it would start a variable. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** Whether others than its owner can read a file; false where there is none, and on Windows, which has no such modes. */
export function isReadableByOthers(path: string, platform: NodeJS.Platform): boolean {
  if (platform === "win32") return false;
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & 0o077) !== 0;
}
