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
  const others = groups.flatMap(({ rows }) => rows.filter((row) => labelOf(row) !== entry));
  if (others.length === 0) return undefined;
  const rows = others.sort((a, b) => a.at - b.at).map((row) => rowOfEntry(row, labelOf(row)));
  return { transaction: id, standsFor: entry.id, rows };
}

/** The transaction, if it has rows in both lists, but of no entry in both. */
export function wrongLink(
  { id, rows: { booked: bookedRows, pending: pendingRows }, groups }: Transaction,
  labelOf: (row: ShownRow) => Entry,
): WrongLink | undefined {
  if (bookedRows === 0 || pendingRows === 0) return undefined;
  const entries: Record<TransactionList, Set<string>> = { booked: new Set(), pending: new Set() };
  for (const { group, rows } of groups) for (const row of rows) entries[group.status].add(labelOf(row).id);
  const { booked, pending } = entries;
  if ([...pending].some((entry) => booked.has(entry))) return undefined;
  return { transaction: id, booked: [...booked], pending: [...pending] };
}

/** A row with the entry to which it belongs. */
export function rowOfEntry({ account, response, status, position }: ShownRow, { id }: Entry): RowOfEntry {
  return { account, response, status, position, entry: id };
}
