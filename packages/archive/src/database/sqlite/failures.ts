import { BankDataError, ConfigurationError, messageOf } from "bankdata-core/base";
import { isBusy, isDamage } from "bankdata-core/store";
import { ArchiveDamagedError, ArchiveUnavailableError } from "../errors.ts";
import { lastCopyOf } from "./copy.ts";

/** The primary result codes of SQLite that mean that the surroundings are at fault: https://sqlite.org/rescode.html */
const SURROUNDINGS: ReadonlyMap<number, string> = new Map([
  [3, "the system denies access to it"],
  [8, "it is read-only"],
  [10, "the system could not read or write it"],
  [13, "the disk is full"],
  [14, "it cannot be opened"],
]);

/** Codes of the system for the same. */
const SYSTEM: ReadonlyMap<string, string> = new Map([
  ["EACCES", "the system denies access to it"],
  ["EPERM", "the system denies access to it"],
  ["EROFS", "it is on a read-only file system"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
]);

/** Codes of the system for a path that can never hold a file. */
const PATH: ReadonlyMap<string, string> = new Map([
  ["ENOTDIR", "a part of its path is not a folder"],
  ["ENOENT", "its folder cannot be made there"],
  ["ELOOP", "its path has too many links"],
  ["ENAMETOOLONG", "its name is too long"],
]);

/** What to do about a failure, after the sentence that tells it. */
const REMEDY = "Nothing was lost: fix that, and do the same again.";

/** Turns an error of SQLite or the system into one of the archive; any other error stays as it is. */
export function archiveError(error: unknown, file: string): unknown {
  if (error instanceof BankDataError) return error;
  if (isDamage(error)) return damaged(error, file);
  if (isBusy(error)) return busy(file);
  const mistake = PATH.get(systemCodeOf(error));
  if (mistake !== undefined)
    return new ConfigurationError(`The archive ${file} cannot be used: ${mistake}. Choose another path.`);
  const reason = whyUnavailable(error);
  if (reason === undefined) return error;
  return new ArchiveUnavailableError(
    `The archive ${file} cannot be used now: ${reason} (${messageOf(error)}). ${REMEDY}`,
    { cause: error },
  );
}

/** Another connection holds the lock. */
export function busy(file: string): ArchiveUnavailableError {
  return new ArchiveUnavailableError(
    `The archive ${file} cannot be written now: another process has been writing to it for long. Wait for it, or end it, and do the same again.`,
  );
}

function damaged(error: unknown, file: string): ArchiveDamagedError {
  const copy = lastCopyOf(file);
  const remedy =
    copy === null
      ? "Put a backup of yours in its place, or save what can be read with `sqlite3 FILE .recover`."
      : `Before its last migration it was copied to ${copy}, which lacks what was recorded since. Put that or a younger backup of yours in its place, or save what can be read with \`sqlite3 FILE .recover\`.`;
  return new ArchiveDamagedError(
    `The archive ${file} is damaged (${messageOf(error)}). It was left as it is. ${remedy}`,
    { file, copy, cause: error },
  );
}

function whyUnavailable(error: unknown): string | undefined {
  const isSqlite = error instanceof Error && "errcode" in error && typeof error.errcode === "number";
  return isSqlite ? SURROUNDINGS.get(Number(error.errcode) & 0xff) : SYSTEM.get(systemCodeOf(error));
}

/** `ENOSPC` and the like; empty if the error has none. */
function systemCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
