import { randomUUID } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { parsedJson } from "../base/parsed-json.ts";
import { makePrivateFolder } from "./private-folder.ts";
import { currentProcess, ProcessMark, stateOf } from "./process-mark.ts";
import { readSmallFile } from "./regular-file.ts";

const Holder = z.object({ id: z.string(), process: ProcessMark });

/** A lock that is held. */
export interface FileLock {
  /** Whether it is still held. Check this right before you commit what it protects. */
  isHeld(): boolean;
}

/** How often to check a lock that another process holds, in milliseconds. */
const POLL_INTERVAL = 15;

/** How long to wait for the lock of another process, in milliseconds. */
const MAX_WAIT = 10_000;

/** The age at which a lock is broken if its holder is on another machine and cannot be checked, in milliseconds. */
const ABANDONED_AFTER = 30_000;

/**
 * The age at which a lock that names no holder is broken, in milliseconds: the holder was killed before it could write
 * its name.
 */
const NAMELESS_ABANDONED_AFTER = 1000;

/** How every lock begins. A file that begins otherwise belongs to another program. */
const BEGINNING = '{"id":"';

/** The maximum size of a lock file, in bytes. */
const MAX_SIZE = 4096;

/** The path of a file's lock, a name that no other program uses. */
export function lockFileOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.bankdata-lock`);
}

/**
 * Runs `work` while holding a lock: a file beside `path` that names its holder. One process holds it at a time, and the
 * lock of a killed process is broken at once.
 *
 * @param maxWait how long to wait for the lock of another process, in milliseconds
 * @throws Error if another process holds the lock for longer, or if another file is in its place; whatever the work
 * throws
 */
export async function withFileLock<T>(
  path: string,
  work: (lock: FileLock) => T | Promise<T>,
  { maxWait = MAX_WAIT }: { maxWait?: number } = {},
): Promise<T> {
  const file = lockFileOf(path);
  const self = currentProcess();
  const id = randomUUID();
  const mine = JSON.stringify({ id, process: self } satisfies z.input<typeof Holder>);
  makePrivateFolder(dirname(file));
  const until = performance.now() + maxWait;
  while (!tryToTake(file, mine)) {
    if (performance.now() > until) throw new Error(`another process has held ${file} for too long`);
    breakIfAbandoned(file, self);
    await wait(POLL_INTERVAL);
  }
  try {
    return await work({ isHeld: () => readSmallFile(file, MAX_SIZE) === mine });
  } finally {
    if (isMine(file, mine)) rmSync(file, { force: true });
  }
}

/** Takes the lock if it is free. */
function tryToTake(file: string, mine: string): boolean {
  let opened: number;
  try {
    opened = openSync(file, "wx", 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(opened, mine);
    return true;
  } catch (error) {
    // On a full disk, a lock without a name would hold up the next process for a while.
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(opened);
  }
}

/** A lock that cannot be read stays, and is broken by the next process once this one has ended. */
function isMine(file: string, mine: string): boolean {
  try {
    return readSmallFile(file, MAX_SIZE) === mine;
  } catch {
    return false;
  }
}

/**
 * Moves an abandoned lock away before removing it. Of several processes that find it abandoned, only one can move it. A
 * process that moves a new lock by mistake sees that it is another one, and puts it back.
 *
 * @throws Error if what is there is not a lock
 */
function breakIfAbandoned(file: string, self: ProcessMark): void {
  const judged = readSmallFile(file, MAX_SIZE);
  if (judged === undefined || !isAbandoned(file, judged, self)) return;
  const away = `${file}.${randomUUID()}`;
  try {
    renameSync(file, away);
    if (readSmallFile(away, MAX_SIZE) === judged) rmSync(away, { force: true });
    else renameSync(away, file);
  } catch {} // Another process was faster.
}

function isAbandoned(file: string, text: string, self: ProcessMark): boolean {
  if (!text.startsWith(BEGINNING.slice(0, text.length))) {
    throw new Error(`${file} is not a lock of bankdata: move it away, or choose another path`);
  }
  const holder = Holder.safeParse(parsedJson(text));
  const stats = statSync(file, { throwIfNoEntry: false });
  const age = stats === undefined ? 0 : Date.now() - stats.mtimeMs;
  if (!holder.success) return age > NAMELESS_ABANDONED_AFTER;
  const state = stateOf(holder.data.process, self);
  return state === "ended" || (state === "unknown" && age > ABANDONED_AFTER);
}
