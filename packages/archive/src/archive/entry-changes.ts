import type { Entry } from "../identity/index.ts";
import type { EntryRow } from "./known.ts";

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
  /** What the bank had said of it before, if that was read anyhow. */
  readonly was?: Entry | undefined;
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
