import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** Where a cache of this name lies: as it is where it is a path, else in the user's cache folder. */
export function cacheFile(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (isAbsolute(name) || /[/\\]/.test(name)) return resolve(name);
  return join(userCacheFolder(environment, platform), "bankdata", `${name.replace(/\.sqlite$/, "")}.sqlite`);
}

function userCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  if (platform === "win32") return local ?? join(homedir(), "AppData", "Local");
  return join(homedir(), ".cache");
}

/** Marks our files ("bnkd"), so that a database of something else is never written to. */
const APPLICATION_ID = 0x626e6b64;

/** Another file layout is another number: an older or newer file is set aside, never misread. */
const LAYOUT = 2;

/** So long a process waits for another one's write, in milliseconds. */
const BUSY_TIMEOUT = 5000;

/** The sum of all sizes is kept by triggers: adding it up at each write would take longer with each entry. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body ANY NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS answers_by_path ON answers (scope, path);
  CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used_at);
  CREATE TABLE IF NOT EXISTS total (id INTEGER PRIMARY KEY CHECK (id = 1), bytes INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO total VALUES (1, 0);
  CREATE TRIGGER IF NOT EXISTS answer_added AFTER INSERT ON answers
    BEGIN UPDATE total SET bytes = bytes + new.bytes; END;
  CREATE TRIGGER IF NOT EXISTS answer_changed AFTER UPDATE OF bytes ON answers
    BEGIN UPDATE total SET bytes = bytes + new.bytes - old.bytes; END;
  CREATE TRIGGER IF NOT EXISTS answer_deleted AFTER DELETE ON answers
    BEGIN UPDATE total SET bytes = bytes - old.bytes; END;
  CREATE TABLE IF NOT EXISTS records (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

/** Opens or makes the file, readable by its owner alone. Throws what SQLite or the file system says. */
export async function openDatabase(file: string): Promise<DatabaseSync> {
  const sqlite = await loadSqlite();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  const database = new sqlite.DatabaseSync(file);
  try {
    prepareDatabase(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareDatabase(database: DatabaseSync): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  // In one transaction: another process that makes the file just now is seen before it did or after, never halfway.
  database.exec("BEGIN");
  const { application_id: owner } = database.prepare("PRAGMA application_id").get() ?? {};
  const { user_version: layout } = database.prepare("PRAGMA user_version").get() ?? {};
  const { count } = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get() ?? {};
  database.exec("COMMIT");
  if (count !== 0 && (owner !== APPLICATION_ID || layout !== LAYOUT)) {
    throw new Error("the file is not a cache of this version");
  }
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("BEGIN IMMEDIATE");
  database.exec(
    `${TABLES} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${LAYOUT}; COMMIT`,
  );
}

/** Moves a file that cannot be used out of the way, with what SQLite keeps beside it. Gives its new name. */
export function setAside(file: string, now: number): string {
  const aside = `${file}.unusable-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`;
  renameSync(file, aside);
  for (const suffix of ["-wal", "-shm"]) {
    if (existsSync(file + suffix)) rmSync(file + suffix, { force: true });
  }
  return aside;
}

/** Some versions of Node warn of node:sqlite each time it is loaded; only that one warning is held back. */
async function loadSqlite(): Promise<typeof import("node:sqlite")> {
  const emitWarning = process.emitWarning;
  const quiet: typeof process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes("SQLite is an experimental feature"))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = quiet;
  try {
    return await import("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
