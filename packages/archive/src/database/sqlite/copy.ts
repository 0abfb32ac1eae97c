import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { namesIn } from "bankdata-core/store";
import { loadSqlite } from "./load-sqlite.ts";

/** The name of the copy of an archive that is made before it leaves a version. */
export function copyOf(file: string, version: number): string {
  return `${file}.version-${version}`;
}

/** A copy while it is being made. */
function unfinishedOf(copy: string): string {
  return `${copy}.unfinished`;
}

/** The copy of the highest version beside an archive; null if there is none. */
export function lastCopyOf(file: string): string | null {
  const versions = besideIt(file).flatMap((suffix) => (/^\d{1,9}$/.test(suffix) ? [Number(suffix)] : []));
  return versions.length === 0 ? null : copyOf(file, Math.max(...versions));
}

/** Every copy beside an archive, with what a process that was killed has left of one; no other file, however similar its name. */
export function copiesOf(file: string): string[] {
  const isCopy = (suffix: string) => /^\d{1,9}(?:\.unfinished(?:-journal|-wal|-shm)?)?$/.test(suffix);
  return besideIt(file)
    .filter(isCopy)
    .map((suffix) => `${file}.version-${suffix}`);
}

/** What follows `FILE.version-` in the names of the files beside an archive. */
function besideIt(file: string): string[] {
  const prefix = `${basename(file)}.version-`;
  return namesIn(dirname(file)).flatMap((name) =>
    name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  );
}

/**
 * Copies an archive, completely or not at all, readable only by its owner from the first byte. A copy of the same version
 * that an earlier migration left is replaced: it holds nothing that this one does not.
 *
 * @param source a connection to the archive, whose write lock is held elsewhere
 */
export async function copyArchive(source: DatabaseSync, target: string): Promise<void> {
  const { backup } = await loadSqlite();
  const unfinished = unfinishedOf(target);
  removeDatabase(unfinished);
  try {
    closeSync(openSync(unfinished, "wx", 0o600));
    await backup(source, unfinished);
    syncFile(unfinished);
    renameSync(unfinished, target);
  } finally {
    removeDatabase(unfinished);
  }
}

/** Removes a database with what a process that was killed may have left beside it. */
function removeDatabase(file: string): void {
  for (const suffix of ["-journal", "-wal", "-shm", ""]) rmSync(file + suffix, { force: true });
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
