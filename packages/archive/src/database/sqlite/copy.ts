import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { loadSqlite, namesIn } from "bankdata-core/store";

/** The name of the copy of an archive that is made before it leaves a version. */
export function copyOf(file: string, version: number): string {
  return `${file}.version-${version}`;
}

/** The copy of the highest version beside an archive; null if there is none. */
export function lastCopyOf(file: string): string | null {
  const prefix = `${basename(file)}.version-`;
  const versions = namesIn(dirname(file)).flatMap((name) => {
    const version = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    return /^\d{1,9}$/.test(version) ? [Number(version)] : [];
  });
  return versions.length === 0 ? null : join(dirname(file), `${prefix}${Math.max(...versions)}`);
}

/**
 * Copies an archive, completely or not at all, readable only by its owner from the first byte. A copy of the same version
 * that an earlier migration left is replaced: it holds nothing that this one does not.
 *
 * @param source a connection to the archive, whose write lock is held elsewhere
 */
export async function copyArchive(source: DatabaseSync, target: string): Promise<void> {
  const { backup } = await loadSqlite();
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { force: true });
  try {
    closeSync(openSync(unfinished, "wx", 0o600));
    await backup(source, unfinished);
    syncFile(unfinished);
    renameSync(unfinished, target);
    for (const suffix of ["-journal", "-wal", "-shm"]) rmSync(unfinished + suffix, { force: true });
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
