import { existsSync, lstatSync, realpathSync } from "node:fs";
import { kindOf } from "bankdata-core/store";
import { copiesOf } from "./copy.ts";
import { ARCHIVE_FILE } from "./place.ts";

/**
 * The files of an archive: the database, its log and index, and the copies that were made before migrations. If the path is
 * a link, those that it leads to, and the link itself. Empty if there is none.
 *
 * @returns null if what is at the path is not an archive
 * @throws the system's error if that cannot be found out, for example for lack of permission
 */
export async function filesOfArchive(path: string): Promise<string[] | null> {
  const { kind } = await kindOf(path, ARCHIVE_FILE);
  if (kind === "foreign") return null;
  if (kind === "nothing") return [];
  const isLink = lstatSync(path).isSymbolicLink();
  const file = isLink ? realpathSync(path) : path;
  const parts = ["", "-wal", "-shm", "-journal"].map((suffix) => file + suffix);
  return [...(isLink ? [path] : []), ...parts.filter((part) => existsSync(part)), ...copiesOf(file)];
}
