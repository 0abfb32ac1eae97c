import { accessSync, constants, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../base/message-of.ts";

/**
 * Makes a folder that only its owner can open (mode 0700), with its parents; an existing one stays as it is. Makes them
 * one by one, as Node's `recursive` never returns below a folder that rejects new ones with ENOENT, such as /proc.
 *
 * @throws the system's error if it cannot be made
 */
export function makePrivateFolder(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makePrivateFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!isFolder(path)) throw error;
  }
}

/**
 * Why a file cannot be made in its folder, or in the nearest existing folder above it, as a part of a sentence;
 * undefined if it can. Changes nothing.
 */
export function whyFolderUnwritable(path: string): string | undefined {
  try {
    const folder = nearestExisting(dirname(path));
    if (!isFolder(folder)) return `${folder} is not a folder`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function nearestExisting(path: string): string {
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return isThere || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** Whether other users can put files beside a file, or replace it; on Windows, which has no such modes, false. */
export function canOthersWriteBeside(path: string): boolean {
  if (process.platform === "win32") return false;
  try {
    return (statSync(dirname(path)).mode & 0o022) !== 0;
  } catch {
    return false;
  }
}

/** The names of what is in a folder; none if it cannot be listed. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
