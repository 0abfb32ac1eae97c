import type { BankTransaction, Coverage, TransactionStatus } from "bankdata-core/bank";

/**
 * The status of a transaction in the archive: the bank's own; `vanished` if it was pending and is gone without having been
 * booked; `retracted` if it was booked and the bank does not show it any more.
 */
export type ArchivedStatus = TransactionStatus | "vanished" | "retracted";

/** Every status of a transaction in the archive. */
export const ARCHIVED_STATUSES: readonly ArchivedStatus[] = [
  "booked",
  "pending",
  "scheduled",
  "void",
  "vanished",
  "retracted",
];

/** What a bank said about a transaction, apart from the list in which it stood and its place there. */
export type Entry = Omit<BankTransaction, "status" | "position">;

/** A row of a response. */
export interface Row {
  /** The list in which it stood. */
  readonly status: TransactionStatus;
  /** Its place in that list, from 0. */
  readonly position: number;
  /** What it says. */
  readonly entry: Entry;
  /** Equal for two rows if, and only if, the bank said exactly the same in both, ids included. */
  readonly content: string;
}

/** One response of a bank about one account. */
export interface Response {
  /** Counts the responses of the account that were recorded, from 1, in the order in which they are read. */
  readonly run: number;
  /** When the bank said so, in milliseconds since 1970. The clock may have jumped, so that it may lie before an earlier one. */
  readonly observedAt: number;
  /** The address under which the account was read; another one than before means a new consent. Null if it has none. */
  readonly handle: string | null;
  /** Where a missing entry means that the bank does not show it any more. */
  readonly coverage: Coverage;
  /** Its rows, in the order of the response. */
  readonly rows: readonly Row[];
  /** What the user decided about rows of this response or of earlier ones, which wins over every rule. @default nothing */
  readonly rulings?: readonly Ruling[] | undefined;
}

/**
 * What the user decided about two rows, once both have been read. Of those that contradict each other, which stand in the order in
 * which they were decided, the later ones count.
 */
export interface Ruling {
  /** Whether they are one transaction. */
  readonly isSame: boolean;
  /** A row of this response, by its place in `rows`; or the id of the transaction that a row of an earlier response is by now. */
  readonly one: number | string;
  /** The same for the other row. */
  readonly other: number | string;
}

/** What is remembered of a transaction in order to recognise it, and what a response changes. */
export interface KnownTransaction {
  /** Ours, stable for ever. */
  readonly id: string;
  readonly status: ArchivedStatus;
  /** Whether everything that was put together in it belongs together beyond doubt. */
  readonly certain: boolean;
  /** The latest row that was recognised as it. Reading it may cost time, so it is read only if `content` does not suffice. */
  readonly entry: Entry;
  /** The `content` of that row. */
  readonly content: string;
  /** The list in which that row stood. */
  readonly list: TransactionStatus;
  /**
   * One of its dates, `YYYY-MM-DD`, if one is known without reading `entry`: that of most is not read then if it lies before
   * what the response covers.
   */
  readonly date?: string | null | undefined;
  /** What else this room has to know about it, as JSON; null for most. Opaque to others. */
  readonly notes: string | null;
}

/** A row, and the transaction that it was recognised as. */
export interface Recognition {
  /** The id of a known transaction, or a new one. */
  readonly transaction: string;
  /** By which rule, such as `same content`; `new` for a transaction that is created by this row. */
  readonly rule: string;
  /** How doubtful it is, from 0. */
  readonly cost: number;
  /** Whether nothing else was nearly as likely. */
  readonly certain: boolean;
}

/** Rows of earlier responses that turn out to belong to another transaction. */
export interface Move {
  readonly from: string;
  readonly into: string;
  /** All of its rows, so that `from` ceases to be; or only those that stood in the list of pending entries. */
  readonly rows: "all" | "pending";
  readonly rule: string;
  readonly cost: number;
  readonly certain: boolean;
}

/** What a response says. */
export interface Reading {
  /** One for each row of the response, in its order. */
  readonly recognitions: readonly Recognition[];
  /** Rows of earlier responses that change their transaction, to be applied in this order, after the rows. */
  readonly moves: readonly Move[];
  /**
   * The transactions whose fields are not as before, with all of their fields, and the new ones; without those that a
   * move ended.
   */
  readonly changed: readonly KnownTransaction[];
  /** What was learnt about the bank, as JSON of a bounded size; the same string as before if nothing was. Opaque. */
  readonly memory: string | null;
}

/** What a response is compared with. */
export interface Known {
  /** What was learnt about the bank so far; null at first. */
  readonly memory: string | null;
  /**
   * Those that the response may show or miss: every pending one, and those of any other status that are dated at most 45
   * days before the first date that the response covers or shows; and those that a ruling names.
   */
  readonly transactions: readonly KnownTransaction[];
  /** The response before this one; null if there is none. What changed last tells when it was, if this is left out. */
  readonly previous?: Pick<Response, "observedAt"> | null | undefined;
}
