import { expect } from "vitest";
import type { SandboxOptions, TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";

/** An entry as it arrived. */
export type Row = Record<string, unknown>;

/** A complete response with transactions, as its client saw it. */
export interface Shown {
  /** The account id that was asked. */
  account: string;
  /** How many complete responses of this account id preceded it. */
  response: number;
  /** The date on the sandbox's clock. */
  on: string;
  booked: Row[];
  pending: Row[];
}

/** Connects the first account at a bank, with an agreement that the bank allows, and keeps all that its responses show. */
export async function watchAccount(
  bank: string,
  agreement: Record<string, unknown> = {},
  options: SandboxOptions = {},
) {
  const client = await plainClient({ rateLimits: false, ...options });
  const responses: Shown[] = [];
  const connect = async (wanted: Record<string, unknown>) => {
    const made = await client.connect(bank, wanted);
    const { agreements } = client.sandbox.state();
    expect(agreements.find(({ id }) => id === made.agreement)).toMatchObject(wanted);
    return made;
  };
  let connection = await connect(agreement);
  const id = () => String(connection.accounts[0]);
  const url = () => `${client.sandbox.baseUrl}/accounts/${id()}/transactions/`;
  return {
    ...client,
    responses,
    /** The newest account id. */
    id,
    url,
    authorization: () => ({ authorization: `Bearer ${client.token()}` }),
    /**
     * Requests the transactions, of the newest account id by default; keeps the response if it has any. Returns the status.
     */
    async ask(query = "", account = id()): Promise<number> {
      const { status, body } = await client.send("GET", `/accounts/${account}/transactions/${query}`);
      if (status !== 200) return status;
      const { booked, pending = body.pending ?? [] } = body.transactions;
      const response = responses.filter((one) => one.account === account).length;
      responses.push({ account, response, on: client.sandbox.now().slice(0, 10), booked, pending });
      return status;
    },
    /** Advances the clock, and logs in again. */
    async wait(days: number): Promise<void> {
      client.sandbox.advanceTime({ days });
      await client.logIn();
    },
    async reconnect(next: Record<string, unknown> = {}): Promise<void> {
      connection = await connect(next);
    },
    async disconnect(): Promise<void> {
      await client.send("DELETE", `/requisitions/${connection.id}/`);
    },
    truth: (): TrueTransaction[] => client.sandbox.truth(id()),
    [Symbol.asyncDispose]: () => client.sandbox.close(),
  };
}

export type WatchedAccount = Awaited<ReturnType<typeof watchAccount>>;
