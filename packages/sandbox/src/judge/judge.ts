/**
 * The judge: compares what a program made of the responses with the truth, row by row. Everything here is a pure function
 * of the two and reads no payload: which rows are alike, the truth says by the number of their form.
 */
import type { TrueTransaction } from "../banks/index.ts";
import { bestContinuation } from "./continuations.ts";
import { holdersOf, type Transaction, transactionsOf } from "./given-rows.ts";
import { RowLabels } from "./row-labels.ts";
import { type Entry, type Shown, type ShownRow, shownRows } from "./shown-rows.ts";
import { standing } from "./standing.ts";
import type { JudgedRow, JudgeOptions, TransactionList, Verdict } from "./verdict.ts";
import { doubledEntry, type Holdings, linkOf, lostEntry } from "./verdict-of-entry.ts";
import { mixedTransaction, rowOfEntry, wrongLink } from "./verdict-of-transaction.ts";

const LISTS: readonly TransactionList[] = ["booked", "pending"];

/**
 * Compares what a program made of the responses with the truth.
 *
 * Each transaction of the program stands for one true entry. Among the booked rows, and among the pending ones, an entry
 * has at most one transaction that stands for it: the one with most of its rows. Rows that nobody can tell apart, those of
 * one form in one list of one response, are exchangeable: the verdict is the best one over all ways to assign them. So are
 * the further forms of entries whose ids have all changed at once, if nothing else tells them apart (`mayContinue`).
 *
 * @param rows what the program decided, in any order; a row that is given twice with the same transaction counts once
 * @param truth what `sandbox.truth(accountId)` returned after the last response
 * @throws TypeError if a row or an option has a value that it cannot have
 * @throws RangeError if no response showed a row, if a row is given to two transactions, or if the truth is not that of one
 *   bank account
 * @example
 * const { faultless, lost, doubled } = judge(rows, sandbox.truth(accountId));
 */
export function judge(
  rows: Iterable<JudgedRow>,
  truth: readonly TrueTransaction[],
  options: JudgeOptions = {},
): Verdict {
  const lists = checkedLists(options);
  if (!Array.isArray(truth))
    throw new TypeError("The truth must be the array that sandbox.truth(accountId) returned.");
  const { shown, holders } = bestReading([...rows], truth, lists);
  const transactions = transactionsOf(holders, shown.groups, lists);
  const labels = new RowLabels();
  const stands = standing(transactions, labels);
  for (const group of shown.groups) labels.takeRest(group);
  const labelOf = (row: ShownRow) => labels.of(row);

  const holdings = holdingsOf(stands, labelOf);
  const judged = shown.entries.filter(({ rows: { booked, pending } }) => booked + pending > 0);
  const links = judged.flatMap((entry) => linkOf(entry, holdings.get(entry)) ?? []);
  const isLinked = ({ booked, pending }: (typeof links)[number]) => booked.some((id) => pending.includes(id));
  const lost = judged.flatMap((entry) => lostEntry(entry, holdings.get(entry), stands) ?? []);
  const doubled = judged.flatMap((entry) => doubledEntry(entry, holdings, stands) ?? []);
  const mixed = transactions.flatMap((one) => mixedTransaction(one, stands.get(one), labelOf) ?? []);
  return {
    faultless: lost.length + doubled.length + mixed.length === 0,
    rows: transactions.reduce((sum, { rows: { booked, pending } }) => sum + booked + pending, 0),
    entries: judged.length,
    transactions: transactions.length,
    lost,
    doubled,
    mixed,
    linked: links.filter(isLinked),
    unlinked: links.filter((link) => !isLinked(link)),
    mislinked: transactions.flatMap((one) => wrongLink(one, labelOf) ?? []),
    unjudged: shown.rows
      .filter((row) => lists.has(row.status) && !holders.has(row))
      .map((row) => rowOfEntry(row, labelOf(row))),
  };
}

/** What the responses showed and who holds it, in the version of the truth that fits the program best. */
function bestReading(
  rows: readonly JudgedRow[],
  truth: readonly TrueTransaction[],
  lists: ReadonlySet<TransactionList>,
): { shown: Shown; holders: ReadonlyMap<ShownRow, string> } {
  const shown = shownRows(truth, lists);
  const holders = holdersOf(rows, shown);
  const best = bestContinuation(truth, shown, holders);
  if (best === truth) return { shown, holders };
  const better = shownRows(best, lists);
  return { shown: better, holders: holdersOf(rows, better) };
}

/** How many rows of each entry each transaction holds, in the order in which the transactions take them. */
function holdingsOf(
  stands: ReadonlyMap<Transaction, Entry>,
  labelOf: (row: ShownRow) => Entry,
): Map<Entry, Holdings> {
  const found = new Map<Entry, Holdings>();
  for (const transaction of stands.keys()) {
    for (const { group, rows } of transaction.groups) {
      for (const row of rows) {
        const entry = labelOf(row);
        const holdings = found.get(entry) ?? { booked: new Map(), pending: new Map() };
        found.set(entry, holdings);
        holdings[group.status].set(transaction, (holdings[group.status].get(transaction) ?? 0) + 1);
      }
    }
  }
  return found;
}

function checkedLists(options: JudgeOptions): ReadonlySet<TransactionList> {
  for (const name of Object.keys(options))
    if (name !== "lists") throw new TypeError(`Unknown option "${name}". judge has one option, lists.`);
  const { lists = LISTS } = options;
  if (!Array.isArray(lists) || lists.length === 0 || lists.some((one) => !LISTS.includes(one)))
    throw new TypeError('The option lists must be an array with "booked", "pending" or both.');
  return new Set(lists);
}
