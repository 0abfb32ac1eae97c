import { type Group, nameOf, type Shown, type ShownRow } from "./shown-rows.ts";
import type { JudgedRow, TransactionList } from "./verdict.ts";

/** A transaction of the program. */
export interface Transaction {
  id: string;
  /** How many rows it holds in each list. */
  rows: Record<TransactionList, number>;
  /** Its rows, by their group. */
  groups: Held[];
}

/** The rows of a group that a transaction holds. */
export interface Held {
  group: Group;
  rows: ShownRow[];
}

/** The transactions that hold rows of the judged lists, in the order of their ids. */
export function transactionsOf(
  holders: ReadonlyMap<ShownRow, string>,
  groups: Iterable<Group>,
  lists: ReadonlySet<TransactionList>,
): Transaction[] {
  const transactions = new Map<string, Transaction>();
  for (const group of groups) {
    if (!lists.has(group.status)) continue;
    for (const [id, rows] of byHolder(group, holders)) {
      const transaction = transactions.get(id) ?? { id, rows: { booked: 0, pending: 0 }, groups: [] };
      transactions.set(id, transaction);
      transaction.rows[group.status] += rows.length;
      transaction.groups.push({ group, rows });
    }
  }
  return [...transactions.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function byHolder(group: Group, holders: ReadonlyMap<ShownRow, string>): Map<string, ShownRow[]> {
  const held = new Map<string, ShownRow[]>();
  for (const row of group.rows) {
    const id = holders.get(row);
    if (id === undefined) continue;
    const rows = held.get(id);
    if (rows === undefined) held.set(id, [row]);
    else rows.push(row);
  }
  return held;
}

/** The id of the transaction to which the program assigned each row. */
export function holdersOf(given: Iterable<JudgedRow>, shown: Shown): Map<ShownRow, string> {
  const holders = new Map<ShownRow, string>();
  for (const judged of given) {
    assertRow(judged);
    const { transaction } = judged;
    const row = shown.find(judged);
    if (row === undefined)
      throw new RangeError(
        shown.rows.some(({ account }) => account === judged.account)
          ? `The truth knows no complete response that showed ${nameOf(judged)}. Count responses and positions from 0, and ask for the truth after the last response.`
          : `The truth knows no complete response of account ${judged.account}. Judge one bank account at a time, and ask for its truth after the last response.`,
      );
    // To decide the same twice is to decide it once.
    const before = holders.get(row) ?? transaction;
    if (before !== transaction)
      throw new RangeError(
        `${capitalised(nameOf(judged))} was given to two transactions, "${before}" and "${transaction}". Give each row once.`,
      );
    holders.set(row, transaction);
  }
  return holders;
}

function assertRow(row: JudgedRow): void {
  if (typeof row !== "object" || row === null)
    throw new TypeError(
      "Each row must be an object with account, response, status, position and transaction.",
    );
  const { account, response, status, position, transaction } = row;
  const wrong = (member: string, wanted: string) =>
    new TypeError(`${capitalised(nameOf(row))}: ${member} must be ${wanted}.`);
  if (typeof account !== "string") throw wrong("account", "the account id that was asked");
  if (!isIndex(response)) throw wrong("response", "a whole number from 0");
  if (status !== "booked" && status !== "pending") throw wrong("status", `"booked" or "pending"`);
  if (!isIndex(position)) throw wrong("position", "a whole number from 0");
  if (typeof transaction !== "string" || transaction === "")
    throw wrong("transaction", "a text that is not empty");
}

function isIndex(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
