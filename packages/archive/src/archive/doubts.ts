import type { ArchivedObservation, ArchivedTransaction } from "./read.ts";

/** A row of a response that a doubt or a decision is about. */
export interface DoubtedRow {
  /** The id of the transaction that it is part of. */
  readonly transaction: string;
  /** Where it stood. */
  readonly observation: ArchivedObservation;
}

/** Whether two rows are one transaction: the archive believes one answer, and the other one is nearly as likely. */
export interface Doubt {
  /** The transaction that is not certain. */
  readonly transaction: ArchivedTransaction;
  /** By which rule, and how doubtful it is. */
  readonly rule: string;
  /** How doubtful it is, from 0. */
  readonly cost: number;
  /** Whether the archive believes that the two rows are one transaction. */
  readonly believed: "same" | "different";
  /** The earlier row. */
  readonly one: DoubtedRow;
  /** The later row. */
  readonly other: DoubtedRow;
}

/**
 * `same`: the two rows are one transaction. `different`: they are two. `twin`: they are two that look alike, both of them
 * real, such as two coffees.
 */
export type Verdict = "same" | "different" | "twin";

/** What the user decided about two rows. A `Doubt` with a verdict is one. */
export interface Decision {
  /** What the two rows are. */
  readonly verdict: Verdict;
  /** One of the two rows. */
  readonly one: DecidedRow;
  /** The other one; their order does not matter. */
  readonly other: DecidedRow;
}

/** A row that a decision is about. */
export interface DecidedRow {
  /** The id of a transaction, or one that it had. */
  readonly transaction: string;
  /** Which of its observations. @default the first one */
  readonly observation?: Pick<ArchivedObservation, "run" | "status" | "position"> | undefined;
}
