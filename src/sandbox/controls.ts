import type { TimeSpan } from "./clock.ts";
import { type Authorisation, authorise, currentRequisition } from "./consent.ts";
import { type Fault, Faults } from "./faults.ts";
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

/** What a tester can do with a sandbox, beside being its client. */
export class SandboxControls {
  readonly #state: SandboxState;
  readonly #faults = new Faults();
  /** What was asked so far, oldest first. */
  readonly requests: SandboxRequest[] = [];

  constructor(state: SandboxState) {
    this.#state = state;
  }

  /** The sandbox's time, ISO 8601. */
  now(): string {
    return this.#state.clock.iso();
  }

  /** Acts as the person on the consent page. Gives where the browser is sent. @throws Error where the requisition is unknown */
  async authorise(requisitionId: string, decision: Authorisation): Promise<string | null> {
    return authorise(this.#state, this.#requisition(requisitionId), decision);
  }

  /** Moves the clock on: tokens and consents end, what is pending gets booked, new days come. */
  advanceTime(span: TimeSpan): void {
    this.#state.clock.advance(span);
  }

  /** Lets something go wrong with the next request that fits. */
  inject(fault: Fault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** The faults that still wait. */
  faults(): unknown[] {
    return this.#faults.list();
  }

  /** The fault that meets a request, used up by it. */
  takeFault(method: string, path: string): Fault | undefined {
    return this.#faults.take(method, path);
  }

  /** Gives an account a tester's own payloads, as they are. @throws Error where the account is unknown */
  setTransactions(accountId: string, transactions: { booked?: unknown[]; pending?: unknown[] }): void {
    const { booked = [], pending = [] } = transactions;
    this.#account(accountId).transactions = { booked, pending };
  }

  /** Everything that can be seen, as JSON. */
  state() {
    const { agreements, requisitions, accounts, clock } = this.#state;
    return {
      now: clock.iso(),
      agreements: [...agreements.values()],
      requisitions: [...requisitions.values()].map((one) => currentRequisition(this.#state, one)),
      accounts: [...accounts.values()].map(({ id, status, institution_id, bank }) => ({
        id,
        status,
        institution_id,
        iban: bank.iban,
        currency: bank.currency,
        name: bank.name,
      })),
      faults: this.faults(),
    };
  }

  /** Takes note of a request. */
  log(request: SandboxRequest): void {
    this.requests.push(request);
    if (this.requests.length > LONGEST_LOG) this.requests.shift();
  }

  #requisition(id: string): RequisitionRecord {
    const requisition = this.#state.requisitions.get(id);
    if (requisition === undefined) throw new Error(`There is no requisition ${id}.`);
    return requisition;
  }

  #account(id: string): AccountRecord {
    const account = this.#state.accounts.get(id);
    if (account === undefined)
      throw new Error(`There is no account ${id}: accounts appear once a requisition is linked.`);
    return account;
  }
}
