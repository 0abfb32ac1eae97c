import { setTimeout as wait } from "node:timers/promises";
import { isBusy } from "bankdata-core/store";
import type { SqliteConnection } from "./connection.ts";
import { busy } from "./failures.ts";

/**
 * How long SQLite itself waits for a lock, in milliseconds. It blocks the whole thread meanwhile, so that a writer, whose
 * rival may be of this process, hardly waits here. A reader meets only locks that no process keeps for long: that of the
 * first one to open an archive after a crash, and that of the last one to close it.
 */
export const BUSY_TIMEOUT = { write: 5, read: 30_000 } as const;

/** Between two attempts, in milliseconds; at random, so that processes do not keep meeting. */
const PAUSE = { least: 2, most: 20 };

/**
 * Tries until no other connection is in the way, without blocking the thread: the other one may be of this process.
 *
 * @param patience in milliseconds
 * @throws ArchiveUnavailableError if another one is in the way for longer
 */
export async function untilFree<T>(work: () => T, file: string, patience: number): Promise<T> {
  for (const end = performance.now() + patience; ; ) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= end) throw busy(file);
    }
    await wait(PAUSE.least + Math.random() * (PAUSE.most - PAUSE.least));
  }
}

/** Begins a transaction that writes, which no other one can overtake. */
export async function beginImmediate(
  { database, translate }: SqliteConnection,
  file: string,
  patience: number,
): Promise<void> {
  try {
    await untilFree(() => database.exec("begin immediate"), file, patience);
  } catch (error) {
    throw translate(error);
  }
}
