import { randomUUID } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { withFileLock } from "../store/file-lock.ts";
import { checksumOf } from "./checksum.ts";
import { identityOf, kindOf } from "./file-kind.ts";
import { loadSqlite, type Sqlite } from "./load-sqlite.ts";
import { isBusy } from "./sqlite-errors.ts";
import { completeLayout } from "./sqlite-layout.ts";
import { type DamagedFileError, inTransaction } from "./sqlite-open.ts";

/** What SQLite keeps of one database: the log and its index move before the file, so that they meet no other one. */
const PARTS = ["-wal", "-shm", ""];

/** For so long the writers of a damaged file are waited for, in milliseconds. */
const WAIT_FOR_WRITERS = 1000;

/**
 * Puts a new file in the place of a damaged one, which is kept under another name. Counts and tokens that can still be
 * read are taken over. Whichever process comes first does it; the others find the new file.
 *
 * @returns the damaged file's new name; undefined if another process has replaced it already
 * @throws the system's error if nothing can be moved or made; then everything is as before
 */
export async function replaceDamaged(damaged: DamagedFileError, now: number): Promise<string | undefined> {
  const { file, identity } = damaged;
  const sqlite = await loadSqlite();
  return await withFileLock(file, async (lock) => {
    if (identityOf(file) !== identity) return undefined;
    const old = await closedToWriters(sqlite, file);
    try {
      // Nothing waits from here on: who waits for the write lock finds the new file when it gets it. While it was
      // waited for, the file may have been replaced: by the user, or by a process that took this one for dead.
      if (identityOf(file) !== identity || !lock.isHeld()) return undefined;
      const aside = freeName(file, now);
      makeNew(sqlite, `${aside}.new`, old === undefined ? new Map() : recordsIn(old));
      if (process.platform === "win32") old?.close(); // Which moves no file that is open.
      for (const part of PARTS) if (existsSync(file + part)) renameSync(file + part, aside + part);
      renameSync(`${aside}.new`, file);
      return aside;
    } finally {
      if (old?.isOpen) old.close();
    }
  });
}

/** The damaged file, open, and if it allows that with its write lock held. */
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

interface SavedRecord {
  value: string;
  checksum: string | null;
}

/** From both ends, as a damaged page in the middle hides what comes after it. */
function recordsIn(database: DatabaseSync): Map<string, SavedRecord> {
  const found = new Map<string, SavedRecord>();
  for (const columns of ["name, value, checksum", "name, value, NULL AS checksum"]) {
    for (const order of ["ASC", "DESC"]) {
      try {
        const rows = database.prepare(`SELECT ${columns} FROM records ORDER BY rowid ${order}`).iterate();
        for (const { name, value, checksum } of rows) {
          if (typeof name !== "string" || typeof value !== "string") continue;
          if (typeof checksum === "string" && checksum !== checksumOf([name], value)) continue;
          found.set(name, { value, checksum: typeof checksum === "string" ? checksum : null });
        }
      } catch {} // What was read before the damage counts.
    }
    if (found.size > 0) break;
  }
  return found;
}

/** Whole, before it takes the damaged one's place: on a full disk nothing is moved. */
function makeNew(sqlite: Sqlite, file: string, records: ReadonlyMap<string, SavedRecord>): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
    const database = new sqlite.DatabaseSync(file);
    try {
      inTransaction(database, () => {
        completeLayout(database);
        const add = database.prepare("INSERT INTO records (name, value, checksum) VALUES (?, ?, ?)");
        for (const [name, { value, checksum }] of records) add.run(name, value, checksum);
      });
    } finally {
      database.close();
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

function freeName(file: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, "-");
  const name = `${file}.unusable-${time}-${randomUUID().slice(0, 8)}`;
  return existsSync(name) ? freeName(file, now) : name;
}

/** A file that was set aside, with what stands beside it. */
export interface SetAside {
  path: string;
  /** In bytes, log included. */
  bytes: number;
  /** When it was last written, in milliseconds. */
  writtenAt: number;
  /** False if it cannot be told to be a cache of ours: older versions set other programs' files aside, too. */
  ours: boolean;
}

const SET_ASIDE = /^\.unusable-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(-[0-9a-f]{8}(?:\.new)?)?$/;

/** The files that were set aside from beside a cache file. */
export async function filesSetAside(file: string): Promise<SetAside[]> {
  const [folder, name] = [dirname(file), basename(file)];
  const found: SetAside[] = [];
  for (const sibling of namesIn(folder)) {
    const match = sibling.startsWith(name) ? SET_ASIDE.exec(sibling.slice(name.length)) : null;
    if (match === null) continue;
    const path = join(folder, sibling);
    const sizes = PARTS.map((part) => statSync(path + part, { throwIfNoEntry: false }));
    const writtenAt = Math.max(...sizes.map((stats) => stats?.mtimeMs ?? 0));
    const bytes = sizes.reduce((sum, stats) => sum + (stats?.size ?? 0), 0);
    found.push({ path, bytes, writtenAt, ours: await isOurs(path, match[1] !== undefined) });
  }
  return found.sort((one, other) => one.writtenAt - other.writtenAt);
}

/** This version sets nothing aside but our own, under names that older ones never gave. */
async function isOurs(path: string, isNamedByThisVersion: boolean): Promise<boolean> {
  try {
    const { kind } = await kindOf(path);
    return kind === "ours" || (isNamedByThisVersion && statSync(path).isFile());
  } catch {
    return false;
  }
}

/** Removes files that were set aside and are ours; the others stay. @returns how many were removed */
export function removeSetAside(files: readonly SetAside[]): number {
  const ours = files.filter(({ ours }) => ours);
  for (const { path } of ours) for (const part of PARTS) rmSync(path + part, { force: true });
  return ours.length;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
