import type { AccountQuery } from "./query.ts";
import type { ArchivedTransaction } from "./read.ts";

/** Which changes. */
export interface ChangesQuery extends AccountQuery {
  /** The cursor that was returned last. @default the beginning */
  readonly since?: string | null | undefined;
  /** At most about so many changes at once; `more` tells whether some are left. @default all */
  readonly limit?: number | undefined;
}

/** What has changed from one cursor to the next. A transaction is in one of the lists at most. */
export interface Changes {
  /** Transactions that were not there at the cursor. */
  readonly added: readonly ArchivedTransaction[];
  /** Transactions of which something is not as it was. */
  readonly modified: readonly ModifiedTransaction[];
  /** Transactions that are none of their own any more. */
  readonly removed: readonly RemovedTransaction[];
  /** The archive's ids of the accounts that were forgotten with all of their transactions. */
  readonly forgotten: readonly string[];
  /** From where to go on. Opaque. */
  readonly cursor: string;
  /** Whether there are more changes after the cursor. */
  readonly more: boolean;
}

/** A transaction of which the amount, a date, the name, the text, the status, the certainty, the account or its rows changed. */
export interface ModifiedTransaction {
  /** What it was at the cursor. */
  readonly before: ArchivedTransaction;
  /** What it is now. */
  readonly after: ArchivedTransaction;
}

/** A transaction that is none of its own any more. */
export interface RemovedTransaction {
  /** What it was at the cursor. */
  readonly before: ArchivedTransaction;
  /** The id of the transaction that it turned out to be. */
  readonly mergedInto: string | null;
}
