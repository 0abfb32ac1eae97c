import type { Transaction } from "./given-rows.ts";
import type { Entry, ShownRow } from "./shown-rows.ts";
import type { MixedTransaction, RowOfEntry, TransactionList, WrongLink } from "./verdict.ts";

/** The transaction, if it holds rows of other entries than the one for which it stands. */
export function mixedTransaction(
  { id, groups }: Transaction,
  entry: Entry | undefined,
  labelOf: (row: ShownRow) => Entry,
): MixedTransaction | undefined {
  if (entry === undefined) return undefined;
  const others = [...groups.values()].flat().filter((row) => labelOf(row) !== entry);
  if (others.length === 0) return undefined;
  return { transaction: id, standsFor: entry.id, rows: others.map((row) => rowOfEntry(row, labelOf(row))) };
}

/** The transaction, if it has rows in both lists, but of no entry in both. */
export function wrongLink(
  { id, groups }: Transaction,
  labelOf: (row: ShownRow) => Entry,
): WrongLink | undefined {
  const entries: Record<TransactionList, Set<string>> = { booked: new Set(), pending: new Set() };
  for (const [{ status }, rows] of groups) for (const row of rows) entries[status].add(labelOf(row).id);
  const { booked, pending } = entries;
  if (booked.size === 0 || pending.size === 0 || [...pending].some((entry) => booked.has(entry)))
    return undefined;
  return { transaction: id, booked: [...booked], pending: [...pending] };
}

/** A row with the entry to which it belongs. */
export function rowOfEntry({ account, response, status, position }: ShownRow, { id }: Entry): RowOfEntry {
  return { account, response, status, position, entry: id };
}
