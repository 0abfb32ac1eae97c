import { existsSync } from "node:fs";
import { lockFileOf } from "../store/file-lock.ts";
import { kindOf, whyUnusable as whyFileIsUnusable } from "../store/sqlite/file-kind.ts";
import type { FileMark } from "../store/sqlite/file-mark.ts";
import { filesSetAside as filesSetAsideAs, type SetAside } from "../store/sqlite/set-aside.ts";

/** Identifies a cache file ("bnkd"). */
export const CACHE_FILE: FileMark = {
  applicationId: 0x626e6b64,
  // Only a layout that older versions cannot use gets another number. Compatible additions keep this one.
  layout: 2,
  noun: "cache file",
  contents: "responses",
};

/** Why a path cannot hold the cache as it is now, as a part of a sentence; undefined if it can. Changes nothing. */
export async function whyUnusable(path: string): Promise<string | undefined> {
  return await whyFileIsUnusable(path, CACHE_FILE);
}

/** The damaged files that were set aside beside a cache file, the oldest first. */
export async function filesSetAside(file: string): Promise<SetAside[]> {
  return await filesSetAsideAs(file, CACHE_FILE);
}

/**
 * The files of a cache: the database, its log and index, and a lock that a killed process left. Empty if there is none.
 *
 * @returns null if what is at the path is not a cache of ours
 * @throws the system's error if that cannot be found out, for example for lack of permission
 */
export async function filesOfCache(path: string): Promise<string[] | null> {
  const { kind } = await kindOf(path, CACHE_FILE);
  if (kind === "foreign") return null;
  if (kind === "nothing") return [];
  return [path, `${path}-wal`, `${path}-shm`, `${path}-journal`, lockFileOf(path)].filter((file) =>
    existsSync(file),
  );
}
