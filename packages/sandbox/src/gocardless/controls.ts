import { type TrueTransaction, truthOf } from "../banks/index.ts";
import type { TimeSpan } from "../world/clock.ts";
import type { Faults } from "../world/faults.ts";
import { historyStart } from "./consent/access.ts";
import { type ReconfirmationOutcome, reconfirm } from "./consent/reconfirmation.ts";
import {
  type Authorisation,
  authorise,
  currentAccountStatus,
  currentRequisition,
  finishLinks,
  requisitionsOf,
} from "./consent/requisition-flow.ts";
import type { Fault } from "./fault.ts";
import { type LimitBook, limitsFrom, type SomeLimits } from "./limits.ts";
import { observations } from "./payload/observations.ts";
import type { AccountRecord, RequisitionRecord } from "./state/records.ts";
import type { ServiceState } from "./state/state.ts";

/** A request that the sandbox got. */
export interface SandboxRequest {
  method: string;
  /** Below /api/v2; whole if it is elsewhere. */
  path: string;
  query: Record<string, string>;
  /** The status of the response; 0 if the connection was cut instead. */
  status: number;
  /** When, on the sandbox's clock. */
  at: string;
}

/** The log keeps this many requests; older ones are dropped. */
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

/** What the controls work on. */
export interface ControlParts {
  state: ServiceState;
  limits: LimitBook;
  faults: Faults<Fault>;
  /** What was asked so far, oldest first. */
  requests: SandboxRequest[];
}

/**
 * What a tester can do with a sandbox, beside being its client. Each control is written here alone: the object that
 * `startSandbox` returns has these very functions, and the HTTP routes call them.
 */
export class SandboxControls {
  readonly #parts: ControlParts;
  readonly #changed: () => void;

  /** @param changed is called after each control that changes what is kept between runs */
  constructor(parts: ControlParts, changed: () => void) {
    this.#parts = parts;
    this.#changed = changed;
    this.requests = parts.requests;
  }

  /** What was asked so far, oldest first. */
  readonly requests: SandboxRequest[];

  /** The sandbox's time, ISO 8601. */
  readonly now = (): string => this.#parts.state.world.clock.iso();

  /** Acts as the person on the consent page. Returns where the browser is sent. @throws Error if the requisition is unknown */
  readonly authorise = async (requisitionId: string, decision: Authorisation): Promise<string | null> => {
    const address = authorise(this.#parts.state, this.#requisition(requisitionId), decision);
    this.#changed();
    return address;
  };

  /**
   * Acts as the person on the reconfirmation page. Returns where the browser is sent.
   *
   * @param accountIds the accounts that are meant; all that are left if none are given
   * @throws Error if no reconfirmation was begun, or its window is not open
   */
  readonly reconfirm = (
    agreementId: string,
    outcome: ReconfirmationOutcome,
    accountIds?: readonly string[],
  ): string | null => {
    const address = reconfirm(this.#parts.state, agreementId, outcome, accountIds);
    this.#changed();
    return address;
  };

  /** Moves the clock on: tokens and consents end, what is pending gets booked, new days come. */
  readonly advanceTime = (span: TimeSpan): void => {
    this.#parts.state.world.clock.advance(span);
    this.#changed();
  };

  /** Lets something go wrong with the next request that fits. */
  readonly inject = (fault: Fault): void => {
    this.#parts.faults.add(fault, this.#parts.state.world.clock.now());
  };

  /** Lets things go wrong by a script: these faults, and no others. */
  readonly setFaults = (faults: readonly Fault[]): void => {
    this.#parts.faults.clear();
    for (const fault of faults) this.inject(fault);
  };

  /** Lets nothing go wrong any more. */
  readonly clearFaults = (): void => {
    this.#parts.faults.clear();
  };

  /** Sets the limits that are kept: true for the service's, false for none, or some of them otherwise. */
  readonly setLimits = (limits: boolean | SomeLimits): void => {
    this.#parts.limits.limits = limitsFrom(limits);
  };

  /** Sets a requisition's status. @throws Error if it is unknown */
  readonly setRequisitionStatus = (
    requisitionId: string,
    status: (typeof REQUISITION_STATUSES)[number],
  ): void => {
    const requisition = this.#requisition(requisitionId);
    this.#parts.state.linking.delete(requisition.id);
    requisition.status = status;
    this.#changed();
  };

  /** Sets an account's status; what is not READY cannot be asked for data. @throws Error if it is unknown */
  readonly setAccountStatus = (accountId: string, status: (typeof ACCOUNT_STATUSES)[number]): void => {
    const account = this.#account(accountId);
    account.status = status;
    account.readyAt = 0;
    if (status === "READY") account.failures = 0;
    this.#changed();
  };

  /** Gives an account a tester's own payloads, as they are. @throws Error if the account is unknown */
  readonly setTransactions = (
    accountId: string,
    transactions: { booked?: unknown[]; pending?: unknown[] },
  ): void => {
    const { booked = [], pending = [] } = transactions;
    this.#account(accountId).transactions = { booked, pending };
    this.#changed();
  };

  /**
   * What really happened to an account since the start of the history that it was opened for, with what the responses
   * so far have shown of it.
   *
   * @throws Error if the account is unknown, or has payloads of the tester's own, whose truth the tester knows
   */
  readonly truth = (accountId: string): TrueTransaction[] => {
    const { state } = this.#parts;
    const account = this.#account(accountId);
    if (account.transactions !== undefined) {
      throw new Error(
        `Account ${accountId} has payloads of your own: the sandbox knows no truth behind them.`,
      );
    }
    const agreements = requisitionsOf(state, account).flatMap(
      ({ agreement }) => state.agreements.get(agreement) ?? [],
    );
    const asked = account.answers.map(({ range }) => range.from);
    const starts = [...agreements.map((one) => historyStart([one])), ...asked].sort();
    const now = state.world.clock.date();
    const observed = observations(account.bankAccount, account.answers);
    return truthOf(account.bankAccount, starts[0] ?? now.toISOString().slice(0, 10), now, observed);
  };

  /** Everything that can be seen, as JSON. */
  readonly state = () => {
    const { state, faults, limits } = this.#parts;
    finishLinks(state);
    const { agreements, requisitions, accounts, world } = state;
    return {
      now: world.clock.iso(),
      agreements: [...agreements.values()],
      requisitions: [...requisitions.values()].map((one) => currentRequisition(state, one)),
      accounts: [...accounts.values()].map((account) => ({
        id: account.id,
        status: currentAccountStatus(state, account),
        institution_id: account.institution_id,
        iban: account.bankAccount.iban,
        currency: account.bankAccount.currency,
        name: account.bankAccount.name,
        profile: account.bankAccount.profile,
      })),
      faults: faults.list(),
      limits: limits.limits ?? null,
    };
  };

  #requisition(id: string): RequisitionRecord {
    const requisition = this.#parts.state.requisitions.get(id.toLowerCase());
    if (requisition === undefined) throw new Error(`There is no requisition ${id}.`);
    return requisition;
  }

  #account(id: string): AccountRecord {
    const account = this.#parts.state.accounts.get(id.toLowerCase());
    if (account === undefined)
      throw new Error(`There is no account ${id}: accounts appear once a requisition is linked.`);
    return account;
  }
}

/** Takes note of a request. */
export function logRequest(requests: SandboxRequest[], request: SandboxRequest): void {
  requests.push(request);
  if (requests.length > LONGEST_LOG) requests.shift();
}
