import { closeSync, lstatSync, readSync } from "node:fs";
import { basename } from "node:path";
import { notAFile, openWithoutWaiting } from "../regular-file.ts";

/** The files that SQLite keeps beside a database, and how each begins: https://sqlite.org/fileformat2.html, 3 and 4. */
const COMPANIONS = [
  { suffix: "-journal", beginnings: ["d9d505f920a163d7"] },
  { suffix: "-wal", beginnings: ["377f0682", "377f0683"] },
  // The version 3007000, in the byte order of the machine.
  { suffix: "-shm", beginnings: ["18e22d00", "002de218"] },
] as const;

/**
 * Why SQLite must not open a path, as a part of a sentence: it opens, waits for and deletes any file beside it that has
 * one of its own names. Changes nothing.
 *
 * @param isDatabase whether the file holds a database; files with the names of companions are then its own
 * @returns undefined if every companion is SQLite's
 */
export function whyNotBeside(file: string, isDatabase: boolean): string | undefined {
  for (const { suffix, beginnings } of COMPANIONS) {
    const companion = file + suffix;
    const stats = lstatSync(companion, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const name = `${basename(companion)} beside it`;
    if (stats.isSymbolicLink()) return `${name} is a link`;
    const reason = notAFile(stats);
    if (reason !== undefined) return `${name} is not SQLite's: ${reason}`;
    if (stats.size === 0 || isDatabase) continue;
    const start = startOf(companion);
    if (start === undefined || NOT_WRITTEN_YET.test(start)) continue;
    if (!beginnings.some((beginning) => start.startsWith(beginning))) return `${name} is not SQLite's`;
  }
  return undefined;
}

/** SQLite writes the beginning of a journal last, once everything after it is safe. */
const NOT_WRITTEN_YET = /^0*$/;

/** Undefined if the companion is gone, because another process has closed the database. */
function startOf(file: string): string | undefined {
  const opened = openWithoutWaiting(file);
  if (opened === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(8);
    return bytes.subarray(0, readSync(opened, bytes, 0, bytes.length, 0)).toString("hex");
  } finally {
    closeSync(opened);
  }
}
