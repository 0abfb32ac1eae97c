import type { TransactionQuery } from "../../packages/archive/src/index.ts";
import { entriesOf } from "./entries.ts";
import { FROM } from "./load-ours.ts";

/** A search for the newest transactions, and the same for a bare index of words. */
export interface Search {
  readonly name: string;
  readonly query: TransactionQuery;
  /** As FTS5 reads it; left out for what the index of amounts alone answers. */
  readonly match?: string;
  /** The handle of an account. */
  readonly account?: string;
  /** Millionths, both included. */
  readonly micros?: readonly [number, number];
}

/** How many transactions a list shows. */
export const SHOWN = 50;

/** A number that one entry has. */
const RARE = entriesOf(0, { first: 17, count: 1, from: FROM, perDay: 10 })[0]?.text.split(" ")[1] ?? "";

/** Words of the bank's texts: `entries.ts` has them. */
export const SEARCHES: readonly Search[] = [
  { name: "a frequent word", query: { search: "lastschrift" }, match: '"lastschrift"' },
  { name: "a rare word", query: { search: RARE }, match: `"${RARE}"` },
  { name: "a word that begins many", query: { search: "4711" }, match: '"4711" *' },
  { name: "two words", query: { search: "cafe miete" }, match: '"cafe" "miete"' },
  { name: "the beginning of many words", query: { search: "ve" }, match: '"ve" *' },
  {
    name: "a word in an account",
    query: { search: "miete", account: "handle-3" },
    match: '"miete"',
    account: "handle-3",
  },
  {
    name: "a word and 1 in 5 amounts",
    query: { search: "miete", amount: { from: "-60", to: "0" } },
    match: '"miete"',
    micros: [-60_000_000, 0],
  },
  {
    name: "a word and 1 in 1,000 amounts",
    query: { search: "lastschrift", size: { from: "100", to: "100.30" } },
    match: '"lastschrift"',
    micros: [-100_300_000, -100_000_000],
  },
  {
    name: "a word in an account, and 1 in 10 amounts",
    query: { search: "miete", account: "handle-3", amount: { from: "-60", to: "-30" } },
    match: '"miete"',
    account: "handle-3",
    micros: [-60_000_000, -30_000_000],
  },
  {
    name: "a word and an amount that few have",
    query: { search: "lastschrift", amount: { from: "-100.02", to: "-100.01" } },
    micros: [-100_020_000, -100_010_000],
  },
  {
    name: "a word and an amount that none has",
    query: { search: "lastschrift", amount: { from: "5000", to: "6000" } },
    micros: [5_000_000_000, 6_000_000_000],
  },
];
