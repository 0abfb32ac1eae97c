import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** More links in a row than this are a circle. */
const MOST_LINKS = 40;

/** Whether a path leads to a folder or into it, links followed. What is not there yet is judged by where it would be. */
export function isInside(path: string, folder: string): boolean {
  try {
    const way = relative(realpathSync(folder), realTarget(path, 0));
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  } catch {
    return false; // A circle of links, or a folder that may not be looked into.
  }
}

/** Where a path leads through all links, those included that lead to what is not there yet. */
function realTarget(path: string, links: number): string {
  if (links > MOST_LINKS) throw new Error("a circle of links");
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) {
    return realTarget(resolve(realpathSync(dirname(path)), readlinkSync(path)), links + 1);
  }
  if (stats !== undefined) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realTarget(parent, links), basename(path));
}
