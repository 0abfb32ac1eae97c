import { type TrueTransaction, truthOf } from "../banks/index.ts";
import { historyStart } from "./access.ts";
import type { TimeSpan } from "./clock.ts";
import {
  type Authorisation,
  authorise,
  currentAccountStatus,
  currentRequisition,
  finishLinks,
  requisitionsOf,
} from "./consent.ts";
import { type Fault, Faults } from "./faults.ts";
import { type LimitBook, type Limits, limitsFrom, type SomeLimits } from "./limits.ts";
import { type ReconfirmationOutcome, reconfirm } from "./reconfirmation.ts";
import type { AccountRecord, RequisitionRecord, SandboxState } from "./state.ts";

/** A request that the sandbox got. */
export interface SandboxRequest {
  method: string;
  /** Below /api/v2; whole where it is elsewhere. */
  path: string;
  query: Record<string, string>;
  /** What was answered; 0 where the connection was cut instead. */
  status: number;
  /** When, on the sandbox's clock. */
  at: string;
}

/** The log keeps so many requests; older ones are dropped. */
const LONGEST_LOG = 10_000;

/** The statuses that a requisition can be set to. */
export const REQUISITION_STATUSES = [
  "CR",
  "ID",
  "LN",
  "RJ",
  "ER",
  "SU",
  "EX",
  "GC",
  "UA",
  "GA",
  "SA",
] as const;

/** The statuses that an account can be set to. */
export const ACCOUNT_STATUSES = [
  "DISCOVERED",
  "PROCESSING",
  "READY",
  "ERROR",
  "EXPIRED",
  "SUSPENDED",
] as const;

/** What a tester can do with a sandbox, beside being its client. */
export class SandboxControls {
  readonly #state: SandboxState;
  readonly #limits: LimitBook;
  readonly #faults = new Faults();
  /** What was asked so far, oldest first. */
  readonly requests: SandboxRequest[] = [];

  constructor(state: SandboxState, limits: LimitBook) {
    this.#state = state;
    this.#limits = limits;
  }

  /** The sandbox's time, ISO 8601. */
  now(): string {
    return this.#state.clock.iso();
  }

  /** Acts as the person on the consent page. Gives where the browser is sent. @throws Error where the requisition is unknown */
  async authorise(requisitionId: string, decision: Authorisation): Promise<string | null> {
    return authorise(this.#state, this.#requisition(requisitionId), decision);
  }

  /**
   * Acts as the person on the reconfirmation page. Gives where the browser is sent.
   *
   * @param accountIds the accounts that are meant; all that are left where none are given
   * @throws Error where no reconfirmation was begun, or its window is not open
   */
  reconfirm(
    agreementId: string,
    outcome: ReconfirmationOutcome,
    accountIds?: readonly string[],
  ): string | null {
    return reconfirm(this.#state, agreementId, outcome, accountIds);
  }

  /** Moves the clock on: tokens and consents end, what is pending gets booked, new days come. */
  advanceTime(span: TimeSpan): void {
    this.#state.clock.advance(span);
  }

  /** Lets something go wrong with the next request that fits. */
  inject(fault: Fault): void {
    this.#faults.add(fault, this.#state.clock.now());
  }

  /** Lets things go wrong by a script: these faults, and no others. */
  setFaults(faults: readonly Fault[]): void {
    this.#faults.clear();
    for (const fault of faults) this.inject(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** The faults that still wait. */
  faults(): Record<string, unknown>[] {
    return this.#faults.list();
  }

  /** The fault that meets a request, used up by it. */
  takeFault(method: string, path: string): Fault | undefined {
    return this.#faults.take(method, path, this.#state.clock.now());
  }

  /** Sets the limits that are kept: true for the service's, false for none, or some of them otherwise. */
  setLimits(limits: boolean | SomeLimits): void {
    this.#limits.limits = limitsFrom(limits);
  }

  /** The limits that are kept; null for none. */
  limits(): Limits | null {
    return this.#limits.limits ?? null;
  }

  /** Sets a requisition's status. @throws Error where it is unknown */
  setRequisitionStatus(requisitionId: string, status: (typeof REQUISITION_STATUSES)[number]): void {
    const requisition = this.#requisition(requisitionId);
    this.#state.linking.delete(requisition.id);
    requisition.status = status;
  }

  /** Sets an account's status; what is not READY cannot be asked for data. @throws Error where it is unknown */
  setAccountStatus(accountId: string, status: (typeof ACCOUNT_STATUSES)[number]): void {
    const account = this.#account(accountId);
    account.status = status;
    account.readyAt = 0;
    if (status === "READY") account.failures = 0;
  }

  /**
   * What really happened to an account since the start of the history that it was opened for, with what the answers so
   * far have shown of it.
   *
   * @throws Error where the account is unknown, or has payloads of the tester's own, whose truth the tester knows
   */
  truth(accountId: string): TrueTransaction[] {
    const account = this.#account(accountId);
    if (account.transactions !== undefined) {
      throw new Error(
        `Account ${accountId} has payloads of your own: the sandbox knows no truth behind them.`,
      );
    }
    const agreements = requisitionsOf(this.#state, account).flatMap(
      ({ agreement }) => this.#state.agreements.get(agreement) ?? [],
    );
    const asked = account.answers.map(({ range }) => range.from);
    const starts = [...agreements.map((one) => historyStart([one])), ...asked].sort();
    const now = this.#state.clock.date();
    return truthOf(account.bank, starts[0] ?? now.toISOString().slice(0, 10), now, account.answers);
  }

  /** Gives an account a tester's own payloads, as they are. @throws Error where the account is unknown */
  setTransactions(accountId: string, transactions: { booked?: unknown[]; pending?: unknown[] }): void {
    const { booked = [], pending = [] } = transactions;
    this.#account(accountId).transactions = { booked, pending };
  }

  /** Everything that can be seen, as JSON. */
  state() {
    finishLinks(this.#state);
    const { agreements, requisitions, accounts, clock } = this.#state;
    return {
      now: clock.iso(),
      agreements: [...agreements.values()],
      requisitions: [...requisitions.values()].map((one) => currentRequisition(this.#state, one)),
      accounts: [...accounts.values()].map((account) => ({
        id: account.id,
        status: currentAccountStatus(this.#state, account),
        institution_id: account.institution_id,
        iban: account.bank.iban,
        currency: account.bank.currency,
        name: account.bank.name,
        profile: account.bank.profile,
      })),
      faults: this.faults(),
      limits: this.limits(),
    };
  }

  /** Takes note of a request. */
  log(request: SandboxRequest): void {
    this.requests.push(request);
    if (this.requests.length > LONGEST_LOG) this.requests.shift();
  }

  #requisition(id: string): RequisitionRecord {
    const requisition = this.#state.requisitions.get(id.toLowerCase());
    if (requisition === undefined) throw new Error(`There is no requisition ${id}.`);
    return requisition;
  }

  #account(id: string): AccountRecord {
    const account = this.#state.accounts.get(id.toLowerCase());
    if (account === undefined)
      throw new Error(`There is no account ${id}: accounts appear once a requisition is linked.`);
    return account;
  }
}
