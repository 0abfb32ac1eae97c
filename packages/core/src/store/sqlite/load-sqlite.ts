/** What node:sqlite exports. */
export type Sqlite = typeof import("node:sqlite");

/** Loads node:sqlite. Some versions of Node warn about it each time; that one warning is held back, and no other. */
export async function loadSqlite(): Promise<Sqlite> {
  const emitWarning = process.emitWarning;
  const quiet: typeof process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes("SQLite is an experimental feature"))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = quiet;
  try {
    return await import("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
