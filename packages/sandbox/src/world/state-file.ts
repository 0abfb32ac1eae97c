import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { removeAbandoned, temporaryName } from "./temporary-file.ts";

/** In bytes. A thousand accounts take about 10 MB once all have been read. */
const LARGEST = 256_000_000;

/**
 * Reads the state of a sandbox; returns undefined if there is no such file. Anything but a regular file is rejected
 * before it is opened, because opening a named pipe could block for ever.
 *
 * @param parse checks the content, and throws if it is not a sandbox's state
 * @throws Error if the file cannot be read, or does not hold a sandbox's state
 */
export function readStateFile<Snapshot>(
  path: string,
  parse: (value: unknown) => Snapshot,
): Snapshot | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  try {
    return parse(JSON.parse(text));
  } catch (error) {
    throw new Error(
      `${path} does not hold the state of a sandbox that this version can read: name another file, or delete it.`,
      {
        cause: error,
      },
    );
  }
}

function textOf(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    rejectOthers(stats);
    // Non-blocking, in case a named pipe has replaced the file in between. Windows does not have this flag.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      rejectOthers(fstatSync(file));
      return readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Error(`The state file ${path} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

/** @throws Error if there is something that is not a state file. What it holds is checked later. */
function assertReadable(path: string): void {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined) rejectOthers(stats);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return; // Cannot be written either.
    throw new Error(`The state file ${path} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Reading a pipe or a device may block for ever or never end. */
function rejectOthers(stats: Stats): void {
  const kind = stats.isDirectory() ? "folder" : stats.isFIFO() ? "named pipe" : "device or socket";
  if (!stats.isFile()) throw new Error(`it is a ${kind}`);
  if (stats.size > LARGEST) throw new Error(`it is larger than ${LARGEST / 1_000_000} MB`);
}

/**
 * Checks in advance that a state file can be written, and removes the temporary files of killed processes beside it.
 *
 * @throws Error that says why it cannot be written
 */
export function prepareStateFile(path: string): void {
  assertReadable(path);
  try {
    makeFolder(dirname(path));
    const target = targetOf(path);
    removeAbandoned(target);
    const probe = temporaryName(target);
    try {
      writeFileSync(probe, "{}", { mode: 0o600, flag: "wx" });
    } finally {
      rmSync(probe, { force: true });
    }
  } catch (error) {
    throw new Error(`The state file ${path} cannot be written: ${reasonOf(error)}.`, { cause: error });
  }
}

/**
 * Writes a state file atomically, readable by its owner only.
 *
 * @param mayReplace is called at the last moment before the file is replaced
 * @returns false if `mayReplace` did: the file is then as it was
 * @throws Error that says why it cannot be written
 */
export function writeStateFile(path: string, snapshot: object, mayReplace: () => boolean): boolean {
  try {
    makeFolder(dirname(path));
    const target = targetOf(path);
    const written = temporaryName(target);
    try {
      const text = JSON.stringify(snapshot);
      // What is larger could never be read again.
      if (text.length > LARGEST) throw new Error(`it would be larger than ${LARGEST / 1_000_000} MB`);
      writeNew(written, text);
      if (mayReplace()) {
        renameSync(written, target);
        return true;
      }
      rmSync(written, { force: true });
      return false;
    } catch (error) {
      rmSync(written, { force: true });
      throw error;
    }
  } catch (error) {
    throw new Error(`The state file ${path} cannot be written: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Writes a file with a time in microseconds: the system's own has ticks, within which the file can be written twice. */
function writeNew(path: string, text: string): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, text);
    const seconds = (performance.timeOrigin + performance.now()) / 1000;
    futimesSync(file, seconds, seconds);
  } finally {
    closeSync(file);
  }
}

/** Changes whenever the file is written; undefined if there is no file. */
export function versionOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? undefined : `${found.ino} ${found.mtimeNs} ${found.size}`;
  } catch {
    return undefined; // A part of the path is no longer a folder.
  }
}

/** The file whose lock a process holds while it reads and writes a state file: beside it, or beside what a link leads to. */
export function lockFileOf(path: string): string {
  return `${targetOf(path)}.lock`;
}

/** Creates folders one by one: if none can be created, as under /proc, Node's `recursive` option loops for ever. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Resolves symbolic links, so that their target is written and they stay. Its folder must exist. */
function targetOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) {
    rejectOthers(stats);
    return realpathSync(path);
  }
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw new Error("it is a broken link");
  return join(realpathSync(dirname(path)), basename(path));
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "a folder of the path cannot be created",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ELOOP: "its symbolic links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  ENOTDIR: "a part of the path is not a folder",
  EEXIST: "a part of the path is not a folder",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : undefined;
  return code === undefined ? error.message : (REASONS[code] ?? code);
}
