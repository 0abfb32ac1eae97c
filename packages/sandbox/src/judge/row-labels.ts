import type { Held, Transaction } from "./given-rows.ts";
import type { Entry, Group, Overlap, ShownRow } from "./shown-rows.ts";

/**
 * To which entry each row belongs. In a group of rows that nobody can tell apart, each entry has a number of rows, but no
 * row in particular: transactions take them for an entry, one after the other, as long as some are left. All other rows
 * belong to the entry that the sandbox showed.
 */
export class RowLabels {
  readonly #labels = new Map<ShownRow, Entry>();
  readonly #left = new Map<Group, Map<Entry, number>>();

  /** The entry to which a row belongs; the one that the sandbox showed if the row was not taken. */
  of(row: ShownRow): Entry {
    return isShared(row.group) ? (this.#labels.get(row) ?? row.entry) : row.entry;
  }

  /** Takes for an entry as many rows of the transaction as can belong to it and are not taken. */
  take({ groups }: Transaction, entry: Entry): void {
    for (const { group, rows } of groups) {
      if (!isShared(group) || !group.labels.has(entry)) continue;
      // The rows that the sandbox showed for it come first, so that the verdict names rows as they were shown.
      for (const row of rows) if (row.entry === entry) this.#label(row, entry);
      for (const row of rows) this.#label(row, entry);
    }
  }

  /** Takes the rows of a transaction that are left, for as few entries as possible. */
  takeOthers(transaction: Transaction): void {
    for (;;) {
      const entry = this.#best(transaction, (held) => isShared(held.group) && this.#openRows(held) > 0);
      if (entry === undefined) return;
      this.take(transaction, entry);
    }
  }

  /** Labels the rows of a group that no transaction holds. */
  takeRest(group: Group): void {
    if (!isShared(group)) return;
    for (const row of group.rows) this.#label(row, row.entry);
    for (const row of group.rows) for (const entry of group.labels.keys()) this.#label(row, entry);
  }

  /** The entry to which most rows of a transaction that has taken none can belong, booked ones first. */
  bestFor(transaction: Transaction): Entry | undefined {
    return this.#best(transaction, () => true);
  }

  /** @param counts the groups of which the entry must have a row */
  #best(transaction: Transaction, counts: (held: Held) => boolean): Entry | undefined {
    const candidates = new Set<Entry>();
    for (const held of transaction.groups) {
      if (!counts(held)) continue;
      for (const [entry, left] of this.#leftIn(held.group)) if (left > 0) candidates.add(entry);
    }
    if (candidates.size < 2) return candidates.values().next().value;
    const ranked = [...candidates].map((entry) => ({ entry, overlap: this.#overlap(transaction, entry) }));
    ranked.sort(
      (a, b) =>
        b.overlap.booked - a.overlap.booked ||
        b.overlap.pending - a.overlap.pending ||
        a.entry.at - b.entry.at,
    );
    return ranked[0]?.entry;
  }

  #overlap({ groups }: Transaction, entry: Entry): Overlap {
    const overlap = { booked: 0, pending: 0 };
    for (const held of groups) {
      const left = this.#leftIn(held.group).get(entry) ?? 0;
      if (left > 0) overlap[held.group.status] += Math.min(left, this.#openRows(held));
    }
    return overlap;
  }

  /** How many rows are not taken. */
  #openRows({ rows }: Held): number {
    return rows.reduce((open, row) => open + (this.#labels.has(row) ? 0 : 1), 0);
  }

  #label(row: ShownRow, entry: Entry): void {
    const left = this.#leftIn(row.group);
    const count = left.get(entry) ?? 0;
    if (count === 0 || this.#labels.has(row)) return;
    this.#labels.set(row, entry);
    left.set(entry, count - 1);
  }

  #leftIn(group: Group): Map<Entry, number> {
    if (!isShared(group)) return group.labels;
    const left = this.#left.get(group) ?? new Map(group.labels);
    this.#left.set(group, left);
    return left;
  }
}

/** Whether the rows of a group may belong to several entries. */
function isShared({ labels }: Group): boolean {
  return labels.size > 1;
}
