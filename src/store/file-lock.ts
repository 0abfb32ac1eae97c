import { randomUUID } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { makePrivateFolder } from "./private-folder.ts";
import { currentProcess, hasEnded, ProcessMark } from "./process-mark.ts";
import { readSmallFile } from "./regular-file.ts";

const Holder = z.object({ id: z.string(), process: ProcessMark });

/** A lock that is held. */
export interface FileLock {
  /** Whether it still is: to be asked right before what it protects is made to last. */
  isHeld(): boolean;
}

/** Between two looks at a lock that another holds, in milliseconds. */
const LOOK_EVERY = 15;

/** For so long the lock of another is waited for, in milliseconds. */
const MAX_WAIT = 10_000;

/** A lock of whose holder it cannot be told whether it lives is broken at this age, in milliseconds. */
const ABANDONED_AFTER = 30_000;

/** One without a name is broken sooner: its holder was killed before it had written its name. */
const NAMELESS_FOR = 1000;

/** The most that a lock file holds, in bytes. */
const LARGEST = 4096;

/**
 * Does some work while no other process does any under the same lock: a file beside `path` that names its holder. The
 * lock of a process that was killed is broken at once.
 *
 * @throws Error if another process holds the lock for 10 seconds; whatever the work throws
 */
export async function withFileLock<T>(path: string, work: (lock: FileLock) => T | Promise<T>): Promise<T> {
  const file = `${path}.lock`;
  const self = currentProcess();
  const id = randomUUID();
  const mine = JSON.stringify({ id, process: self } satisfies z.input<typeof Holder>);
  makePrivateFolder(dirname(file));
  const until = performance.now() + MAX_WAIT;
  while (!isTaken(file, mine)) {
    if (performance.now() > until) throw new Error(`another process has held ${file} for too long`);
    breakIfAbandoned(file, self);
    await wait(LOOK_EVERY);
  }
  try {
    return await work({ isHeld: () => textOf(file) === mine });
  } finally {
    if (textOf(file) === mine) rmSync(file, { force: true });
  }
}

/** Whether the lock was free, and is ours now. */
function isTaken(file: string, mine: string): boolean {
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
    rmSync(file, { force: true }); // On a full disk: without a name it would only keep others waiting.
    throw error;
  } finally {
    closeSync(opened);
  }
}

/**
 * Moved away before it is removed: of several that find it abandoned, one moves it, and another that moves a new lock
 * by mistake finds that it is not the one it judged, and puts it back.
 */
function breakIfAbandoned(file: string, self: ProcessMark): void {
  const judged = textOf(file);
  if (judged === undefined || !isAbandoned(file, judged, self)) return;
  const away = `${file}.${randomUUID()}`;
  try {
    renameSync(file, away);
    if (textOf(away) === judged) rmSync(away, { force: true });
    else renameSync(away, file);
  } catch {} // Another process was faster.
}

function isAbandoned(file: string, text: string, self: ProcessMark): boolean {
  const holder = Holder.safeParse(parsed(text));
  if (holder.success && hasEnded(holder.data.process, self)) return true;
  const stats = statSync(file, { throwIfNoEntry: false });
  const age = stats === undefined ? 0 : Date.now() - stats.mtimeMs;
  return age > (holder.success ? ABANDONED_AFTER : NAMELESS_FOR);
}

function textOf(file: string): string | undefined {
  try {
    return readSmallFile(file, LARGEST);
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
