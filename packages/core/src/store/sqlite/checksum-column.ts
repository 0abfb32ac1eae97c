import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A row as SQLite returns it. */
export type Row = Record<string, unknown>;

/** Whether a table has the column for checksums, which tables of older versions lack. */
export function hasChecksums(database: DatabaseSync, table: string): boolean {
  return columnsOf(database, table).has("checksum");
}

/**
 * Adds the column for checksums to a table that lacks it. Rows that were written without a checksum are not checked.
 */
export function addChecksums(database: DatabaseSync, table: string): void {
  if (!hasChecksums(database, table)) database.exec(`ALTER TABLE ${table} ADD COLUMN checksum TEXT`);
}

/** The names of a table's columns; none if there is no such table. */
export function columnsOf(database: DatabaseSync, table: string): Set<unknown> {
  const rows = database.prepare("SELECT name FROM pragma_table_info(?)").all(table);
  return new Set(rows.map(({ name }) => name));
}

/** Matches a statement that uses the column, and cannot run on a table without it. */
const NEEDS_CHECKSUM = /\bchecksum\b/;

/**
 * Prepares a statement, in which `$checksum` stands for the column, or for NULL in a table without it.
 *
 * @param hasColumn false for a table of an older version that may not be changed, and is only read
 */
export function prepareWithChecksum(database: DatabaseSync, sql: string, hasColumn: boolean): StatementSync {
  const text = sql.replaceAll("$checksum", hasColumn ? "checksum" : "NULL");
  const isLeftOut = !hasColumn && !text.startsWith("SELECT") && NEEDS_CHECKSUM.test(text);
  const prepared = database.prepare(isLeftOut ? "SELECT 1" : text);
  // A damaged number can be larger than a JavaScript number holds, which would throw.
  prepared.setReadBigInts(true);
  return prepared;
}

/** The checksum of a row, which distinguishes it from a row that later replaces it. */
export function checksumIn({ checksum }: Row): string | null {
  return typeof checksum === "string" ? checksum : null;
}
