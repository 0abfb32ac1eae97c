/**
 * bankdata-archive keeps the neutral transactions of any provider, and exports them to plain-text accounting. It promises:
 *
 * - Each transaction is kept once, under an id that never changes, with every response in which the bank showed it.
 * - A response is recorded whole or not at all, and nothing that was recorded is changed by a later one.
 * - Amounts stay exact: decimal strings in, the same digits out, and sums without rounding.
 * - Nothing is lost silently: of an export, each booked transaction is an entry or is in `skipped`, and anything else that
 *   could not be written is in `omitted`, with the reason.
 * - Nothing is guessed silently: what was put together by likelihood is marked, and a balance is asserted only if its day
 *   and everything that it counts are known.
 * - No text from a bank can add a line to a ledger or change its meaning.
 *
 * What is not listed here is private.
 */

export type { AccountAddress, ArchivedAccount, ArchivedRun } from "./archive/account-reading.ts";
export type { Archive, ArchiveOptions } from "./archive/archive.ts";
export type { ArchivedBalance } from "./archive/balances.ts";
export type { Changes, ChangesQuery, ModifiedTransaction, RemovedTransaction } from "./archive/changes.ts";
export type { ArchivedConnection } from "./archive/connections.ts";
export type { DecidedRow, Decision, Doubt, DoubtedRow, Verdict } from "./archive/doubts.ts";
export type { Forgotten } from "./archive/forget.ts";
export type { ListedBefore } from "./archive/listed.ts";
export { openArchive } from "./archive/open-archive.ts";
export type { AccountQuery, AmountRange, TransactionQuery, TransactionSummary } from "./archive/query.ts";
export type { ArchivedObservation, ArchivedTransaction } from "./archive/read.ts";
export type { Rederived } from "./archive/rederive.ts";
export type {
  BalancesObservation,
  ObservationOrigin,
  Recorded,
  RecordedAccount,
  SourceAccount,
  TransactionsObservation,
} from "./archive/source.ts";
export {
  ArchiveDamagedError,
  ArchiveUnavailableError,
  ArchiveVersionError,
  filesOfArchive,
} from "./database/index.ts";
export {
  beancountLedger,
  type Ledger,
  type LedgerAccount,
  type Omission,
  type SkippedTransaction,
} from "./export/beancount.ts";
export type { ArchivedStatus } from "./identity/index.ts";
export {
  type AccountReport,
  type SyncOptions,
  type SyncOutcome,
  type SyncProgress,
  type SyncReason,
  type SyncReport,
  sourceAccount,
  sync,
} from "./sync/index.ts";
