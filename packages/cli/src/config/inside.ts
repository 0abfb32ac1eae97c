import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";

/** Whether a path leads to a folder or into it, links followed. A missing file is judged by where it would be. */
export function isInside(path: string, folder: string): boolean {
  try {
    const way = relative(realpathSync(folder), realTarget(path));
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  } catch {
    return false; // A loop of links, a dangling link, or a folder that may not be read.
  }
}

/** The path with links followed as far as it exists. */
function realTarget(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realTarget(parent), basename(path));
}
