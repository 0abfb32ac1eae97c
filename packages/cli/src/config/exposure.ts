import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

/** What other users can do to a file that contains secrets. */
export interface Exposure {
  /** The file, or its folder. */
  path: string;
  /** The rest of a sentence that begins with the path. */
  problem: string;
  /** The mode for `chmod` that fixes it; null if only moving the file does. */
  mode: string | null;
}

/** In a folder with this bit, such as `/tmp`, only the owner of a file can replace it. */
const STICKY = 0o1000;

/**
 * How other users can read, change or replace a file. Empty if there is no file, and on Windows, which has no such
 * modes.
 */
export function exposuresOf(path: string, platform: NodeJS.Platform): Exposure[] {
  const file = statSync(path, { throwIfNoEntry: false });
  if (platform === "win32" || file === undefined) return [];
  const folders = new Set([dirname(path), dirname(realpathSync(path))]);
  return [...ofFile(path, file), ...[...folders].flatMap((folder) => ofFolder(folder, statSync(folder)))];
}

function ofFile(path: string, stats: Stats): Exposure[] {
  const [read, changed] = [(stats.mode & 0o044) !== 0, (stats.mode & 0o022) !== 0];
  const can = read && changed ? "read and changed" : read ? "read" : "changed";
  return [
    ...(read || changed ? [{ path, problem: `can be ${can} by others`, mode: "600" }] : []),
    ...ofOwner(path, stats),
  ];
}

function ofFolder(path: string, stats: Stats): Exposure[] {
  const open = (stats.mode & 0o022) !== 0 && (stats.mode & STICKY) === 0;
  const problem = "is a folder in which others can replace your files";
  return [...(open ? [{ path, problem, mode: "go-w" }] : []), ...ofOwner(path, stats)];
}

/** The administrator can do everything anyway. */
function ofOwner(path: string, { uid }: Stats): Exposure[] {
  if (uid === 0 || uid === process.getuid?.()) return [];
  return [
    {
      path,
      problem: "belongs to another user",
      mode: null,
    },
  ];
}
