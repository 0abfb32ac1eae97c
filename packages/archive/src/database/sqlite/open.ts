import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { ConfigurationError } from "bankdata-core/base";
import type { DatabaseSettings } from "../settings.ts";
import { SqliteConnection } from "./connection.ts";
import { SqliteDatabase } from "./database.ts";
import { archiveError } from "./failures.ts";
import { loadSqlite } from "./load-sqlite.ts";
import { BUSY_TIMEOUT, untilFree } from "./lock.ts";
import { migrate } from "./migrate.ts";
import { APPLICATION_ID, archiveFile } from "./place.ts";

/** The location of an archive that is gone when it is closed, for tests. */
const IN_MEMORY = ":memory:";

/** Opens the archive in a file, and makes it if nothing is there. */
export async function openSqlite(settings: DatabaseSettings): Promise<SqliteDatabase> {
  const { location } = settings;
  try {
    if (location === IN_MEMORY) return await openInMemory(settings);
    const file = await archiveFile(location);
    return await openFile(file, settings);
  } catch (error) {
    throw archiveError(error, location);
  }
}

async function openInMemory({ migrations, patience }: DatabaseSettings): Promise<SqliteDatabase> {
  const { DatabaseSync } = await loadSqlite();
  const connection = new SqliteConnection(new DatabaseSync(IN_MEMORY), (error) =>
    archiveError(error, IN_MEMORY),
  );
  await migrate({ file: IN_MEMORY, connection, source: undefined, migrations, patience });
  return new SqliteDatabase({ file: IN_MEMORY, writing: connection, reading: connection, patience });
}

async function openFile(file: string, settings: DatabaseSettings): Promise<SqliteDatabase> {
  const { migrations, patience } = settings;
  const { DatabaseSync } = await loadSqlite();
  warnOfNetworkDrive(file, settings);
  const connect = (access: "read" | "write") =>
    new SqliteConnection(
      new DatabaseSync(file, { readOnly: access === "read", timeout: BUSY_TIMEOUT[access] }),
      (error) => archiveError(error, file),
    );
  const writing = connect("write");
  let reading: SqliteConnection | undefined;
  try {
    await untilFree(() => claim(writing.database, file), file, patience);
    await untilFree(() => makeDurable(writing.database), file, patience);
    reading = connect("read");
    await migrate({ file, connection: writing, source: reading, migrations, patience });
    return new SqliteDatabase({ file, writing, reading, patience });
  } catch (error) {
    reading?.close();
    writing.close();
    throw error;
  }
}

/** The log needs memory that all processes share, and locks that hold, which network drives lack or only claim to have. */
function warnOfNetworkDrive(file: string, { networkDriveOf, logger }: DatabaseSettings): void {
  const drive = networkDriveOf(dirname(file));
  if (drive === undefined) return;
  logger.warn(
    `The archive ${file} is on a network drive (${drive}), where SQLite can lose or damage it as soon as two machines use it: keep it on a local disk, or in Postgres.`,
  );
}

/**
 * Marks an empty file as an archive. It happens before the file gets a log, so that its own header always tells what it is.
 *
 * @throws ConfigurationError if another program has made its own of it
 */
function claim(database: DatabaseSync, file: string): void {
  if (idOf(database) === APPLICATION_ID) return;
  database.exec("begin immediate");
  try {
    if (idOf(database) === 0 && database.prepare("select 1 from sqlite_schema").get() === undefined)
      database.exec(`pragma application_id = ${APPLICATION_ID}`);
    database.exec("commit");
  } finally {
    if (database.isTransaction) database.exec("rollback");
  }
  if (idOf(database) !== APPLICATION_ID)
    throw new ConfigurationError(`The archive ${file} cannot be used: it is another program's database.`);
}

function idOf(database: DatabaseSync): number {
  return Number(database.prepare("pragma application_id").get()?.["application_id"]);
}

/**
 * With `synchronous = full`, a commit returns only when the log is on the disk: the bank may never give again what a
 * power cut would take (in WAL mode, `normal` can lose the last commits). A sync commits once for each account, so that
 * the wait does not count. On macOS, only `fullfsync` makes the disk write its own buffer.
 */
function makeDurable(database: DatabaseSync): void {
  const { journal_mode: mode } = database.prepare("pragma journal_mode").get() ?? {};
  if (mode !== "wal") database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = full; pragma fullfsync = on; pragma checkpoint_fullfsync = on");
  database.exec("pragma foreign_keys = on; pragma temp_store = memory");
}
