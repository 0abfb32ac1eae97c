import type { BankProvider, Connection } from "../../packages/core/src/bank/index.ts";
import type { Sandbox } from "../../packages/sandbox/src/index.ts";

/** How long before the end of a consent the end user renews it. */
const IN_TIME = 3 * 86_400_000;

/** Connects the bank; the consents of some banks are shorter than what was wished for. */
export async function connect(
  { provider, sandbox }: { provider: BankProvider; sandbox: Sandbox },
  bankId: string,
  historyDays: number,
): Promise<Connection> {
  const returnTo = "http://localhost/back";
  const bank = await provider.bank(bankId);
  const { historyDays: most } = provider.limitsOf(bank);
  const wish = { returnTo, historyDays: Math.min(historyDays, most ?? historyDays) };
  const begun = await provider.begin(bank, wish);
  if (begun.connectionId === null) throw new Error("The connection has no id.");
  const address = await sandbox.authorise(begun.connectionId, { outcome: "linked" });
  if (address === null) throw new Error("The sandbox does not send the end user back.");
  const connection = await provider.finish(begun.state, address);
  // Some banks prepare their accounts for a while.
  sandbox.advanceTime({ minutes: 2 });
  return connection;
}

/** Whether a consent ends so soon that the end user renews it now. */
export function endsSoon({ consent }: Connection, now: number): boolean {
  return consent.validUntil !== null && consent.validUntil.getTime() - now < IN_TIME;
}
