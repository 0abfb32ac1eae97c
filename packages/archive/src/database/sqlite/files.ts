import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { kindOf, namesIn } from "bankdata-core/store";
import { ARCHIVE_FILE } from "./place.ts";

/**
 * The files of an archive: the database, its log and index, and the copies that were made before migrations. Empty if there
 * is none.
 *
 * @returns null if what is at the path is not an archive
 * @throws the system's error if that cannot be found out, for example for lack of permission
 */
export async function filesOfArchive(path: string): Promise<string[] | null> {
  const { kind } = await kindOf(path, ARCHIVE_FILE);
  if (kind === "foreign") return null;
  if (kind === "nothing") return [];
  const parts = ["", "-wal", "-shm", "-journal"].map((suffix) => path + suffix);
  const prefix = `${basename(path)}.version-`;
  const copies = namesIn(dirname(path)).filter((name) => name.startsWith(prefix));
  return [...parts.filter((file) => existsSync(file)), ...copies.map((name) => join(dirname(path), name))];
}
