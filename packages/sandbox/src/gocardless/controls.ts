import { dateAt } from "../banks/day.ts";
import { type ProfileName, type Quirk, type TrueTransaction, truthOf } from "../banks/index.ts";
import { checked } from "../world/checked.ts";
import type { TimeSpan } from "../world/clock.ts";
import type { Faults } from "../world/faults.ts";
import { assertKnownNames } from "../world/known-names.ts";
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
import { offerBank, withdrawBank } from "./consent/withdrawal.ts";
import {
  accountIdList,
  accountStatus,
  advanceOptions,
  authorisationSchema,
  faultList,
  reconfirmationOutcome,
  requisitionStatus,
  transactionPayloads,
} from "./control-arguments.ts";
import type { Fault } from "./fault.ts";
import { type LimitBook, type Limits, limitsFrom, type SomeLimits } from "./limits.ts";
import { observations } from "./payload/observations.ts";
import type { SandboxRequest } from "./request-log.ts";
import type { AccountRecord, AgreementRecord, RequisitionRecord } from "./state/records.ts";
import type { ServiceState } from "./state/state.ts";
import type { ACCOUNT_STATUSES, REQUISITION_STATUSES, TransactionPayloads } from "./statuses.ts";

/** Options of `sandbox.advanceTime`. */
export interface AdvanceOptions {
  /**
   * Whether the tokens issued so far stay as old as they are, for programs that judge them by a clock of their own.
   * @default false
   */
  keepTokens?: boolean | undefined;
}

/** A linked account, with what the sandbox knows of the bank account behind it. */
export interface VisibleAccount {
  /** A UUID: the account's id in the service's paths. */
  id: string;
  /** The service's word for it now, such as `READY` or `EXPIRED`. */
  status: string;
  /** The id of a bank of the sandbox's catalogue. */
  institution_id: string;
  /** Null if the account has none. */
  iban: string | null;
  /** ISO 4217. */
  currency: string;
  /** The name that the bank reports, unless it has the quirk `bareDetails`. */
  name: string;
  /** The profile of the bank, even if `quirks` are others in its place. */
  profile: ProfileName;
  /** All quirks of the bank: those of its profile and its habits, or those that the option `quirks` gave it instead. */
  quirks: readonly Quirk[];
}

/** The visible state of a sandbox, as JSON. */
export interface SandboxState {
  /** The time on the sandbox's clock, ISO 8601. */
  now: string;
  /** All agreements that are not deleted, oldest first. */
  agreements: AgreementRecord[];
  /** All requisitions that are not deleted, oldest first, with their statuses as of now. */
  requisitions: RequisitionRecord[];
  /** All accounts that were ever linked, oldest first. */
  accounts: VisibleAccount[];
  /** The faults that are not used up, each with the number of requests left as `times`, and `from` and `until` in ISO 8601. */
  faults: Record<string, unknown>[];
  /** The limits in force; null for none. */
  limits: Limits | null;
  /** The ids of the banks that have left the service. */
  withdrawnBanks: string[];
}

/** The parts of the sandbox that the controls act on. */
export interface ControlParts {
  state: ServiceState;
  limits: LimitBook;
  faults: Faults<Fault>;
  /** The requests so far, oldest first. */
  requests: SandboxRequest[];
}

/**
 * What a tester can do with a sandbox besides being its client. The object that `startSandbox` returns has these
 * functions, and the HTTP routes call them. Each throws a TypeError that names an argument or a member that is invalid,
 * and then changes nothing.
 */
export class SandboxControls {
  readonly #parts: ControlParts;
  readonly #changed: () => void;

  /** @param changed is called after each control that changes the saved state */
  constructor(parts: ControlParts, changed: () => void) {
    this.#parts = parts;
    this.#changed = changed;
    this.requests = parts.requests;
  }

  /** The requests so far, oldest first. */
  readonly requests: SandboxRequest[];

  /** The time on the sandbox's clock, ISO 8601. */
  readonly now = (): string => this.#parts.state.world.clock.iso();

  /**
   * Acts as the end user on the consent page. Returns the address that the browser is redirected to, or null if there is
   * none.
   *
   * @throws Error if the requisition is unknown, or its link was used or can no longer be used; RangeError if the bank does
   * not have a picked account
   */
  readonly authorise = async (requisitionId: string, decision: Authorisation): Promise<string | null> => {
    const decided = checked(authorisationSchema, decision, "the decision");
    const address = authorise(this.#parts.state, this.#requisition(requisitionId), decided);
    this.#changed();
    return address;
  };

  /**
   * Acts as the end user on the reconfirmation page. Returns the address that the browser is redirected to, or null if
   * there is none.
   *
   * @param accountIds the accounts to decide on; by default all that are not decided yet
   * @throws Error if no reconfirmation was created, its link cannot be used now, or an account is not among those that
   * wait for a decision
   */
  readonly reconfirm = (
    agreementId: string,
    outcome: ReconfirmationOutcome,
    accountIds?: readonly string[],
  ): string | null => {
    checked(reconfirmationOutcome, outcome, "outcome");
    checked(accountIdList, accountIds, "accounts");
    const address = reconfirm(this.#parts.state, agreementId, outcome, accountIds);
    this.#changed();
    return address;
  };

  /**
   * Advances the clock: tokens and consents expire, pending entries are booked, and new transactions appear.
   *
   * @throws RangeError if the span is negative, or ends after the year 2199
   */
  readonly advanceTime = (span: TimeSpan, options: AdvanceOptions = {}): void => {
    assertKnownNames(options, advanceOptions.shape, "advanceTime");
    const { keepTokens } = checked(advanceOptions, options, "the options of advanceTime");
    const { state } = this.#parts;
    const passed = state.world.clock.advance(span);
    if (keepTokens === true) state.prolongTokens(passed);
    this.#changed();
  };

  /** Injects a fault, which affects the next request that matches it. @throws RangeError if it begins or ends after 2199 */
  readonly inject = (fault: Fault): void => {
    this.#parts.faults.add(fault, this.#parts.state.world.clock.now());
  };

  /** Replaces all faults by these, or none of them if one is invalid. @throws RangeError if one begins or ends after 2199 */
  readonly setFaults = (faults: readonly Fault[]): void => {
    checked(faultList, faults, "faults");
    this.#parts.faults.replace(faults, this.#parts.state.world.clock.now());
  };

  /** Removes all faults. */
  readonly clearFaults = (): void => {
    this.#parts.faults.clear();
  };

  /** Sets the rate limits: `true` for the service's, `false` for none, or limits that replace some of the service's. */
  readonly setLimits = (limits: boolean | SomeLimits): void => {
    this.#parts.limits.limits = limitsFrom(limits);
  };

  /** Sets a requisition's status. @throws Error if the requisition is unknown */
  readonly setRequisitionStatus = (
    requisitionId: string,
    status: (typeof REQUISITION_STATUSES)[number],
  ): void => {
    checked(requisitionStatus, status, "status");
    const requisition = this.#requisition(requisitionId);
    this.#parts.state.linking.delete(requisition.id);
    requisition.status = status;
    this.#changed();
  };

  /**
   * Ends an account's access at its bank before the consent is over: the account is EXPIRED, and requests for its data
   * are rejected with AccessExpiredError until a new requisition links it. Its requisition stays LN.
   *
   * @throws Error if the account is unknown
   */
  readonly endAccess = (accountId: string): void => {
    this.setAccountStatus(accountId, "EXPIRED");
  };

  /**
   * Removes a bank from the service. It is in no list, new agreements and requisitions are rejected as for an unknown
   * bank, and consents that wait for the end user fail. What is linked can be read until its consent ends.
   *
   * @throws Error if the bank is unknown
   */
  readonly withdrawBank = (institutionId: string): void => {
    withdrawBank(this.#parts.state, institutionId);
    this.#changed();
  };

  /** Offers a bank again that was removed with {@link withdrawBank}. @throws Error if the bank is unknown */
  readonly offerBank = (institutionId: string): void => {
    offerBank(this.#parts.state, institutionId);
    this.#changed();
  };

  /** Sets an account's status; its data can only be read while it is READY. @throws Error if the account is unknown */
  readonly setAccountStatus = (accountId: string, status: (typeof ACCOUNT_STATUSES)[number]): void => {
    checked(accountStatus, status, "status");
    const account = this.#account(accountId);
    account.status = status;
    account.readyAt = 0;
    if (status === "READY") account.failures = 0;
    this.#changed();
  };

  /** Makes an account respond with these transactions, unchanged. @throws Error if the account is unknown */
  readonly setTransactions = (accountId: string, transactions: TransactionPayloads): void => {
    const { booked = [], pending = [] } = checked(transactionPayloads, transactions, "the transactions");
    this.#account(accountId).transactions = { booked, pending };
    this.#changed();
  };

  /**
   * What really happened on a bank account since the start of the longest history that was agreed to or requested,
   * with every form in which complete responses have shown it, under all account ids that it has had.
   *
   * A response is complete once the operating system has taken all of it. One that a fault replaces or cuts is not, nor
   * the response to HEAD or to a client that has gone away. What the client then makes of it, the sandbox cannot know.
   *
   * @throws Error if the account is unknown, or has transactions that were set with {@link setTransactions}
   */
  readonly truth = (accountId: string): TrueTransaction[] => {
    const { state } = this.#parts;
    const account = this.#account(accountId);
    if (account.transactions !== undefined) {
      throw new Error(
        `Account ${accountId} has payloads of your own: the sandbox does not know what really happened.`,
      );
    }
    const accounts = state.accountsOf(account.bankAccount);
    const agreements = accounts
      .flatMap((one) => requisitionsOf(state, one))
      .flatMap(({ agreement }) => state.agreements.get(agreement) ?? []);
    // A deleted requisition takes its agreement with it, but not what was read under it.
    const asked = accounts.flatMap(({ answers }) => answers.map(({ range }) => range.from));
    const starts = [...agreements.map((one) => historyStart([one])), ...asked].sort();
    const now = state.world.clock.date();
    return truthOf(account.bankAccount, starts[0] ?? dateAt(now), now, observations(accounts));
  };

  /** The visible state, as JSON. */
  readonly state = (): SandboxState => {
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
        quirks: account.bankAccount.quirks,
      })),
      faults: faults.list(),
      limits: limits.limits ?? null,
      withdrawnBanks: [...state.withdrawn],
    };
  };

  #requisition(id: string): RequisitionRecord {
    const requisition = this.#parts.state.requisitions.get(String(id).toLowerCase());
    if (requisition === undefined)
      throw new Error(`There is no requisition ${id}: it was deleted, or never created.`);
    return requisition;
  }

  #account(id: string): AccountRecord {
    const account = this.#parts.state.accounts.get(String(id).toLowerCase());
    if (account === undefined)
      throw new Error(`There is no account ${id}: accounts appear once a requisition is linked.`);
    return account;
  }
}
