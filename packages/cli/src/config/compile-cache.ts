import { lstatSync, realpathSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { makePrivateFolder, userFolder } from "bankdata-core/store";
import { type Surroundings, surroundings } from "./places.ts";

/**
 * Makes Node keep compiled code in the user's cache folder, so that later starts need not compile it again. Node runs what
 * it finds there, so nobody else may be able to write to the folder; Node's default, in the temporary folder, may be
 * anybody's. Does nothing if there is no such folder, or if Node's own variables name another one or turn this off.
 */
export function keepCompiledCode(): void {
  if (process.env["NODE_DISABLE_COMPILE_CACHE"] || module.getCompileCacheDir() !== undefined) return;
  const folder = privateFolder(compiledFolder(surroundings()));
  if (folder !== undefined) module.enableCompileCache(folder);
}

/** The folder that compiled code is kept in. */
export function compiledFolder(where: Surroundings): string {
  return join(userFolder("cache", where), "compiled");
}

/**
 * Returns the folder, and creates it if it is missing; undefined if anybody else can change what is in it, if it cannot be
 * created, or if it would be created in a folder of somebody else, as under sudo.
 *
 * @param user the user's id; undefined on Windows, where the profile is private
 */
export function privateFolder(path: string, user = process.getuid?.()): string | undefined {
  try {
    if (user === undefined) {
      makePrivateFolder(path);
      return path;
    }
    if (lstatSync(nearestExisting(path)).uid !== user) return undefined;
    makePrivateFolder(path);
    const { uid, mode } = lstatSync(path);
    if (uid !== user || (mode & 0o022) !== 0) return undefined;
    const folders = [...upwards(path), ...upwards(realpathSync(path))];
    return folders.every((folder) => isKeptByOwner(folder, user)) ? path : undefined;
  } catch {
    return undefined; // It only saves time.
  }
}

/** Whether nobody but its owner, who is the user or root, can replace what is directly in a folder. */
function isKeptByOwner(folder: string, user: number): boolean {
  const found = lstatSync(folder);
  if (found.uid !== user && found.uid !== 0) return false;
  // In a sticky folder such as /tmp, others cannot replace what is not theirs. A link has no permissions of its own.
  return found.isSymbolicLink() || (found.mode & 0o022) === 0 || (found.mode & 0o1000) !== 0;
}

function nearestExisting(path: string): string {
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return isThere || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** A path and all folders above it. */
function upwards(path: string): string[] {
  return dirname(path) === path ? [path] : [path, ...upwards(dirname(path))];
}
