import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";

/** What is at a path cannot be used: it is not a file, too large, or not text. */
export class UnusableFileError extends Error {
  /** The name of the error's own class, `FileTooLargeError` for a file that is too large. */
  override name = "UnusableFileError";
  /** A part of a sentence: "it is a folder". */
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`${path} cannot be used: ${reason}`);
    this.reason = reason;
  }
}

/** A file is larger than a file of its kind can be. */
export class FileTooLargeError extends UnusableFileError {
  override name = "FileTooLargeError";

  /** @param limit in bytes */
  constructor(path: string, limit: number) {
    super(path, `it is larger than ${limit >= 1_000_000 ? `${limit / 1_000_000} MB` : `${limit / 1000} kB`}`);
  }
}

/**
 * The part of `Stats` of node:fs that tells the kind of a file. Declared here, as not every project has the types of
 * Node.js.
 */
interface FileStats {
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}

/** What a path leads to if not to a file, as a part of a sentence; undefined if it is a file. */
export function notAFile(stats: FileStats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return "it is a folder";
  if (stats.isFIFO()) return "it is a named pipe";
  if (stats.isSocket()) return "it is a socket";
  return "it is a device";
}

/**
 * Reads a small text file without ever blocking: a named pipe or a device is rejected and not opened, and no more than
 * the limit is read.
 *
 * @param limit in bytes
 * @returns undefined if there is no such file
 * @throws UnusableFileError if the path leads to something else or to a larger file; the system's error if it cannot be
 * read
 */
export function readSmallFile(path: string, limit: number): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  assertReadable(path, stats, limit);
  const file = openWithoutWaiting(path);
  if (file === undefined) return undefined;
  try {
    assertReadable(path, fstatSync(file), limit);
    return readBounded(path, file, limit);
  } finally {
    closeSync(file);
  }
}

/**
 * Opens a file for reading without waiting for a writer, even if the path leads to a named pipe by now (Windows has no
 * such flag).
 *
 * @returns undefined if the file is gone
 */
export function openWithoutWaiting(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function assertReadable(path: string, stats: Stats, limit: number): void {
  const reason = notAFile(stats);
  if (reason !== undefined) throw new UnusableFileError(path, reason);
  if (stats.size > limit) throw new FileTooLargeError(path, limit);
}

/** A file may be longer than its size says, as those of /proc are, or grow meanwhile. */
function readBounded(path: string, file: number, limit: number): string {
  const chunks: Buffer[] = [];
  for (let length = 0; ; ) {
    const chunk = Buffer.alloc(64 * 1024);
    const read = readSync(file, chunk, 0, chunk.length, null);
    if (read === 0) return textFrom(path, Buffer.concat(chunks));
    length += read;
    if (length > limit) throw new FileTooLargeError(path, limit);
    chunks.push(chunk.subarray(0, read));
  }
}

function textFrom(path: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new UnusableFileError(path, "it is not a text in UTF-8");
  return bytes.toString("utf8");
}
