import {
  closeSync,
  constants,
  fstatSync,
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
import { dirname } from "node:path";
import { removeAbandoned, temporaryName } from "./temporary-file.ts";

/** In bytes: a thousand accounts that were all read take some 10 MB. */
const LARGEST = 256_000_000;

/**
 * What a file holds of a sandbox; undefined if there is no such file. Nothing is waited for: what is not a file is
 * rejected, not opened.
 *
 * @param parse checks what the file holds, and throws if it is not a sandbox's
 * @throws Error if it does not hold a sandbox's state, or cannot be read, saying so
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
      `${path} holds no state of a sandbox, or one of another version: name another file, or delete it.`,
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
    // Without waiting, should it have become a named pipe in between. Windows has no such flag.
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

/** What is not a file may never end, or never begin. */
function rejectOthers(stats: Stats): void {
  const kind = stats.isDirectory() ? "folder" : stats.isFIFO() ? "named pipe" : "device or socket";
  if (!stats.isFile()) throw new Error(`it is a ${kind}`);
  if (stats.size > LARGEST) throw new Error(`it is larger than ${LARGEST / 1_000_000} MB`);
}

/**
 * Sees that a state file can be written, before anything depends on it, and removes what killed processes left there.
 *
 * @throws Error saying why it cannot
 */
export function prepareStateFile(path: string): void {
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
 * Writes a file that its owner alone can read, whole or not at all.
 *
 * @throws Error saying why it cannot
 */
export function writeStateFile(path: string, snapshot: object): void {
  try {
    makeFolder(dirname(path));
    const target = targetOf(path);
    const written = temporaryName(target);
    try {
      writeFileSync(written, JSON.stringify(snapshot), { mode: 0o600, flag: "wx" });
      renameSync(written, target);
    } catch (error) {
      rmSync(written, { force: true });
      throw error;
    }
  } catch (error) {
    throw new Error(`The state file ${path} cannot be written: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Tells one writing of a file from another; undefined if it is not there. */
export function versionOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino} ${found.mtimeMs}`;
}

/** One by one: if no folder can be made, as below /proc, Node's `recursive` tries for ever. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** What a link leads to is written, and the link stays. */
function targetOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) rejectOthers(stats);
  else if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path;
  else throw new Error("it is a link to nothing");
  return realpathSync(path);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is not a folder",
  EEXIST: "a part of the path is not a folder",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : undefined;
  return code === undefined ? error.message : (REASONS[code] ?? code);
}
