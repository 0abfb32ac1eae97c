import type { Transaction } from "./given-rows.ts";
import type { Entry, Group, Overlap, ShownRow } from "./shown-rows.ts";

/**
 * To which entry each row belongs. In a group of rows that nobody can tell apart, each entry has a number of rows, but no
 * row in particular: transactions take them for an entry, one after the other, as long as some are left.
 */
export class RowLabels {
  readonly #labels = new Map<ShownRow, Entry>();
  readonly #left = new Map<Group, Map<Entry, number>>();

  /** The entry to which a row belongs; the one that the sandbox showed if the row was not taken. */
  of(row: ShownRow): Entry {
    return this.#labels.get(row) ?? row.entry;
  }

  /** Takes for an entry as many rows of the transaction as can belong to it and are not taken. */
  take({ groups }: Transaction, entry: Entry): void {
    for (const [group, rows] of groups) {
      if (!group.labels.has(entry)) continue;
      // The rows that the sandbox showed for it come first, so that errors are named as they were shown.
      if (group.labels.size > 1) for (const row of rows) if (row.entry === entry) this.#label(row, entry);
      for (const row of rows) this.#label(row, entry);
    }
  }

  /** Takes the rows of a transaction that are left, for as few entries as possible. */
  takeOthers(transaction: Transaction): void {
    for (;;) {
      const entry = this.bestFor(transaction);
      if (entry === undefined) return;
      this.take(transaction, entry);
    }
  }

  /** Labels the rows of a group that no transaction holds. */
  takeRest({ labels, rows }: Group): void {
    for (const row of rows) this.#label(row, row.entry);
    for (const row of rows) for (const entry of labels.keys()) this.#label(row, entry);
  }

  /** The entry to which most rows of the transaction that are left can belong, booked ones first, if any are left. */
  bestFor({ groups }: Transaction): Entry | undefined {
    const overlaps = new Map<Entry, Overlap>();
    for (const [group, rows] of groups) {
      let open = 0;
      for (const row of rows) if (!this.#labels.has(row)) open += 1;
      if (open === 0) continue;
      for (const [entry, left] of this.#leftIn(group)) {
        const overlap = overlaps.get(entry) ?? { booked: 0, pending: 0 };
        overlap[group.status] += Math.min(open, left);
        if (left > 0) overlaps.set(entry, overlap);
      }
    }
    const [best] = [...overlaps].sort(
      ([a, one], [b, other]) => other.booked - one.booked || other.pending - one.pending || a.at - b.at,
    );
    return best?.[0];
  }

  #label(row: ShownRow, entry: Entry): void {
    const left = this.#leftIn(row.group);
    const count = left.get(entry) ?? 0;
    if (count === 0 || this.#labels.has(row)) return;
    left.set(entry, count - 1);
    this.#labels.set(row, entry);
  }

  #leftIn(group: Group): Map<Entry, number> {
    const left = this.#left.get(group) ?? new Map(group.labels);
    this.#left.set(group, left);
    return left;
  }
}
