import type { Writer } from "../database/index.ts";
import type { Entry } from "../identity/index.ts";
import { logChanges } from "./change-log.ts";
import type { EntryRow } from "./known.ts";
import { indexWords } from "./word-index.ts";

/** What a write did to the transactions of an account. */
export interface EntryChanges {
  /** Those that are new. */
  readonly added: readonly AddedEntry[];
  /** Those of which a column is not as before, and those that got or lost rows of another one. */
  readonly modified: readonly ModifiedEntry[];
  /** Those that are gone, as they turned out to be another one. */
  readonly removed: readonly RemovedEntry[];
}

export interface AddedEntry {
  readonly key: number;
  /** What the bank said of it last. */
  readonly entry: Entry;
}

export interface ModifiedEntry {
  readonly before: EntryRow;
  /** What the bank said of it last. */
  readonly entry: Entry;
  /** Whether it got or lost rows that had been another transaction's. */
  readonly isRelinked: boolean;
}

export interface RemovedEntry {
  readonly before: EntryRow;
  /** The key of the transaction that it turned out to be. */
  readonly into: number;
}

/**
 * Brings what follows from transactions up to date: the index of words, and the log of changes.
 *
 * @param account the key of their account
 */
export async function followChanges(writer: Writer, account: number, changes: EntryChanges): Promise<void> {
  await indexWords(writer, account, changes);
  await logChanges(writer, account, changes);
}
