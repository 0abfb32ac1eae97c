import type { Writer } from "../database/index.ts";
import { logChanges } from "./change-log.ts";
import type { EntryChanges } from "./entry-changes.ts";
import { indexWords } from "./word-index.ts";

/**
 * Brings what follows from transactions up to date: the index of words, and the log of changes.
 *
 * @param account the key of their account
 */
export async function followChanges(writer: Writer, account: number, changes: EntryChanges): Promise<void> {
  await indexWords(writer, account, changes);
  await logChanges(writer, account, changes);
}
