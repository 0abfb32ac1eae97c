import type { Archive } from "../../packages/archive/src/index.ts";
import {
  type BankAccount,
  type BankProvider,
  connectedAccounts,
  type DateRange,
  hasLostAccess,
  stateAt,
} from "../../packages/core/src/bank/index.ts";
import { BankDataError } from "../../packages/core/src/base/index.ts";

/** Reads every connected account once, and records what comes. An account that fails does not stop the others. */
export async function readOnce(
  archive: Archive,
  provider: BankProvider,
  { now, range }: { now: number; range: DateRange },
): Promise<void> {
  const { items } = await connectedAccounts(provider, now, { details: "ask" });
  for (const { account, connection } of items) {
    if (stateAt(connection, now) !== "active" || hasLostAccess(account)) continue;
    try {
      await readAccount(archive, provider, account, range);
    } catch (error) {
      if (!(error instanceof BankDataError)) throw error;
    }
  }
}

async function readAccount(
  archive: Archive,
  provider: BankProvider,
  account: BankAccount,
  range: DateRange,
): Promise<void> {
  const { asOf, fromCache, stale, ...said } = await provider.transactions(account, range, { refresh: true });
  if (stale) return;
  const source = { provider: provider.name, ...account };
  await archive.record(source, { observedAt: asOf, origin: fromCache ? "cached" : "live", ...said });
}
