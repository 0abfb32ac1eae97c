import { closeSync, existsSync, openSync, renameSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { withFileLock } from "../file-lock.ts";
import { isBusy } from "./errors.ts";
import type { FileFormat } from "./file-format.ts";
import { identityOf } from "./file-kind.ts";
import { completeLayout } from "./layout.ts";
import { loadSqlite, type Sqlite } from "./load-sqlite.ts";
import { type DamagedFileError, inTransaction } from "./open.ts";
import { PARTS, setAsideName } from "./set-aside.ts";

/** How long to wait for the writers of a damaged file, in milliseconds. */
const WAIT_FOR_WRITERS = 1000;

/**
 * Puts a new file in the place of a damaged one, which is kept under another name. What the format can still salvage is
 * copied into the new one. The first process does this; the others find the new file.
 *
 * @param now in milliseconds since 1970
 * @returns the new name of the damaged file; undefined if another process has replaced it already
 * @throws the system's error if nothing can be moved or made; then everything is as before
 */
export async function replaceDamaged(
  damaged: DamagedFileError,
  format: FileFormat<unknown>,
  now: number,
): Promise<string | undefined> {
  const { file, identity } = damaged;
  const sqlite = await loadSqlite();
  return await withFileLock(file, async (lock) => {
    if (identityOf(file) !== identity) return undefined;
    const old = await closedToWriters(sqlite, file);
    try {
      // Nothing waits from here on: a process that waits for the write lock finds the new file once it gets it. While
      // this one waited, the file may have been replaced by the user, or by a process that took this one for dead.
      if (identityOf(file) !== identity || !lock.isHeld()) return undefined;
      const aside = setAsideName(file, now);
      makeNew(sqlite, `${aside}.new`, format, old);
      if (process.platform === "win32") old?.close(); // Windows cannot move an open file.
      for (const part of PARTS) if (existsSync(file + part)) renameSync(file + part, aside + part);
      renameSync(`${aside}.new`, file);
      return aside;
    } finally {
      if (old?.isOpen) old.close();
    }
  });
}

/** The damaged file, open, and with its write lock held if the damage allows that; undefined if it cannot be opened. */
async function closedToWriters(sqlite: Sqlite, file: string): Promise<DatabaseSync | undefined> {
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(file, { timeout: 5 });
    for (const until = performance.now() + WAIT_FOR_WRITERS; performance.now() < until; await wait(20)) {
      try {
        database.exec("BEGIN IMMEDIATE");
        break;
      } catch (error) {
        if (!isBusy(error)) break;
      }
    }
  } catch {} // It cannot even be opened.
  return database;
}

/** Completed before it replaces the damaged file, so that on a full disk nothing is moved. */
function makeNew(
  sqlite: Sqlite,
  file: string,
  format: FileFormat<unknown>,
  damaged: DatabaseSync | undefined,
): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
    const database = new sqlite.DatabaseSync(file);
    try {
      inTransaction(database, () => {
        completeLayout(database, format);
        if (damaged !== undefined) format.salvage(damaged, database);
      });
    } finally {
      database.close();
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
