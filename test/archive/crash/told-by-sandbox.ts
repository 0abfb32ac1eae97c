import { GoCardlessClient, goCardlessProvider } from "../../../packages/core/src/index.ts";
import { startSandbox } from "../../../packages/sandbox/src/index.ts";
import type { Told } from "./told-responses.ts";

/** The days that each response goes back. */
const HISTORY = 30;

/** What the accounts at a bank of the sandbox show day after day, each response at a moment of its own. */
export async function toldBy(
  bank: string,
  { days, seed = 1 }: { days: number; seed?: number },
): Promise<Told[]> {
  await using sandbox = await startSandbox({ seed, now: "2026-01-05T09:00:00Z", rateLimits: false });
  await using client = new GoCardlessClient({
    ...sandbox.clientOptions(),
    cacheOptions: false,
    quota: false,
  });
  const provider = goCardlessProvider(client);
  const wish = { returnTo: "http://localhost/", historyDays: HISTORY };
  const begun = await provider.begin(await provider.bank(bank), wish);
  const address = await sandbox.authorise(begun.connectionId ?? "", { outcome: "linked" });
  const connection = await provider.finish(begun.state, address ?? "");
  const { items: accounts } = await provider.accounts(connection, { details: "ask" });
  const told: Told[] = [];
  for (let day = 0; day < days; day += 1) {
    for (const { raw: _, consent: __, error: ___, ...account } of accounts) {
      sandbox.advanceTime({ minutes: 1 });
      const { asOf, coverage, items, unreadable } = await provider.transactions(account, { days: HISTORY });
      const observation = { observedAt: asOf, coverage, items, unreadable };
      told.push({ source: { provider: provider.name, ...account }, observation });
    }
    sandbox.advanceTime({ days: 1 });
  }
  return told;
}
