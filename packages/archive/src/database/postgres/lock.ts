import type { PostgresConnection } from "./connection.ts";

/**
 * Waits until no other transaction of this archive holds the lock, and holds it until this one ends. An archive in another
 * schema has locks of its own.
 */
export async function lock(connection: PostgresConnection, name: string): Promise<void> {
  const key = "'bankdata archive ' || coalesce(current_schema(), '') || ' ' || $1::text";
  await connection.query(`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`, [name]);
}
