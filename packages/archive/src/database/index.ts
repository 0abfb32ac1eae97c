/**
 * The database of the archive: SQLite or Postgres, behind one interface. A write is whole or not at all and survives a power
 * cut, tables are migrated forward under a lock, and what is not an archive is never changed.
 */

export type { Database, Dialect, Streamed, Writer } from "./database.ts";
export { ArchiveDamagedError, ArchiveUnavailableError, ArchiveVersionError } from "./errors.ts";
export { openDatabase } from "./open.ts";
export type {
  AccountTable,
  BalanceTable,
  ChangeTable,
  DecisionTable,
  EntryTable,
  LinkTable,
  RunTable,
  Schema,
} from "./schema.ts";
export { filesOfArchive } from "./sqlite/files.ts";
export {
  addWords,
  type EntryWords,
  indexedSelect,
  removeWords,
  removeWordsOfAccount,
  type WordCondition,
} from "./words.ts";
