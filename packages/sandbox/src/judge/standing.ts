import type { Transaction } from "./given-rows.ts";
import { heaviestMatching } from "./heaviest-matching.ts";
import type { RowLabels } from "./row-labels.ts";
import type { Entry, Group, Overlap } from "./shown-rows.ts";
import type { TransactionList } from "./verdict.ts";

/** A pair that may be matched. */
interface Pair {
  transaction: Transaction;
  entry: Entry;
  /** How many rows of the transaction can belong to the entry. */
  overlap: Overlap;
}

/**
 * The entry for which each transaction stands, in the order in which transactions take the rows of their entry: first the
 * one that stands for it among the booked rows, last the extra ones. There are three steps.
 *
 * 1. Among the booked rows, an entry has one transaction, and a transaction one entry.
 * 2. The same among the pending rows, for what has no partner yet: entries that were not booked, and pending transactions
 *    beside the booked one.
 * 3. All other transactions are extra ones of the entry to which most of their rows can belong.
 *
 * In a group of rows that nobody can tell apart, each entry has a number of rows, but no row in particular. The rows of a
 * transaction that can belong to its entry are therefore the lower of two numbers, whatever the other transactions stand
 * for, and the best verdict over all permutations is a matching with the greatest sum.
 *
 * @param labels takes all rows
 */
export function standing(transactions: readonly Transaction[], labels: RowLabels): Map<Transaction, Entry> {
  const stands = new Map<Transaction, Entry>();
  const pairs = overlapping(transactions);
  const weights = new PairWeights(transactions);

  const booked = pairs.filter(({ overlap }) => overlap.booked > 0);
  const bookedBy = heaviestMatching(byEntry(booked, (pair) => weights.of(pair, "booked", "pending")));
  for (const [entry, transaction] of bookedBy) stands.set(transaction, entry);

  const hasPending = new Set(
    pairs
      .filter(({ entry, transaction, overlap }) => bookedBy.get(entry) === transaction && overlap.pending > 0)
      .map(({ entry }) => entry),
  );
  const pending = pairs.filter(
    ({ transaction, entry, overlap }) =>
      overlap.pending > 0 && !stands.has(transaction) && !hasPending.has(entry),
  );
  // Among equals, an entry that is lost among the booked rows comes last: it is better lost as a whole than two by half.
  const isLost = ({ entry }: Pair) => entry.rows.booked > 0 && !bookedBy.has(entry);
  const pendingWeight = (pair: Pair) => weights.of(pair, "pending", "booked") - (isLost(pair) ? 1n : 0n);
  const pendingBy = heaviestMatching(byEntry(pending, pendingWeight));
  for (const [entry, transaction] of pendingBy) stands.set(transaction, entry);

  for (const [transaction, entry] of stands) labels.take(transaction, entry);
  const extra = transactions.filter((transaction) => !stands.has(transaction));
  for (const transaction of extra.sort((a, b) => size(b) - size(a))) {
    const entry = labels.bestFor(transaction);
    if (entry === undefined) continue;
    stands.set(transaction, entry);
    labels.take(transaction, entry);
  }
  for (const transaction of stands.keys()) labels.takeOthers(transaction);
  return stands;
}

const size = ({ rows }: Transaction) => rows.booked + rows.pending;

function overlapping(transactions: readonly Transaction[]): Pair[] {
  return transactions.flatMap((transaction) => {
    const overlaps = new Map<Entry, Overlap>();
    for (const { group, rows } of transaction.groups) {
      const { status, labels } = group;
      for (const [entry, label] of labels) {
        const overlap = overlaps.get(entry) ?? { booked: 0, pending: 0 };
        overlap[status] += Math.min(rows.length, label);
        overlaps.set(entry, overlap);
      }
    }
    return [...overlaps].map(([entry, overlap]) => ({ transaction, entry, overlap }));
  });
}

function byEntry(
  pairs: readonly Pair[],
  weight: (pair: Pair) => bigint,
): Map<Entry, Map<Transaction, bigint>> {
  const found = new Map<Entry, Map<Transaction, bigint>>();
  for (const pair of [...pairs].sort((a, b) => a.entry.at - b.entry.at)) {
    const weights = found.get(pair.entry) ?? new Map<Transaction, bigint>();
    found.set(pair.entry, weights.set(pair.transaction, weight(pair)));
  }
  return found;
}

/**
 * What a pair weighs, the most important part first: the rows of one list; those of the other; that it is a pair at all;
 * that it is exact; how few rows either has that the other lacks, in the lists of the transaction; and how few the entry
 * has elsewhere. Sums are compared in this order as well, for which a number has too few digits.
 */
class PairWeights {
  /** Above every sum of rows, and of what sets pairs back. */
  readonly #base: bigint;
  /** How many rows of each entry the program gave, at most: any of a group may be the missing ones. */
  readonly #given = new Map<Entry, Overlap>();

  constructor(transactions: readonly Transaction[]) {
    let total = 1;
    const groups = new Set<Group>();
    for (const transaction of transactions) {
      total += size(transaction);
      for (const { group } of transaction.groups) groups.add(group);
    }
    for (const { status, labels } of groups) {
      for (const [entry, label] of labels) {
        const given = this.#given.get(entry) ?? { booked: 0, pending: 0 };
        given[status] += label;
        total += label;
        this.#given.set(entry, given);
      }
    }
    this.#base = BigInt(2 * total);
  }

  of({ transaction, entry, overlap }: Pair, first: TransactionList, second: TransactionList): bigint {
    let [apart, elsewhere] = [0, 0];
    for (const status of [first, second]) {
      const rows = transaction.rows[status];
      const given = this.#given.get(entry)?.[status] ?? 0;
      // A transaction without rows in a list leaves those of the entry to another one.
      if (rows === 0) elsewhere += given;
      else apart += rows + given - 2 * overlap[status];
    }
    return [overlap[first], overlap[second], 1, apart === 0 ? 1 : 0, -apart, -elsewhere].reduce(
      (weight, rank) => weight * this.#base + BigInt(rank),
      0n,
    );
  }
}
