import type { Connection, DataKind, DateRange, UnreadableItem } from "bankdata-core/bank";
import type { BankDataError } from "bankdata-core/base";
import type { Recorded } from "../archive/source.ts";

/** What became of an account. */
export type SyncOutcome =
  /** Something was recorded, and nothing failed. */
  | "synced"
  /** In a dry run: it would be asked. */
  | "due"
  /** It was not asked, as it is too early for it. */
  | "notDue"
  /** It was not asked, as it cannot be read, or is read under another handle. */
  | "skipped"
  /** Something of it could not be read; what could be read is recorded. */
  | "failed";

/** Why an account was not asked. */
export type SyncReason =
  /** The next call is due later. */
  | "early"
  /** The calls that the bank allows within 24 hours are used up. */
  | "spent"
  /** The consent has reached its end, or was ended. */
  | "consentEnded"
  /** The provider has stopped access to it, after failures. */
  | "suspended"
  /** The bank shows it without giving access to its data, or its connection does not work. */
  | "noAccess"
  /** The bank is still preparing it. */
  | "notReady"
  /** The same account is read under another handle. */
  | "otherHandle";

/** What a sync did with one account, and what recording its responses changed. */
export interface AccountReport extends Omit<Recorded, "account" | "recorded"> {
  /** Its id in the archive; null if it is not there. */
  readonly account: string | null;
  /** By which the provider names it in calls; null if the bank gives no access to its data. */
  readonly handle: string | null;
  /** The provider's id of the connection that it is read through. */
  readonly connectionId: string;
  /** The bank's id; null if the provider does not say. */
  readonly bankId: string | null;
  /** Null if it has none, or if it is unknown. */
  readonly iban: string | null;
  /** ISO 4217; null if unknown. */
  readonly currency: string | null;
  /** The bank's or the owner's name for it; many banks send none. */
  readonly label: string | null;
  /** What became of it. */
  readonly outcome: SyncOutcome;
  /** Why it was not asked; null if it was. */
  readonly reason: SyncReason | null;
  /** Why something could not be read; null if nothing failed. */
  readonly error: BankDataError | null;
  /** The kinds of data that the bank was asked for; in a dry run, those that it would be asked for. */
  readonly asked: readonly DataKind[];
  /** Which transactions were asked for; null if none were. */
  readonly range: DateRange | null;
  /** Of when the newest transactions in the archive are; null if there are none. */
  readonly asOf: Date | null;
  /** When it is due next; null if its consent ends before, or if it cannot be read. */
  readonly nextCallAt: Date | null;
  /** When the consent ends; null if unknown. */
  readonly consentEndsAt: Date | null;
  /** Days until the date (in UTC) on which the consent ends: 0 on its last day; null if unknown. */
  readonly daysLeft: number | null;
}

/** What a sync did. */
export interface SyncReport {
  /** When it began. */
  readonly startedAt: Date;
  /** One for each account, in the order of the connections. */
  readonly accounts: readonly AccountReport[];
  /** The active connections of these accounts whose consent ends within `warnDays`. */
  readonly ending: readonly Connection[];
  /** The connections of these accounts whose consent has ended, or that were suspended, without a newer one in their place. */
  readonly ended: readonly Connection[];
  /** Why something about the connections is unknown. */
  readonly problems: readonly BankDataError[];
  /** Connections and accounts that could not be understood. */
  readonly unreadable: readonly UnreadableItem[];
}
