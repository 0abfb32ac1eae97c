import type { Writer } from "../database/index.ts";
import type { EntryChanges } from "./entry-changes.ts";

/** Notes what changed, for those who follow the archive. */
export async function logChanges(_writer: Writer, _account: number, _changes: EntryChanges): Promise<void> {}
