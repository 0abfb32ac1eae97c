import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "bankdata-core/base";
import { ArchiveUnavailableError, ArchiveVersionError } from "../errors.ts";
import { type Migration, newestOf, wordsOf } from "../migrations/index.ts";
import { newerVersion } from "../newer-version.ts";
import type { SqliteConnection } from "./connection.ts";
import { copyArchive, copyOf } from "./copy.ts";
import { beginImmediate, untilFree } from "./lock.ts";

/** What a migration works on. */
export interface Migrating {
  readonly file: string;
  readonly connection: SqliteConnection;
  /** A second connection, from which the copy is made; in memory there is none, and nothing to be copied. */
  readonly source: SqliteConnection | undefined;
  readonly migrations: readonly Migration[];
  /** How long to wait for other processes, in milliseconds. */
  readonly patience: number;
}

/**
 * Brings an archive to the newest version, in one transaction under the write lock, so that of several processes one
 * migrates and the others find nothing to do. An archive that is not new is copied before. kysely's own migrator is
 * not used: SQLite keeps the version in the file's header, where it can be read before anything else is.
 *
 * @throws ArchiveVersionError if a newer version made it, or if a migration failed, which was undone
 */
export async function migrate(migrating: Migrating): Promise<void> {
  const { file, connection, migrations, patience } = migrating;
  const newest = newestOf(migrations);
  const version = await untilFree(() => versionOf(connection.database), file, patience);
  if (version > newest) throw newerVersion(file, version, newest);
  if (version === newest) return;
  await beginImmediate(connection, file, patience);
  try {
    // Another process may have migrated it in the meantime.
    const found = versionOf(connection.database);
    if (found > newest) throw newerVersion(file, found, newest);
    if (found < newest) await migrateFrom(found, migrating);
    connection.exec("commit");
  } finally {
    if (connection.database.isTransaction) connection.exec("rollback");
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("pragma user_version").get()?.["user_version"]);
}

async function migrateFrom(
  version: number,
  { file, connection, source, migrations }: Migrating,
): Promise<void> {
  const copy = version > 0 && source !== undefined ? copyOf(file, version) : undefined;
  if (copy !== undefined && source !== undefined) await copied(source, copy, file);
  const newest = newestOf(migrations);
  try {
    for (const migration of migrations.filter((later) => later.version > version)) {
      for (const statement of migration.statements(wordsOf("sqlite"))) connection.exec(statement);
    }
    connection.exec(`pragma user_version = ${newest}`);
  } catch (error) {
    if (error instanceof ArchiveUnavailableError) throw error;
    const kept = copy === undefined ? "" : ` A copy of it is ${copy}.`;
    throw new ArchiveVersionError(
      `The archive ${file} could not be migrated from version ${version} to ${newest} (${messageOf(error)}). It was left as it was.${kept} Use the version of bankdata that you used before, and report this.`,
      { found: version, supported: newest, cause: error },
    );
  }
}

async function copied(source: SqliteConnection, copy: string, file: string): Promise<void> {
  try {
    await copyArchive(source.database, copy);
  } catch (error) {
    const translated = source.translate(error);
    if (translated !== error) throw translated;
    throw new ArchiveUnavailableError(
      `The archive ${file} was not migrated, as it could not be copied to ${copy} before (${messageOf(error)}). It was left as it was: make room for the copy, and do the same again.`,
      { cause: error },
    );
  }
}
