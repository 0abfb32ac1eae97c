import { closeSync, constants, openSync, readSync, statSync } from "node:fs";

/** Sizes and positions in bytes: https://sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER = 32;
const FRAME_HEADER = 24;
const SALTS = { inHeader: 16, inFrame: 8, length: 8 } as const;

/** Where the first page holds the application id. */
const ID_AT = 68;

/** How much of a log is read, in bytes: a file that was never checkpointed has its first page early in it. */
const MOST_READ = 4 * 1024 * 1024;

/** Whether there is a file, and it is not empty. */
export function hasContent(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size > 0;
}

/** The application id that the log beside a database has committed; undefined if it has committed none. */
export function applicationIdInWal(database: string): number | undefined {
  const log = startOf(`${database}-wal`);
  if (log.length < HEADER || log.readUInt32BE(0) >>> 1 !== 0x377f0682 >>> 1) return undefined;
  const length = FRAME_HEADER + log.readUInt32BE(8);
  const salts = saltsAt(log, SALTS.inHeader);
  let [pending, committed]: (number | undefined)[] = [];
  for (let at = HEADER; length > FRAME_HEADER && at + length <= log.length; at += length) {
    // A frame with other salts is left over from before the log was restarted.
    if (!saltsAt(log, at + SALTS.inFrame).equals(salts)) break;
    if (log.readUInt32BE(at) === 1) pending = log.readUInt32BE(at + FRAME_HEADER + ID_AT);
    const sizeAfterCommit = log.readUInt32BE(at + 4);
    if (sizeAfterCommit > 0) committed = pending;
  }
  return committed;
}

function saltsAt(log: Buffer, at: number): Buffer {
  return log.subarray(at, at + SALTS.length);
}

function startOf(file: string): Buffer {
  if (!hasContent(file)) return Buffer.alloc(0);
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const bytes = Buffer.alloc(Math.min(statSync(file).size, MOST_READ));
    return bytes.subarray(0, readSync(opened, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(opened);
  }
}
