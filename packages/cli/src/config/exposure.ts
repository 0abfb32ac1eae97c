import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

/** What others than this user can do to a file that holds secrets. */
export interface Exposure {
  /** The file, or its folder. */
  path: string;
  /** As a part of a sentence after the path. */
  problem: string;
  /** The mode for `chmod` that fixes it; null if only another place does. */
  mode: string | null;
}

/** In such a folder, as `/tmp` is, only the owner of a file can put another one in its place. */
const STICKY = 0o1000;

/**
 * How others than this user can read or change a file, or put another one in its place. Nothing if it is not there, and
 * on Windows, which has no such modes.
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
