import type { Transaction } from "./given-rows.ts";
import type { Entry, Group, ShownRow } from "./shown-rows.ts";

/**
 * The entry to which each row belongs: the sandbox's, except in groups of rows that nobody can tell apart. There each
 * transaction takes as many rows of its own entry as there are, and the others are shared out as the sandbox showed them.
 */
export function labelsOf(stands: ReadonlyMap<Transaction, Entry>): Map<ShownRow, Entry> {
  const labels = new Map<ShownRow, Entry>();
  const takersOf = new Map<Group, [Transaction, Entry][]>();
  for (const taker of stands) {
    for (const group of taker[0].groups.keys()) {
      if (group.labels.size === 1) continue;
      const takers = takersOf.get(group);
      if (takers === undefined) takersOf.set(group, [taker]);
      else takers.push(taker);
    }
  }
  for (const [group, takers] of takersOf) shareOut(group, takers, labels);
  return labels;
}

function shareOut(group: Group, takers: readonly [Transaction, Entry][], labels: Map<ShownRow, Entry>): void {
  const left = new Map(group.labels);
  const take = (row: ShownRow, entry: Entry): void => {
    const count = left.get(entry) ?? 0;
    if (count === 0 || labels.has(row)) return;
    left.set(entry, count - 1);
    labels.set(row, entry);
  };
  const others: ShownRow[] = [];
  for (const [transaction, entry] of takers) {
    const rows = transaction.groups.get(group) ?? [];
    // Its own rows first, so that the others are named as they were shown.
    for (const row of rows) if (row.entry === entry) take(row, entry);
    for (const row of rows) take(row, entry);
    others.push(...rows);
  }
  for (const rows of [others, group.rows]) {
    for (const row of rows) take(row, row.entry);
    for (const row of rows) for (const entry of group.labels.keys()) take(row, entry);
  }
}
