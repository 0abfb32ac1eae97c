import type { DatabaseSync } from "node:sqlite";
import type { FileMark } from "./file-mark.ts";

/** What a room that keeps something in a shared file hands in: its tables, and what it asks of them. */
export interface FileFormat<Statements> extends FileMark {
  /**
   * Whether a file of the current layout has everything that it needs.
   *
   * @param names of its tables, indexes and triggers
   */
  isComplete(database: DatabaseSync, names: ReadonlySet<unknown>): boolean;
  /** Adds what a file of ours, or an empty one, lacks, within the open transaction. What it holds is kept. */
  complete(database: DatabaseSync): void;
  /** Prepares every statement. @throws what SQLite says if a table is missing */
  prepare(database: DatabaseSync): Statements;
  /** Copies what can still be read, and must not be lost, from a damaged file into the new one that replaces it. */
  salvage(damaged: DatabaseSync, fresh: DatabaseSync): void;
}
