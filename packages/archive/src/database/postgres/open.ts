import type { DatabaseSettings } from "../settings.ts";
import { readAddress } from "./address.ts";
import { loadPg } from "./connection.ts";
import { PostgresDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

/** Opens the archive at an address of Postgres, and makes it if nothing is there. */
export async function openPostgres(settings: DatabaseSettings): Promise<PostgresDatabase> {
  const { location, migrations, now, patience } = settings;
  const address = readAddress(location);
  const database = new PostgresDatabase({ pg: await loadPg(), address, patience });
  try {
    await database.withConnection((connection) => migrate({ connection, address, migrations, now }));
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
