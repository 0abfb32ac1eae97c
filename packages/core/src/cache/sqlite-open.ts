import { accessSync, chmodSync, closeSync, constants, openSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { withFileLock } from "../store/file-lock.ts";
import { makePrivateFolder } from "../store/private-folder.ts";
import { identityOf, immutable, kindOf } from "./file-kind.ts";
import { loadSqlite, type Sqlite } from "./load-sqlite.ts";
import { BrokenSchemaError, BusyError, isBusy, isDamage, isMisfit } from "./sqlite-errors.ts";
import { completeLayout, layoutOf } from "./sqlite-layout.ts";
import { prepare, type Statements } from "./sqlite-statements.ts";
import { hasContent } from "./wal.ts";

/** A file that is open. */
export interface Opened {
  database: DatabaseSync;
  statements: Statements;
  /** Where it is, links followed. */
  file: string;
  identity: string;
  /** Why nothing can be written; undefined if it can. */
  readOnly: unknown;
  /** Whether others are kept out of the file for as long as it is open, so that it is closed after each use. */
  exclusive: boolean;
}

/** What is at the path is no cache that this version can use; nothing there was changed. */
export class NotOursError extends Error {
  override name = "NotOursError";
  /** A sentence's end: "it is a folder". */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** A file of ours that is damaged. */
export class DamagedFileError extends Error {
  override name = "DamagedFileError";
  readonly file: string;
  readonly identity: string;

  constructor(file: string, identity: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.file = file;
    this.identity = identity;
  }
}

/** SQLite waits in the thread, and with it everything else: so no longer than this, in milliseconds. */
const BUSY_TIMEOUT = 5;

/**
 * Opens the file, or makes it, readable by its owner alone. What is not known to be ours is left as it is.
 *
 * @throws NotOursError; DamagedFileError; otherwise what SQLite or the file system says, "busy" among it
 */
export async function openFile(path: string): Promise<Opened> {
  let kind = await kindOf(path);
  if (kind.kind === "nothing") {
    await makeEmptyFile(path);
    kind = await kindOf(path);
  }
  if (kind.kind === "foreign") throw new NotOursError(kind.reason);
  if (kind.kind === "nothing") throw new BusyError("the file was removed just now");
  const place: Place = { sqlite: await loadSqlite(), file: realpathSync(path), identity: kind.identity };
  if (kind.kind === "ours") tighten(place.file);
  try {
    return forWriting(place);
  } catch (error) {
    if (isDamage(error)) throw new DamagedFileError(place.file, place.identity, error);
    if (isBusy(error) || error instanceof NotOursError) throw error;
    return forReading(place, error);
  }
}

/** Opens a file that cannot be opened for writing. @throws the reason if it cannot be read either */
export async function openForReading(path: string, reason: unknown): Promise<Opened> {
  const kind = await kindOf(path);
  if (kind.kind !== "ours") throw reason;
  return forReading(
    { sqlite: await loadSqlite(), file: realpathSync(path), identity: kind.identity },
    reason,
  );
}

interface Place {
  sqlite: Sqlite;
  file: string;
  identity: string;
}

/** Under the lock that also keeps a damaged file from being set aside, so that nothing is made in its place meanwhile. */
async function makeEmptyFile(path: string): Promise<void> {
  makePrivateFolder(dirname(path));
  await withFileLock(path, () => {
    if (identityOf(path) === undefined) closeSync(openSync(path, "wx", 0o600));
  });
}

/** What SQLite makes beside the file gets the file's mode. */
function tighten(file: string): void {
  if (process.platform === "win32" || (statSync(file).mode & 0o077) === 0) return;
  try {
    chmodSync(file, 0o600);
  } catch {} // Somebody else's, who lets us use it: the mode is theirs.
}

function forWriting(place: Place): Opened {
  accessSync(place.file, constants.W_OK);
  const database = new place.sqlite.DatabaseSync(place.file, { timeout: BUSY_TIMEOUT });
  return closedOnError(database, () => {
    let layout = checkedLayout(database, place);
    if (layout.state === "incomplete") {
      database.exec("PRAGMA secure_delete = ON");
      inTransaction(database, () => {
        if (checkedLayout(database, place).state === "incomplete") asDamage(() => completeLayout(database));
      });
      layout = layoutOf(database);
      tighten(place.file); // An empty file was not ours until now.
    }
    const { journal_mode: mode } = database.prepare("PRAGMA journal_mode").get() ?? {};
    if (mode !== "wal") database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY");
    return opened(place, database, layout.checked, { readOnly: undefined });
  });
}

/**
 * Without writing: as any reader; if there is nothing in the log, as a file that nobody changes; else alone, with the
 * log's index in memory. A full disk has no room even for that index, which every usual reader makes.
 */
function forReading(place: Place, reason: unknown): Opened {
  const { DatabaseSync } = place.sqlite;
  const { file } = place;
  const ways: (() => Opened)[] = [
    () => read(place, new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT }), reason),
    () => {
      if (hasContent(`${file}-wal`)) throw reason;
      return read(place, new DatabaseSync(immutable(file), { readOnly: true }), reason);
    },
    () => {
      const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT });
      database.exec("PRAGMA locking_mode = EXCLUSIVE");
      return { ...read(place, database, reason), exclusive: true };
    },
  ];
  for (const way of ways) {
    try {
      return way();
    } catch (error) {
      if (error instanceof NotOursError) throw error;
    }
  }
  throw reason;
}

function read(place: Place, database: DatabaseSync, reason: unknown): Opened {
  return closedOnError(database, () => {
    const { checked } = checkedLayout(database, place);
    return opened(place, database, checked, { readOnly: reason });
  });
}

function opened(
  { file, identity }: Place,
  database: DatabaseSync,
  checked: boolean,
  { readOnly }: Pick<Opened, "readOnly">,
): Opened {
  const statements = asDamage(() => prepare(database, checked));
  return { database, statements, file, identity, readOnly, exclusive: false };
}

/** The file may have become another one between the look at it and its opening. */
function checkedLayout(database: DatabaseSync, { file, identity }: Place) {
  const layout = layoutOf(database);
  if (identityOf(file) !== identity) throw new BusyError("the file was replaced just now");
  if (layout.state === "foreign") throw new NotOursError("it is another program's database");
  if (layout.state === "newer") throw new NotOursError("it was made by a newer version of bankdata");
  return layout;
}

/** What should fit our own schema and does not meets a broken one. */
function asDamage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isMisfit(error)) throw new BrokenSchemaError(error instanceof Error ? error.message : "");
    throw error;
  }
}

function closedOnError<T>(database: DatabaseSync, work: () => T): T {
  try {
    return work();
  } catch (error) {
    database.close();
    throw error;
  }
}

/** All or nothing, also if the process is killed in its middle. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
