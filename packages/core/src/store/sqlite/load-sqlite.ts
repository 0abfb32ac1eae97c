/** What node:sqlite exports. */
export type Sqlite = typeof import("node:sqlite");

/** Loads node:sqlite. */
export async function loadSqlite(): Promise<Sqlite> {
  return await withoutSqliteWarning(() => import("node:sqlite"));
}

/**
 * Loads a module without the warning that some versions of Node give for node:sqlite each time; no other is held back. The
 * module is the caller's to name, so that this declaration needs no types of Node.
 */
export async function withoutSqliteWarning<Module>(load: () => Promise<Module>): Promise<Module> {
  const emitWarning = process.emitWarning;
  const quiet: typeof process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes("SQLite is an experimental feature"))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = quiet;
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
