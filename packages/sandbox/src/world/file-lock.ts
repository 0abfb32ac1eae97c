import { closeSync, openSync, rmSync, statSync, utimesSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

type OpenDatabase = (path: string) => DatabaseSync;

/** How often a lock file is opened again because another process has removed it in between. */
const TRIES = 10;

/** How often in a row the last holder lets others go first. */
const TURNS = 5;

/** SQLite's codes for a file that is locked already. */
const TAKEN: readonly unknown[] = [5, 6];

/** SQLite's codes for a file that was removed while it was opened. */
const REMOVED: readonly unknown[] = [1032, 1802];

/**
 * A lock that one holder has at a time, among all processes and threads. The system releases it when its process ends, even
 * if that is killed, so no lock is ever left behind. Node.js cannot lock files, but SQLite can: the lock is the exclusive
 * transaction of a database that stays empty.
 */
export class FileLock {
  readonly path: string;
  readonly #openDatabase: OpenDatabase;
  #opened: { database: DatabaseSync; file: string | undefined } | undefined;
  /** The time of the file when it was last looked at: whoever waits for the lock changes it. */
  #wantedAt: number | undefined;
  /** How often this holder will still let others go first. */
  #turns = 0;

  private constructor(path: string, openDatabase: OpenDatabase) {
    this.path = path;
    this.#openDatabase = openDatabase;
  }

  /** @param path a file that is created when the lock is first taken */
  static at(path: string): FileLock {
    const { DatabaseSync } = loadSqlite();
    return new FileLock(path, (file) => {
      createPrivate(file);
      return new DatabaseSync(file, { timeout: 0 });
    });
  }

  /**
   * Takes the lock, unless another holder has it, or waits for it and this was the last holder.
   *
   * @throws Error if the file cannot be created or locked
   */
  tryTake(): boolean {
    if (this.#isOthersTurn()) return false;
    for (let tries = 0; tries < TRIES; tries += 1) {
      this.#opened ??= { file: identityOf(this.path), database: this.#openDatabase(this.path) };
      const begun = begin(this.#opened.database);
      if (begun === "taken") return this.#wait();
      // What was opened and what is there now must be one file: else the holder before has removed it.
      const { file } = this.#opened;
      if (begun === "begun" && file !== undefined && file === identityOf(this.path)) return true;
      this.#close();
    }
    return false;
  }

  release(): void {
    this.#opened?.database.exec("ROLLBACK");
    this.#turns = TURNS;
  }

  /** Whether another process has asked for the lock since this one last looked. */
  #isOthersTurn(): boolean {
    const wantedAt = statOf(this.path)?.mtimeMs;
    const isNew = wantedAt !== undefined && wantedAt !== this.#wantedAt;
    this.#wantedAt = wantedAt;
    if (!isNew || this.#turns === 0) return false;
    this.#turns -= 1;
    return true;
  }

  /** Asks the holder to let others go first. */
  #wait(): false {
    this.#turns = 0;
    const now = (performance.timeOrigin + performance.now()) / 1000;
    try {
      utimesSync(this.path, now, now);
    } catch {
      // The holder has just removed it.
    }
    return false;
  }

  /** Removes the file, unless another holder has the lock at this moment and will remove it. */
  remove(): void {
    try {
      this.#turns = 0;
      if (this.tryTake()) rmSync(this.path, { force: true });
    } catch {
      // The folder may be gone, and Windows removes no file that another process has open. An empty file does no harm.
    }
    this.#close();
  }

  #close(): void {
    this.#opened?.database.close();
    this.#opened = undefined;
  }
}

/** Creates an empty file for its owner alone: another user who could read it could hold a lock on it, too. */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // It exists already, or SQLite says why it cannot be opened.
  }
}

function begin(database: DatabaseSync): "begun" | "taken" | "removed" {
  try {
    // Without the first, taking the lock would create a journal beside the file.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return "begun";
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
    if (TAKEN.includes(code)) return "taken";
    if (REMOVED.includes(code)) return "removed";
    throw error;
  }
}

/** Tells a file from a later one with the same path, which may get the same number. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.birthtimeNs}`;
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}

/**
 * Loads node:sqlite. Some versions of Node warn about it; that one warning is held back, and no other. Loading it at once
 * leaves no moment in which another sandbox that starts could take the changed function for Node's own.
 *
 * @throws Error if Node.js was built or started without it
 */
function loadSqlite(): typeof import("node:sqlite") {
  const emitWarning = process.emitWarning;
  const quiet: typeof process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes("SQLite is an experimental feature"))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = quiet;
  try {
    const sqlite: typeof import("node:sqlite") | undefined = process.getBuiltinModule("node:sqlite");
    if (sqlite !== undefined) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new Error(
    "A state file needs node:sqlite, which this Node.js does not have: use a build that has it, and do not disable it.",
  );
}
