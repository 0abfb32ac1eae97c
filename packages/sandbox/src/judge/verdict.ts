import type { Observation } from "../banks/index.ts";

/** One of the two lists of a response. */
export type TransactionList = Observation["status"];

/** The place of a row in the complete responses, as the truth counts them. */
export interface RowPlace {
  /** The account id that was asked. */
  account: string;
  /** How many complete responses with transactions of the same account id preceded the response. */
  response: number;
  /** The list. */
  status: TransactionList;
  /** The index of the row in the list, from 0. */
  position: number;
}

/** What a program made of one row of a response. */
export interface JudgedRow extends RowPlace {
  /** The program's id of the transaction to which it assigned the row. */
  transaction: string;
}

/** Options of {@link judge}. */
export interface JudgeOptions {
  /** The lists that are judged; rows of the other are ignored, also in the truth. @default ["booked", "pending"] */
  lists?: readonly TransactionList[] | undefined;
}

/** A row, and the true entry to which it belongs. */
export interface RowOfEntry extends RowPlace {
  /** The id of the true entry. */
  entry: string;
}

/** A transaction that holds rows of an entry for which it does not stand. */
export interface Holder {
  /** The program's id of the transaction. */
  transaction: string;
  /** The id of the true entry for which the transaction stands. */
  standsFor: string;
  /** How many of these rows of the lost entry it holds. */
  rows: number;
}

/** A true entry that no transaction stands for, among the booked rows if it has any, else among the pending ones. */
export interface LostEntry {
  /** The id of the true entry. */
  entry: string;
  /** The transactions that hold its booked rows, or its pending ones if it has no others; empty if the program gave none. */
  heldBy: Holder[];
}

/** A true entry for which the program has more than one transaction within one list. */
export interface DoubledEntry {
  /** The id of the true entry. */
  entry: string;
  /** The extra transactions that hold booked rows of it. */
  booked: string[];
  /** The extra transactions that hold pending rows of it; one that also holds booked rows may be in both. */
  pending: string[];
}

/** A transaction that holds rows of more than one entry. */
export interface MixedTransaction {
  /** The program's id of the transaction. */
  transaction: string;
  /** The id of the true entry for which it stands. */
  standsFor: string;
  /** Its rows of other entries. */
  rows: RowOfEntry[];
}

/** A true entry of which the program gave pending and booked rows. */
export interface PendingLink {
  /** The id of the true entry. */
  entry: string;
  /** The transactions that hold booked rows of it, whichever entry they stand for. */
  booked: string[];
  /** The transactions that hold pending rows of it, whichever entry they stand for. */
  pending: string[];
}

/** A transaction that joins pending rows of some entries with booked rows of others. */
export interface WrongLink {
  /** The program's id of the transaction. */
  transaction: string;
  /** The ids of the true entries of its booked rows. */
  booked: string[];
  /** The ids of the true entries of its pending rows, none of which is among the booked ones. */
  pending: string[];
}

/**
 * What a program made of the responses, compared with the truth. Entries are in the order of the truth, transactions in
 * the order of their ids, and rows in the order in which the truth lists them.
 */
export interface Verdict {
  /** Whether nothing is lost, doubled or mixed. Unlinked pending entries and rows that were not given are no faults. */
  faultless: boolean;
  /** How many rows were judged. */
  rows: number;
  /** How many true entries the responses showed in the judged lists. */
  entries: number;
  /** How many transactions of the program hold a judged row. */
  transactions: number;
  /** The true entries that no transaction stands for: a dropped twin, a swallowed payment. */
  lost: LostEntry[];
  /** The true entries for which the program has more than one transaction within one list. */
  doubled: DoubledEntry[];
  /** The transactions that hold rows of more than one entry. */
  mixed: MixedTransaction[];
  /** The entries of which one transaction holds pending and booked rows. */
  linked: PendingLink[];
  /** The entries of which no transaction holds both: a pending transaction of its own beside the booked one. */
  unlinked: PendingLink[];
  /** The transactions that link a pending entry with another entry; each is among the mixed ones as well. */
  mislinked: WrongLink[];
  /** The rows of the truth that the program did not give, in the judged lists. */
  unjudged: RowOfEntry[];
}
