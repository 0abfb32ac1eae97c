import type { Bank, BankProvider, BegunConnection, Connection } from "../../packages/core/src/bank/index.ts";
import { InvalidRequestError } from "../../packages/core/src/base/index.ts";
import type { Sandbox } from "../../packages/sandbox/src/index.ts";

/** How long before the end of a consent the end user renews it. */
const IN_TIME = 3 * 86_400_000;

/** What some banks allow at most, whatever they advertise. */
const SHORTEST_HISTORY = 90;

/** Connects the bank. */
export async function connect(
  { provider, sandbox }: { provider: BankProvider; sandbox: Sandbox },
  bankId: string,
  historyDays: number,
): Promise<Connection> {
  const bank = await provider.bank(bankId);
  const begun = await begin(provider, bank, historyDays);
  if (begun.connectionId === null) throw new Error("The connection has no id.");
  const address = await sandbox.authorise(begun.connectionId, { outcome: "linked" });
  if (address === null) throw new Error("The sandbox does not send the end user back.");
  const connection = await provider.finish(begun.state, address);
  // Some banks prepare their accounts for a while.
  sandbox.advanceTime({ minutes: 2 });
  return connection;
}

async function begin(provider: BankProvider, bank: Bank, wanted: number): Promise<BegunConnection> {
  const returnTo = "http://localhost/back";
  const historyDays = Math.min(wanted, provider.limitsOf(bank).historyDays ?? wanted);
  try {
    return await provider.begin(bank, { returnTo, historyDays });
  } catch (error) {
    if (!(error instanceof InvalidRequestError) || historyDays === SHORTEST_HISTORY) throw error;
    return await begin(provider, bank, SHORTEST_HISTORY);
  }
}

/** Whether a consent ends so soon that the end user renews it now. */
export function endsSoon({ consent }: Connection, now: number): boolean {
  return consent.validUntil !== null && consent.validUntil.getTime() - now < IN_TIME;
}
