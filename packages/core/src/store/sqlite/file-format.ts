import type { DatabaseSync } from "node:sqlite";
import type { FileMark } from "./file-mark.ts";

/** The format of a shared file: its tables, and the statements on them. */
export interface FileFormat<Statements> extends FileMark {
  /**
   * Whether a file of the current layout has everything that it needs.
   *
   * @param names of its tables, indexes and triggers
   */
  isComplete(database: DatabaseSync, names: ReadonlySet<unknown>): boolean;
  /**
   * Adds what is missing in a file of ours, or in an empty one, within the open transaction. Existing content is kept.
   */
  complete(database: DatabaseSync): void;
  /** Prepares every statement. @throws the error of SQLite if a table is missing */
  prepare(database: DatabaseSync): Statements;
  /** Copies what can still be read, and must not be lost, from a damaged file into the new one that replaces it. */
  salvage(damaged: DatabaseSync, fresh: DatabaseSync): void;
}
