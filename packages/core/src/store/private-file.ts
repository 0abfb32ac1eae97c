import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { makePrivateFolder, namesIn } from "./private-folder.ts";
import { currentProcess, hasEnded, type ProcessMark } from "./process-mark.ts";
import { notAFile, UnusableFileError } from "./regular-file.ts";

/**
 * Writes a file that only its owner can read (mode 0600), completely or not at all: a process that is killed leaves the
 * old text or the new one. Temporary files that killed processes have left beside it are removed. A link is kept, and
 * its target is written.
 *
 * @throws UnusableFileError if something other than a file is there; the system's error if it cannot be written
 */
export function writePrivateFile(path: string, text: string): void {
  const target = targetOf(path);
  makePrivateFolder(dirname(target));
  removeAbandonedFiles(target);
  const temporary = temporaryName(target, currentProcess());
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

/** The file that a path leads to, through links; the path itself if nothing is there. */
function targetOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path;
    throw new UnusableFileError(path, "it is a broken link");
  }
  const reason = notAFile(stats);
  if (reason !== undefined) throw new UnusableFileError(path, reason);
  return realpathSync(path);
}

/** Not every system can do this; the file itself is safe by then. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {}
}

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/**
 * The suffix of a temporary file: which process writes it, and when that one started, which the sandbox leaves out.
 * Versions before 0.2 wrote only a UUID.
 */
const TEMPORARY = new RegExp(`^\\.(?:([0-9a-f]{12})-(\\d{1,10})-(?:(\\d{0,20})-)?)?${UUID}(?:\\.tmp)?$`);

/** A temporary file exists only for moments: at this age, in milliseconds, it was left behind by any process. */
const ABANDONED_AFTER = 3600_000;

function temporaryName(path: string, self: ProcessMark): string {
  return `${path}.${placeOf(self)}-${self.pid}-${self.startedAt}-${randomUUID()}.tmp`;
}

/** Identifies where a process id is valid, in a form short enough for a file name. */
function placeOf({ host, boot, pidSpace }: ProcessMark): string {
  return createHash("sha256").update(`${host}\n${boot}\n${pidSpace}`).digest("hex").slice(0, 12);
}

/**
 * Removes the temporary files beside a private file whose writers were killed, as they can hold secrets. The files of
 * writers that may still be running stay.
 *
 * @returns how many were removed
 */
export function removeAbandonedFiles(path: string): number {
  const abandoned = abandonedFiles(path);
  for (const file of abandoned) rmSync(file, { force: true });
  return abandoned.length;
}

/** The paths of the temporary files beside a private file whose writers were killed. */
export function abandonedFiles(path: string): string[] {
  const self = currentProcess();
  const [folder, name] = [dirname(path), basename(path)];
  return namesIn(folder).flatMap((found) => {
    if (!found.startsWith(name) || found.length === name.length) return [];
    const match = TEMPORARY.exec(found.slice(name.length));
    const sibling = join(folder, found);
    return match !== null && isAbandoned(sibling, match, self) ? [sibling] : [];
  });
}

function isAbandoned(path: string, [, place, pid, startedAt]: RegExpExecArray, self: ProcessMark): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) return false;
  if (Date.now() - stats.mtimeMs > ABANDONED_AFTER) return true;
  if (place === undefined || place !== placeOf(self)) return false;
  return hasEnded({ ...self, pid: Number(pid), startedAt: startedAt ?? "" }, self);
}
