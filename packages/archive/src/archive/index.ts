import type {
  AccountIdentity,
  BankAccount,
  BankBalance,
  BankTransaction,
  Connection,
  Coverage,
  UnreadableTransaction,
} from "bankdata-core/bank";

/** An account as a source of observations names it. */
export type SourceAccount = {
  readonly provider: string;
  readonly handle: string | null;
  readonly identities: readonly AccountIdentity[];
  readonly currency: string | null;
} & Partial<
  Pick<BankAccount, "connectionId" | "bankId" | "iban" | "label" | "holder" | "product" | "kind" | "detailed">
>;

export interface TransactionsObservation {
  readonly observedAt: Date;
  readonly origin: "live" | "cached";
  readonly coverage: Coverage;
  readonly items: readonly BankTransaction[];
  readonly unreadable: readonly UnreadableTransaction[];
}

export interface BalancesObservation {
  readonly observedAt: Date;
  readonly origin: "live" | "cached";
  readonly items: readonly BankBalance[];
}

export interface Recorded {
  readonly account: string;
  readonly recorded: boolean;
  readonly run: number | null;
  readonly added: number;
  readonly booked: number;
  readonly changed: number;
  readonly vanished: number;
  readonly retracted: number;
  readonly uncertain: number;
  readonly unreadable: number;
}

export interface ArchivedRun {
  readonly observedAt: Date;
  readonly coverage: Coverage;
}

export interface ArchivedAccount {
  readonly id: string;
  readonly handles: readonly { provider: string; handle: string; lastSeenAt: Date }[];
  readonly identities: readonly AccountIdentity[];
  readonly currency: string | null;
  readonly bankId: string | null;
  readonly iban: string | null;
  readonly label: string | null;
  readonly holder: string | null;
  readonly product: string | null;
  readonly kind: string | null;
  readonly describedAt: Date | null;
  readonly lastRun: ArchivedRun | null;
  readonly firstDate: string | null;
  readonly lastBalancesAt: Date | null;
}

export interface Archive extends AsyncDisposable {
  record(account: SourceAccount, observation: TransactionsObservation): Promise<Recorded>;
  recordBalances(account: SourceAccount, observation: BalancesObservation): Promise<{ account: string }>;
  recordAccount(account: SourceAccount, observedAt: Date): Promise<{ account: string }>;
  recordConnections(provider: string, connections: readonly Connection[]): Promise<void>;
  accounts(): Promise<ArchivedAccount[]>;
  runs(account: string): AsyncIterableIterator<ArchivedRun>;
  close(): Promise<void>;
}
