import { silentLogger } from "bankdata-core/base";
import type { Database } from "./database.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { isPostgres } from "./postgres/address.ts";
import { openPostgres } from "./postgres/open.ts";
import type { DatabaseOptions, InternalOptions } from "./settings.ts";
import { networkDriveOf } from "./sqlite/network-drive.ts";
import { openSqlite } from "./sqlite/open.ts";

/** Long enough for another process to replay all that an archive holds, in milliseconds. */
const PATIENCE = 300_000;

const INTERNAL: InternalOptions = { migrations: MIGRATIONS, patience: PATIENCE, networkDriveOf };

/**
 * Opens the archive's database, makes it if nothing is there, and brings its tables to the newest version. What is at the
 * location and is not an archive is left as it is.
 *
 * @throws ConfigurationError if the location cannot hold an archive; ArchiveVersionError if this version of bankdata
 * cannot use it; ArchiveDamagedError; ArchiveUnavailableError if it cannot be used now
 */
export async function openDatabase(
  options: DatabaseOptions,
  internal: Partial<InternalOptions> = {},
): Promise<Database> {
  const logger = options.logger ?? silentLogger;
  const settings = { ...INTERNAL, ...options, ...internal, logger };
  return isPostgres(options.location) ? await openPostgres(settings) : await openSqlite(settings);
}
