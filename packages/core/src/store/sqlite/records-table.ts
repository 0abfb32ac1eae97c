import type { DatabaseSync, StatementSync } from "node:sqlite";
import { checksumOf } from "../checksum.ts";
import { addChecksums, checksumIn, hasChecksums, prepareWithChecksum, type Row } from "./checksum-column.ts";

/**
 * The table of key-value records, for formats that include it. A version without checksums leaves the old checksum
 * with a new value, so a trigger removes it.
 */
const TABLE = "CREATE TABLE IF NOT EXISTS records (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;";
const TRIGGER = `
  CREATE TRIGGER IF NOT EXISTS record_rewritten AFTER UPDATE OF value ON records
    WHEN new.checksum IS old.checksum AND new.value IS NOT old.value
    BEGIN UPDATE records SET checksum = NULL WHERE name = new.name; END;
`;

/** The statements on records, prepared once. */
export type RecordStatements = Readonly<Record<keyof typeof SQL, StatementSync>>;

const SQL = {
  getRecord: "SELECT value, $checksum AS checksum FROM records WHERE name = ?",
  addRecord: "INSERT OR IGNORE INTO records (name, value, checksum) VALUES (?, ?, ?)",
  changeRecord: "UPDATE records SET value = ?, checksum = ? WHERE name = ? AND value = ?",
  deleteRecord: "DELETE FROM records WHERE name = ? AND value = ?",
  /** Deletes a record that could not be read, unless another process has replaced it since. */
  deleteDamagedRecord: "DELETE FROM records WHERE name = ? AND checksum IS ?",
} as const;

/** Whether a file has everything that keeping records needs. */
export function areRecordsComplete(database: DatabaseSync, names: ReadonlySet<unknown>): boolean {
  return names.has("records") && names.has("record_rewritten") && hasChecksums(database, "records");
}

/** Adds what a file lacks to keep records, within the open transaction. */
export function completeRecords(database: DatabaseSync): void {
  database.exec(TABLE);
  addChecksums(database, "records");
  database.exec(TRIGGER);
}

/** Prepares every statement. @throws the error of SQLite if the table is missing */
export function prepareRecords(database: DatabaseSync): RecordStatements {
  const hasColumn = hasChecksums(database, "records");
  const statement = (name: keyof typeof SQL) => prepareWithChecksum(database, SQL[name], hasColumn);
  return {
    getRecord: statement("getRecord"),
    addRecord: statement("addRecord"),
    changeRecord: statement("changeRecord"),
    deleteRecord: statement("deleteRecord"),
    deleteDamagedRecord: statement("deleteDamagedRecord"),
  };
}

/** The text of a record's row; undefined if it is damaged. */
export function recordFrom({ value, checksum }: Row, name: string): string | undefined {
  if (typeof value !== "string") return undefined;
  return checksum === null || checksum === checksumOf([name], value) ? value : undefined;
}

/** Copies every record that can still be read from a damaged file into a new one. */
export function copyRecords(damaged: DatabaseSync, fresh: DatabaseSync): void {
  const add = fresh.prepare("INSERT INTO records (name, value, checksum) VALUES (?, ?, ?)");
  for (const [name, { value, checksum }] of recordsIn(damaged)) add.run(name, value, checksum);
}

interface SavedRecord {
  value: string;
  checksum: string | null;
}

/** Reads from both ends, as a damaged page in the middle hides what comes after it. */
function recordsIn(database: DatabaseSync): Map<string, SavedRecord> {
  const found = new Map<string, SavedRecord>();
  for (const columns of ["name, value, checksum", "name, value, NULL AS checksum"]) {
    for (const order of ["ASC", "DESC"]) {
      try {
        const rows = database.prepare(`SELECT ${columns} FROM records ORDER BY rowid ${order}`).iterate();
        for (const row of rows) {
          const { name, value: text } = row;
          if (typeof name !== "string") continue;
          const checksum = checksumIn(row);
          const value = recordFrom({ value: text, checksum }, name);
          if (value !== undefined) found.set(name, { value, checksum });
        }
      } catch {} // What was read before the damage is kept.
    }
    if (found.size > 0) break;
  }
  return found;
}
