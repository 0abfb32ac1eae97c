import { accessSync, chmodSync, closeSync, constants, openSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigurationError } from "bankdata-core/base";
import { type FileMark, kindOf, makePrivateFolder } from "bankdata-core/store";
import { lastCopyOf } from "./copy.ts";

/** "BDAr". More bits differ from the cache's than damage could flip. */
export const APPLICATION_ID = 0x42444172;

/** Damage apart, tells archives from other files. Their version is read, and checked, once they are open. */
export const ARCHIVE_FILE: FileMark = {
  applicationId: APPLICATION_ID,
  layout: 0x7fff_ffff,
  noun: "archive",
  contents: "transactions",
};

/**
 * The file of an archive, with links followed. It is made, empty, if nothing is there. Whatever is not an archive is left
 * as it is.
 *
 * @throws ConfigurationError if something else is there; the error of the system
 */
export async function archiveFile(path: string): Promise<string> {
  let kind = await kindOf(path, ARCHIVE_FILE);
  if (kind.kind === "nothing") {
    makePrivateFolder(dirname(path));
    makeEmptyFile(path);
    kind = await kindOf(path, ARCHIVE_FILE);
  }
  if (kind.kind === "foreign") throw notOurs(path, kind.reason);
  const file = realpathSync(path);
  tighten(file);
  // SQLite would open a read-only file for reading, and leave a log beside it that nobody can write even later.
  for (const needed of [file, dirname(file)]) accessSync(needed, constants.W_OK);
  return file;
}

/** Readable only by its owner from the first byte; SQLite gives the same mode to what it makes beside it. */
function makeEmptyFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function tighten(file: string): void {
  if (process.platform === "win32" || (statSync(file).mode & 0o077) === 0) return;
  try {
    chmodSync(file, 0o600);
  } catch {} // The file belongs to another user, who decides on its mode.
}

function notOurs(path: string, reason: string): ConfigurationError {
  const copy = lastCopyOf(path);
  const hint =
    copy === null
      ? ""
      : ` If it was an archive, it is damaged: a copy from before its last migration is ${copy}.`;
  return new ConfigurationError(
    `The archive ${path} cannot be used: ${reason}. It was left as it is; choose another path, or move it away.${hint}`,
  );
}
