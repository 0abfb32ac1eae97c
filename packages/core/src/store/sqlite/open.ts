import { accessSync, chmodSync, closeSync, constants, openSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../base/message-of.ts";
import { withFileLock } from "../file-lock.ts";
import { makePrivateFolder } from "../private-folder.ts";
import { BrokenSchemaError, BusyError, isBusy, isDamage, isMisfit } from "./errors.ts";
import type { FileFormat } from "./file-format.ts";
import { identityOf, immutable, kindOf } from "./file-kind.ts";
import { completeLayout, type LayoutState, layoutStateOf } from "./layout.ts";
import { loadSqlite, type Sqlite } from "./load-sqlite.ts";
import { hasContent } from "./wal.ts";

/** A file that is open. */
export interface Opened<Statements> {
  database: DatabaseSync;
  statements: Statements;
  /** Its path, with links followed. */
  file: string;
  identity: string;
  /** Why nothing can be written; undefined if it can. */
  readOnly: unknown;
  /** Whether others are locked out of the file while it is open, so that it has to be closed after each use. */
  exclusive: boolean;
}

/** What is at the path is not ours, or cannot be used by this version. It was not changed. */
export class NotOursError extends Error {
  override name = "NotOursError";
  /** A part of a sentence: "it is a folder". */
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
    super(messageOf(cause), { cause });
    this.file = file;
    this.identity = identity;
  }
}

/** How long SQLite itself waits for a lock, in milliseconds. It blocks the whole thread meanwhile. */
const BUSY_TIMEOUT = 5;

/**
 * Opens the file, or makes it, readable only by its owner. A file that is not known to be ours is not changed.
 *
 * @throws NotOursError; DamagedFileError; otherwise the error of SQLite or the file system, such as "busy"
 */
export async function openFile<Statements>(
  path: string,
  format: FileFormat<Statements>,
): Promise<Opened<Statements>> {
  let kind = await kindOf(path, format);
  if (kind.kind === "nothing") {
    await makeEmptyFile(path);
    kind = await kindOf(path, format);
  }
  if (kind.kind === "foreign") throw new NotOursError(kind.reason);
  if (kind.kind === "nothing") throw new BusyError("the file was removed just now");
  const place = { format, sqlite: await loadSqlite(), file: realpathSync(path), identity: kind.identity };
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
export async function openForReading<Statements>(
  path: string,
  format: FileFormat<Statements>,
  reason: unknown,
): Promise<Opened<Statements>> {
  const kind = await kindOf(path, format);
  if (kind.kind !== "ours") throw reason;
  const { identity } = kind;
  return forReading({ format, sqlite: await loadSqlite(), file: realpathSync(path), identity }, reason);
}

interface Place<Statements> {
  format: FileFormat<Statements>;
  sqlite: Sqlite;
  file: string;
  identity: string;
}

/** Holds the lock under which a damaged file is set aside, so that nothing is made in its place meanwhile. */
async function makeEmptyFile(path: string): Promise<void> {
  makePrivateFolder(dirname(path));
  await withFileLock(path, () => {
    if (identityOf(path) === undefined) closeSync(openSync(path, "wx", 0o600));
  });
}

/** Restricts the file to its owner; SQLite gives the same mode to what it makes beside it. */
function tighten(file: string): void {
  if (process.platform === "win32" || (statSync(file).mode & 0o077) === 0) return;
  try {
    chmodSync(file, 0o600);
  } catch {} // The file belongs to another user, who decides on its mode.
}

function forWriting<Statements>(place: Place<Statements>): Opened<Statements> {
  accessSync(place.file, constants.W_OK);
  const database = new place.sqlite.DatabaseSync(place.file, { timeout: BUSY_TIMEOUT });
  return closedOnError(database, () => {
    if (usableLayout(database, place) === "incomplete") {
      database.exec("PRAGMA secure_delete = ON");
      inTransaction(database, () => {
        if (usableLayout(database, place) === "incomplete")
          asDamage(() => completeLayout(database, place.format));
      });
      tighten(place.file); // An empty file was not ours until now.
    }
    const { journal_mode: mode } = database.prepare("PRAGMA journal_mode").get() ?? {};
    if (mode !== "wal") database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY");
    return opened(place, database, { readOnly: undefined });
  });
}

/**
 * Opens a file without writing to it: as an ordinary reader; if that fails and its log is empty, as immutable;
 * otherwise exclusively, with the index of the log in memory. A full disk has no room even for that index, which every
 * ordinary reader makes.
 */
function forReading<Statements>(place: Place<Statements>, reason: unknown): Opened<Statements> {
  const { DatabaseSync } = place.sqlite;
  const { file } = place;
  const ways: (() => Opened<Statements>)[] = [
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

function read<Statements>(
  place: Place<Statements>,
  database: DatabaseSync,
  reason: unknown,
): Opened<Statements> {
  return closedOnError(database, () => {
    usableLayout(database, place);
    return opened(place, database, { readOnly: reason });
  });
}

function opened<Statements>(
  { format, file, identity }: Place<Statements>,
  database: DatabaseSync,
  { readOnly }: Pick<Opened<Statements>, "readOnly">,
): Opened<Statements> {
  const statements = asDamage(() => format.prepare(database));
  return { database, statements, file, identity, readOnly, exclusive: false };
}

/**
 * The layout of an open file, which may have been replaced since it was examined.
 *
 * @throws NotOursError if the file cannot be used; BusyError if it was replaced
 */
function usableLayout(
  database: DatabaseSync,
  { format, file, identity }: Place<unknown>,
): Exclude<LayoutState, "foreign" | "newer"> {
  const state = layoutStateOf(database, format);
  if (identityOf(file) !== identity) throw new BusyError("the file was replaced just now");
  if (state === "foreign") throw new NotOursError("it is another program's database");
  if (state === "newer") throw new NotOursError("it was made by a newer version of bankdata");
  return state;
}

/** Reports a statement that does not fit the schema as damage: it fits every schema that is not broken. */
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

/** Does all of the work or none of it, even if the process is killed meanwhile. */
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
