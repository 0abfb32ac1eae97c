import type { Writer } from "../database/index.ts";
import type { EntryChanges } from "./entry-changes.ts";

/** Keeps the index of words up to date. */
export async function indexWords(_writer: Writer, _account: number, _changes: EntryChanges): Promise<void> {}
