import { ConfigurationError, messageOf } from "bankdata-core/base";
import { ArchiveUnavailableError, ArchiveVersionError } from "../errors.ts";
import { type Migration, newestOf, wordsOf } from "../migrations/index.ts";
import { newerVersion } from "../newer-version.ts";
import type { Address } from "./address.ts";
import type { PostgresConnection } from "./connection.ts";
import { lock } from "./lock.ts";

/** The oldest version of the server on which the archive is tested, as `server_version_num` counts. */
const OLDEST_SERVER = 140_000;

/** What a migration works on. */
export interface Migrating {
  readonly connection: PostgresConnection;
  readonly address: Address;
  readonly migrations: readonly Migration[];
  readonly now: () => number;
}

/**
 * Brings an archive to the newest version, in one transaction and under a lock, so that of several processes one migrates
 * and the others find nothing to do.
 *
 * @throws ArchiveVersionError if a newer version made it, or if a migration failed, which was undone;
 * ConfigurationError if the server is too old, or tables of another program have the same names
 */
export async function migrate(migrating: Migrating): Promise<void> {
  const { connection, address, migrations } = migrating;
  await assertSupported(connection, address);
  if ((await versionOf(migrating)) === newestOf(migrations)) return;
  await connection.begin();
  await lock(connection, "migration");
  await makeSchema(migrating);
  const version = await versionOf(migrating);
  if (version < newestOf(migrations)) await migrateFrom(version, migrating);
  await connection.commit();
}

/** @throws ConfigurationError if the server is too old, or a pooler withholds the schema from it */
async function assertSupported(connection: PostgresConnection, { shown, schema }: Address): Promise<void> {
  const { rows } = await connection.query(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as name, current_setting('search_path') as path",
  );
  const { number, name, path } = rows[0] ?? {};
  if (Number(number) < OLDEST_SERVER)
    throw new ConfigurationError(
      `The archive ${shown} cannot be used: the server is PostgreSQL ${name}, and the archive needs 14 or newer. Upgrade the server, or use another one.`,
    );
  // Otherwise its tables would be made in the schema of another program.
  if (schema !== null && path !== schema)
    throw new ConfigurationError(
      `The archive ${shown} cannot be used: the server did not get the setting of its schema ${schema}, which a pooler such as PgBouncer can withhold. Connect to the server directly.`,
    );
}

/** @throws ArchiveVersionError if a newer version made it */
async function versionOf({ connection, address, migrations }: Migrating): Promise<number> {
  const { rows: found } = await connection.query(
    "select 1 from pg_class where relname = 'bankdata_archive' and relnamespace::regnamespace::text = quote_ident(current_schema())",
  );
  if (found.length === 0) return 0;
  const { rows } = await connection.query("select version from bankdata_archive");
  const version = Number(rows[0]?.["version"] ?? 0);
  if (version > newestOf(migrations)) throw newerVersion(address.shown, version, newestOf(migrations));
  return version;
}

/** Makes the schema if it is not there, which takes a privilege that a schema of one's own does not. */
async function makeSchema({ connection, address: { schema } }: Migrating): Promise<void> {
  if (schema === null) return;
  const { rows } = await connection.query("select 1 from pg_namespace where nspname = $1", [schema]);
  if (rows.length === 0) await connection.query(`create schema ${schema}`);
}

async function migrateFrom(version: number, migrating: Migrating): Promise<void> {
  const { connection, migrations, now } = migrating;
  const newest = newestOf(migrations);
  try {
    if (version === 0)
      await connection.query(
        "create table bankdata_archive (version integer not null, migrated_at bigint not null)",
      );
    for (const migration of migrations.filter((later) => later.version > version)) {
      for (const statement of migration.statements(wordsOf("postgres"))) await connection.query(statement);
    }
    await connection.query("delete from bankdata_archive");
    await connection.query("insert into bankdata_archive values ($1, $2)", [newest, now()]);
  } catch (error) {
    throw failed(error, version, migrating);
  }
}

/** SQLSTATE: a table, an index or a view of this name exists. */
const EXISTS = "42P07";

function failed(error: unknown, version: number, { address, migrations }: Migrating): unknown {
  if (error instanceof ArchiveUnavailableError || error instanceof ConfigurationError) return error;
  if (version === 0 && error instanceof Error && "code" in error && error.code === EXISTS)
    return new ConfigurationError(
      `The archive ${address.shown} cannot be made: ${messageOf(error)}, and belongs to another program. Nothing was changed; give the archive a schema of its own with ?schema=bankdata at the end of the address, or a database of its own.`,
    );
  const newest = newestOf(migrations);
  return new ArchiveVersionError(
    `The archive ${address.shown} could not be migrated from version ${version} to ${newest} (${messageOf(error)}). It was left as it was. Use the version of bankdata that you used before, and report this.`,
    { found: version, supported: newest, cause: error },
  );
}
