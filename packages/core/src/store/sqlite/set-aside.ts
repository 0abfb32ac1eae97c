import { randomUUID } from "node:crypto";
import { existsSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { namesIn } from "../private-folder.ts";
import { kindOf } from "./file-kind.ts";
import type { FileMark } from "./file-mark.ts";

/**
 * The files of one database. The log and its index move before the file itself, so that they are never beside another
 * one.
 */
export const PARTS = ["-wal", "-shm", ""];

/** A file that was set aside, with its companions. */
export interface SetAside {
  /** Where the database is now; its log and index, if any, are beside it as `-wal` and `-shm`. */
  path: string;
  /** In bytes, log included. */
  bytes: number;
  /** When it was last written, in milliseconds since 1970. */
  writtenAt: number;
  /** False if it may be another program's: older versions set those aside as well. */
  ours: boolean;
}

const SET_ASIDE = /^\.unusable-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(-[0-9a-f]{8}(?:\.new)?)?$/;

/** A free name for a file that is set aside. @param now in milliseconds since 1970 */
export function setAsideName(file: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, "-");
  const name = `${file}.unusable-${time}-${randomUUID().slice(0, 8)}`;
  return existsSync(name) ? setAsideName(file, now) : name;
}

/** The files beside a file that were set aside, the oldest first. */
export async function filesSetAside(file: string, mark: FileMark): Promise<SetAside[]> {
  const [folder, name] = [dirname(file), basename(file)];
  const found: SetAside[] = [];
  for (const sibling of namesIn(folder)) {
    const match = sibling.startsWith(name) ? SET_ASIDE.exec(sibling.slice(name.length)) : null;
    if (match === null) continue;
    const path = join(folder, sibling);
    const sizes = PARTS.map((part) => statSync(path + part, { throwIfNoEntry: false }));
    const writtenAt = Math.max(...sizes.map((stats) => stats?.mtimeMs ?? 0));
    const bytes = sizes.reduce((sum, stats) => sum + (stats?.size ?? 0), 0);
    const ours = await isOurs(path, mark, { hasNewName: match[1] !== undefined });
    found.push({ path, bytes, writtenAt, ours });
  }
  return found.sort((one, other) => one.writtenAt - other.writtenAt);
}

/** This version sets aside only files of ours, under names that older versions never used. */
async function isOurs(
  path: string,
  mark: FileMark,
  { hasNewName }: { hasNewName: boolean },
): Promise<boolean> {
  try {
    const { kind } = await kindOf(path, mark);
    return kind === "ours" || (hasNewName && statSync(path).isFile());
  } catch {
    return false;
  }
}

/** Removes the files that were set aside and are ours; the others stay. @returns how many were removed */
export function removeSetAside(files: readonly SetAside[]): number {
  const ours = files.filter(({ ours }) => ours);
  for (const { path } of ours) for (const part of PARTS) rmSync(path + part, { force: true });
  return ours.length;
}
