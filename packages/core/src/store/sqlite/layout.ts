import type { DatabaseSync } from "node:sqlite";
import type { FileFormat } from "./file-format.ts";
import { isMarked, MAX_FLIPPED_BITS } from "./file-mark.ts";

/** How a file compares with what this version writes. */
export type LayoutState = "current" | "incomplete" | "newer" | "foreign";

/** Examines an open file. Needs no permission to write, and waits for no writer. */
export function layoutStateOf(database: DatabaseSync, format: FileFormat<unknown>): LayoutState {
  // One read transaction: if another process is making the file, it is seen either before or after.
  const isOwn = !database.isTransaction;
  if (isOwn) database.exec("BEGIN");
  try {
    return stateFrom(database, format);
  } finally {
    if (isOwn && database.isTransaction) database.exec("COMMIT");
  }
}

function stateFrom(database: DatabaseSync, format: FileFormat<unknown>): LayoutState {
  const id = numberFrom(database, "PRAGMA application_id", "application_id");
  const layout = numberFrom(database, "PRAGMA user_version", "user_version");
  const rows = database.prepare("SELECT name FROM sqlite_schema").all();
  const names = new Set<unknown>(rows.map(({ name }) => name));
  const isForeign = id === 0 ? names.size > 0 : !isMarked(id, format, MAX_FLIPPED_BITS);
  if (isForeign) return "foreign";
  if (layout > format.layout) return "newer";
  const isCurrent =
    id === format.applicationId && layout === format.layout && format.isComplete(database, names);
  return isCurrent ? "current" : "incomplete";
}

/** Adds everything that is missing in a file of ours, or in an empty one, within the open transaction. */
export function completeLayout(database: DatabaseSync, format: FileFormat<unknown>): void {
  format.complete(database);
  database.exec(`PRAGMA application_id = ${format.applicationId}; PRAGMA user_version = ${format.layout};`);
}

function numberFrom(database: DatabaseSync, pragma: string, column: string): number {
  return Number(database.prepare(pragma).get()?.[column]);
}
