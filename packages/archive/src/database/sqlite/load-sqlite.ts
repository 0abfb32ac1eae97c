import { withoutSqliteWarning } from "bankdata-core/store";

/** Loads node:sqlite, without its warning. */
export async function loadSqlite(): Promise<typeof import("node:sqlite")> {
  return await withoutSqliteWarning(() => import("node:sqlite"));
}
