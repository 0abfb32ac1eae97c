import type {
  AccountIdentity,
  BankAccount,
  BankBalance,
  BankTransaction,
  Coverage,
  UnreadableTransaction,
} from "bankdata-core/bank";

/** What a source knows of an account: a `BankAccount` of a provider has it all. */
export interface SourceAccount
  extends Partial<
    Pick<
      BankAccount,
      | "connectionId"
      | "bankId"
      | "iban"
      | "number"
      | "label"
      | "holder"
      | "product"
      | "kind"
      | "state"
      | "stateAsSent"
      | "consent"
      | "detailed"
      | "raw"
    >
  > {
  /** The lasting name of what reports the account, such as `gocardless`. */
  readonly provider: string;
  /** The address under which it is read, which may change; null if there is none. */
  readonly handle: string | null;
  /** What stays the same when it is connected again, the most reliable first; empty if nothing is known. */
  readonly identities: readonly AccountIdentity[];
  /** ISO 4217; null if unknown. */
  readonly currency: string | null;
  /** Whether the bank's own details are part of `raw`, however old they are. */
  readonly rawDetailed?: boolean | undefined;
}

/** Where an observation came from: the bank just now, or a cached response of the bank. */
export type ObservationOrigin = "live" | "cached";

/** What a bank said about the transactions of an account. */
export interface TransactionsObservation {
  /** When the bank said so. */
  readonly observedAt: Date;
  /** A cached one is recorded only if nothing as young is there. @default "live" */
  readonly origin?: ObservationOrigin | undefined;
  /** Where a missing entry means that the bank does not show it any more. */
  readonly coverage: Coverage;
  /** The rows, in the order in which the bank sent them. */
  readonly items: readonly BankTransaction[];
  /** Rows that could not be read; they are kept as they are. */
  readonly unreadable: readonly UnreadableTransaction[];
}

/** What a bank said about the balances of an account. */
export interface BalancesObservation {
  /** When the bank said so. */
  readonly observedAt: Date;
  /** A cached one is recorded only if nothing as young is there. @default "live" */
  readonly origin?: ObservationOrigin | undefined;
  /** All balances that it reported. */
  readonly items: readonly BankBalance[];
}

/** Of which account something was recorded. */
export interface RecordedAccount {
  /** The archive's id of it. */
  readonly account: string;
}

/** What recording transactions changed. */
export interface Recorded extends RecordedAccount {
  /** False if the observation was a cached one and the archive holds one that is as young or younger. */
  readonly recorded: boolean;
  /** Transactions that are new. */
  readonly added: number;
  /** Pending transactions that are booked now. */
  readonly booked: number;
  /** Other known transactions of which the bank says something else now: an amount, a date, a text. */
  readonly changed: number;
  /** Pending transactions that are gone without having been booked. */
  readonly vanished: number;
  /** Booked transactions that the bank does not show any more. */
  readonly retracted: number;
  /** Of those that are new or booked now, how many were not recognised beyond doubt. */
  readonly uncertain: number;
  /** Rows that could not be read. */
  readonly unreadable: number;
}
