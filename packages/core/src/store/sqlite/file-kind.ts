import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../../base/message-of.ts";
import { notAFile } from "../regular-file.ts";
import { whyNotBeside } from "./companions.ts";
import { isDamage } from "./errors.ts";
import { bitsSet, type FileMark, isMarked, MAX_FLIPPED_BITS } from "./file-mark.ts";
import { loadSqlite, type Sqlite } from "./load-sqlite.ts";
import { applicationIdInWal, hasContent } from "./wal.ts";

/** What is at the path of a file. */
export type FileKind = NoFile | UsableFile | ForeignFile;

/** Nothing is there. */
export interface NoFile {
  /** Tells the kinds apart. */
  kind: "nothing";
}

/** A file of ours, or an empty one, which a process that was killed can leave behind. */
export interface UsableFile {
  /** Tells the kinds apart. */
  kind: "empty" | "ours";
  /** Distinguishes it from another file that replaces it under the same name. */
  identity: string;
}

/** Something else is there. */
export interface ForeignFile {
  /** Tells the kinds apart. */
  kind: "foreign";
  /** A part of a sentence: "it is a folder". */
  reason: string;
}

/** Distinguishes a file from another that replaces it under the same name; undefined if nothing is there. */
export function identityOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? undefined : identityFrom(stats);
}

/**
 * Finds out what is at a path, through links, without changing anything there or beside it.
 *
 * @throws the system's error if that fails, for example for lack of permission
 */
export async function kindOf(path: string, mark: FileMark): Promise<FileKind> {
  for (let looks = 1; ; looks += 1) {
    const before = stateOf(path);
    const kind = await kindNow(path, mark);
    // While another process is making the file, its companions may be seen before the file itself.
    if (kind.kind !== "foreign" || looks === MAX_LOOKS || stateOf(path) === before) return kind;
  }
}

/** How many times a path is examined if it keeps changing. */
const MAX_LOOKS = 5;

function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "" : `${identityFrom(stats)} ${stats.size}`;
}

async function kindNow(path: string, mark: FileMark): Promise<FileKind> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    const isLink = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    const reason = isLink
      ? "it is a broken link"
      : (whyNotBeside(path, false) ??
        (hasContent(`${path}-wal`) ? "the log of a database that is gone is left beside it" : undefined));
    return reason === undefined ? { kind: "nothing" } : { kind: "foreign", reason };
  }
  const file = realpathSync(path);
  const reason =
    notAFile(stats) ??
    (stats.size === 0 ? whyNotTaken(file, stats) : undefined) ??
    whyNotBeside(file, stats.size > 0);
  if (reason !== undefined) return { kind: "foreign", reason };
  const identity = identityFrom(stats);
  if (stats.size === 0) return { kind: "empty", identity };
  accessSync(file, constants.R_OK);
  const foreign = whyForeign(file, mark, await loadSqlite());
  return foreign === undefined ? { kind: "ours", identity } : { kind: "foreign", reason: foreign };
}

function identityFrom({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

/** An empty file is not used if it belongs to another user, or to a program that has just started to write. */
function whyNotTaken(file: string, { uid }: Stats): string | undefined {
  if (process.getuid !== undefined && process.getuid() !== uid) return "it is an empty file of another user";
  return hasContent(`${file}-wal`) ? "it is another program's database" : undefined;
}

function whyForeign(file: string, mark: FileMark, sqlite: Sqlite): string | undefined {
  const header = headerBySqlite(file, sqlite);
  if (header === undefined) return whyHeaderIsForeign(file, mark);
  const { id, layout } = header;
  if (isMarked(id, mark, MAX_FLIPPED_BITS))
    return layout > mark.layout ? "it was made by a newer version of bankdata" : undefined;
  // Versions before 0.2 made a file whose application id was in the log alone until the first checkpoint.
  if (id === 0 && applicationIdInWal(file) === mark.applicationId) return undefined;
  return "it is another program's database";
}

/**
 * The header of the file itself; undefined if SQLite cannot read it. Opened as immutable, the file needs no locks and
 * no log, and nothing is made beside it. SQLite reads it instead of `fs`, because closing a file drops every lock that
 * this process holds on it (https://sqlite.org/howtocorrupt.html, 2.2), even another client's.
 */
function headerBySqlite(file: string, sqlite: Sqlite): { id: number; layout: number } | undefined {
  const database = new sqlite.DatabaseSync(immutable(file), { readOnly: true });
  try {
    const { application_id: id } = database.prepare("PRAGMA application_id").get() ?? {};
    const { user_version: layout } = database.prepare("PRAGMA user_version").get() ?? {};
    return { id: Number(id), layout: Number(layout) };
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  } finally {
    database.close();
  }
}

/** The URL with which SQLite reads a file as immutable, without its log. */
export function immutable(file: string): URL {
  const url = pathToFileURL(file);
  url.searchParams.set("immutable", "1");
  return url;
}

const MAGIC = Buffer.from("SQLite format 3\0", "latin1");

/** The offset of the application id in the header, in bytes: https://sqlite.org/fileformat2.html#the_database_header */
const ID_AT = 68;

/** Why a file that SQLite cannot read is not ours, by its own header; undefined if it is ours, and damaged. */
function whyHeaderIsForeign(file: string, mark: FileMark): string | undefined {
  const header = headerOf(file);
  const flipped = bitsApart(header.subarray(0, MAGIC.length), MAGIC);
  const id = header.length < ID_AT + 4 ? 0 : header.readUInt32BE(ID_AT);
  if (isMarked(id, mark, MAX_FLIPPED_BITS - flipped)) return undefined;
  if (flipped > 0) return "it is not a database";
  return applicationIdInWal(file) === mark.applicationId ? undefined : "it is another program's database";
}

function headerOf(file: string): Buffer {
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const header = Buffer.alloc(100);
    return header.subarray(0, readSync(opened, header, 0, header.length, 0));
  } finally {
    closeSync(opened);
  }
}

function bitsApart(one: Buffer, other: Buffer): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  return one.reduce((sum, byte, at) => sum + bitsSet(byte ^ (other[at] ?? 0)), 0);
}

/** Why a path cannot hold such a file as it is now, as a part of a sentence; undefined if it can. Changes nothing. */
export async function whyUnusable(path: string, mark: FileMark): Promise<string | undefined> {
  try {
    const kind = await kindOf(path, mark);
    if (kind.kind === "foreign") return kind.reason;
    accessSync(kind.kind === "nothing" ? existingFolderOf(path) : path, constants.W_OK);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function existingFolderOf(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : existingFolderOf(folder);
}
