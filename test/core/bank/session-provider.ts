import type {
  AccountIdentity,
  Bank,
  BankAccount,
  BankProvider,
  BankReturn,
  BegunConnection,
  Connection,
  ConnectionState,
  ReturnAddress,
} from "../../../packages/core/src/bank/index.ts";
import { returnQuery } from "../../../packages/core/src/bank/index.ts";
import {
  ApiError,
  ConfigurationError,
  ConsentRefusedError,
  type ErrorResponse,
  NotFoundError,
} from "../../../packages/core/src/base/errors.ts";
import { accountOf } from "./examples.ts";

/** An account at the bank, regardless of its handle in a session. */
export interface HeldAccount {
  hash: string;
  iban: string;
  currency: string;
  /** Whether the bank shows it, but none of its data. */
  isBlocked?: boolean;
}

interface Session {
  id: string;
  state: ConnectionState;
  accounts: readonly BankAccount[];
}

/** The calls of a provider that a test can let fail. */
type FailingCall = "begin" | "finish" | "connection" | "end";

/**
 * A service that differs from GoCardless wherever it can: nothing can be looked up before the end user returns, the
 * return has a code that is exchanged once, each consent has new handles, and its response contains the complete
 * accounts.
 */
export class SessionService {
  /** The calls, such as `finish` or `end session-1`. */
  readonly calls: string[] = [];
  readonly sessions = new Map<string, Session>();
  /** The state of a session right after the code was exchanged. */
  stateAfterExchange: ConnectionState = "active";
  held: HeldAccount[];
  readonly #failures: { call: FailingCall; error: Error; carriedOut: boolean }[] = [];
  readonly #codes = new Map<string, { used: boolean }>();
  #count = 0;

  constructor(held: HeldAccount[] = []) {
    this.held = held;
  }

  /** Makes the next call of a name fail, without or after carrying it out. */
  fail(call: FailingCall, error: Error, carriedOut = false): void {
    this.#failures.push({ call, error, carriedOut });
  }

  /** Acts as the end user who agrees. Returns the address to which the browser returns. */
  agree({ state }: Pick<BegunConnection, "state">): string {
    this.#count += 1;
    const code = `code-${this.#count}`;
    this.#codes.set(code, { used: false });
    return `http://localhost:8000/?code=${code}&state=${state}`;
  }

  /** Acts as the end user, or the bank, who refuses. */
  refuse({ state }: Pick<BegunConnection, "state">, error = "access_denied"): string {
    return `http://localhost:8000/?error=${error}&error_description=Cancelled+by+user&state=${state}`;
  }

  /** Opens a session, as exchanging a code does, or the end user's consent at a service that can be polled. */
  open(state: ConnectionState = "active", id?: string): Session {
    this.#count += 1;
    const number = this.#count;
    const session: Session = {
      id: id ?? `session-${number}`,
      state,
      accounts: this.held.map(({ hash, iban, currency, isBlocked }, at) =>
        accountOf({
          handle: isBlocked ? null : `uid-${number}-${at}`,
          connectionId: id ?? `session-${number}`,
          identities: [
            { scheme: "hash", scope: "memory", value: hash, currency: null } satisfies AccountIdentity,
          ],
          iban,
          currency,
          detailed: true,
        }),
      ),
    };
    this.sessions.set(session.id, session);
    return session;
  }

  /** Exchanges a code. */
  exchange(code: string): Session {
    const known = this.#codes.get(code);
    if (known === undefined || known.used)
      throw errorOf(422, known ? "ALREADY_AUTHORIZED" : "WRONG_AUTHORIZATION_CODE");
    known.used = true;
    return this.open(this.stateAfterExchange);
  }

  /** Records a call, and carries it out unless it is to fail. */
  async answer<T>(call: FailingCall, name: string, carryOut: () => T): Promise<T> {
    this.calls.push(name);
    const at = this.#failures.findIndex((failure) => failure.call === call);
    const failure = at === -1 ? undefined : this.#failures.splice(at, 1)[0];
    if (failure?.carriedOut === false) throw failure.error;
    const result = carryOut();
    if (failure !== undefined) throw failure.error;
    return result;
  }

  find(id: string): Session {
    const session = this.sessions.get(id);
    if (session === undefined) throw errorOf(404, "SESSION_DOES_NOT_EXIST");
    return session;
  }

  next(): number {
    this.#count += 1;
    return this.#count;
  }
}

/** An error response of the service. */
export function errorOf(status: number, summary: string): ApiError {
  const response: ErrorResponse = {
    status,
    method: "POST",
    path: "/sessions",
    summary,
    detail: "",
    type: summary,
    fields: {},
    sent: true,
  };
  return status === 404 ? new NotFoundError(summary, response) : new ApiError(summary, response);
}

export const BANK: Bank = {
  id: "Some Bank, FI",
  name: "Some Bank",
  bic: null,
  countries: ["FI"],
  logo: null,
  features: [],
  raw: {},
};

/** A provider for the service. @param polls whether a connection has its id from the beginning, and needs no code */
export function sessionProvider(service: SessionService, { polls = false } = {}): BankProvider {
  const connectionOf = ({ id, state, accounts }: Session): Connection => ({
    id,
    reference: null,
    bankId: BANK.id,
    state,
    stage: null,
    stateAsSent: state.toUpperCase(),
    createdAt: null,
    consent: { grantedAt: null, validUntil: new Date("2027-05-22T09:00:00Z"), historyDays: null },
    accountHandles: accounts.flatMap(({ handle }) => handle ?? []),
    raw: {},
  });
  const readReturn = (state: string, address: ReturnAddress): BankReturn | undefined => {
    const query = returnQuery(address);
    const error = query.get("error");
    if (query.get("state") !== state) return undefined;
    if (error === null) return query.has("code") ? { outcome: "returned" } : undefined;
    const description = query.get("error_description") ?? "";
    const reason = error === "access_denied" ? "cancelled" : "unknown";
    const message = `The bank was not connected: ${error}`;
    return {
      outcome: "refused",
      error: new ConsentRefusedError(message, { reason, code: error, description }),
    };
  };
  const notNeeded = async (): Promise<never> => {
    throw new ConfigurationError("This provider serves tests of connecting alone.");
  };
  return {
    name: "sessions",
    capabilities: { listsConnections: false, polls, choosesHistory: false, reportsCallsLeft: false },
    banks: async () => ({ items: [BANK], unreadable: [] }),
    bank: async () => BANK,
    limitsOf: () => ({ historyDays: null, continuousHistoryDays: null, consentDays: 180 }),
    begin: async (_, { reference = "reference" }) =>
      await service.answer("begin", "begin", () => {
        const state = `state-${service.next()}`;
        return {
          url: `https://auth.example/start?state=${state}`,
          state,
          connectionId: polls ? service.open("open").id : null,
          reference,
        };
      }),
    readReturn,
    finish: async (state, address) => {
      const back = readReturn(state, address);
      if (back === undefined) throw new ConfigurationError("This address is not a return.");
      if (back.outcome === "refused") throw back.error;
      const code = returnQuery(address).get("code") ?? "";
      return await service.answer("finish", "finish", () => connectionOf(service.exchange(code)));
    },
    connections: async () => ({
      items: [...service.sessions.values()].map(connectionOf),
      unreadable: [],
      problems: [],
    }),
    connection: async (id) =>
      await service.answer("connection", `connection ${id}`, () => connectionOf(service.find(id))),
    end: async (id) => {
      await service.answer("end", `end ${id}`, () => service.sessions.delete(service.find(id).id));
    },
    accounts: async ({ id }) => ({ items: service.find(id).accounts, unreadable: [] }),
    details: notNeeded,
    balances: notNeeded,
    transactions: notNeeded,
    callsLeft: notNeeded,
  };
}
