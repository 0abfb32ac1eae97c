import type { BankProvider } from "bankdata-core/bank";
import { ConfigurationError, dateOf } from "bankdata-core/base";
import type { Archive } from "../archive/archive.ts";
import { reportOf } from "./account-report.ts";
import { handlesThatGiveWay, wantedOf, whyUnreadable, withArchived } from "./candidates.ts";
import { eachSettled } from "./each-settled.ts";
import { listed, toRenew } from "./listing.ts";
import { checkedOptions, type SyncOptions } from "./options.ts";
import type { SyncReport } from "./report.ts";

/**
 * Asks the banks for what is due, and records it: transactions and balances as often as the limits allow, with one call a
 * day left for a person, and the details of an account once a consent. Of a new account, and under a new consent, all
 * history that the consent allows is read once.
 *
 * One account that fails does not keep the others from being read. Each response is recorded whole or not at all. A limit
 * that is used up is not asked, nor is an account that cannot be read.
 *
 * @example
 * const { accounts } = await sync(archive, goCardlessProvider(client));
 * for (const { label, outcome, added, error } of accounts) console.log(label, outcome, added, error?.message);
 * @throws ConfigurationError if an option cannot work, or if it names an account that is not connected
 * @throws BankDataError if the connections cannot be listed, or the archive cannot be written: nothing more is asked then
 */
export async function sync(
  archive: Archive,
  provider: BankProvider,
  options: SyncOptions = {},
): Promise<SyncReport> {
  const checked = checkedOptions(options, archive);
  const { dryRun, signal, force, onProgress } = checked;
  const now = checked.now();
  if (checked.from !== undefined && checked.from > dateOf(now))
    throw new ConfigurationError(`from (${checked.from}) is in the future: today is ${dateOf(now)}.`);
  signal?.throwIfAborted();
  const listing = await listed(provider, now, checked);
  // Before a bank is asked, as what cannot be written should not cost a call.
  if (!dryRun) await archive.recordConnections(provider.name, listing.connections);
  const all = withArchived(listing.items, await archive.accounts(), provider.name);
  const wanted = wantedOf(all, checked.accounts);
  const readable = all.filter((one) => whyUnreadable(one, now) === undefined);
  const givingWay = await handlesThatGiveWay(readable, provider, { signal, onlyIfCached: dryRun });
  let done = 0;
  onProgress({ done, total: wanted.length, account: null });
  const accounts = await eachSettled(wanted, checked.concurrency, async (candidate) => {
    const givesWay = givingWay.has(candidate.account.handle ?? "");
    const context = { archive, provider, force, signal };
    const account = await reportOf(context, { ...candidate, givesWay }, checked);
    done += 1;
    onProgress({ done, total: wanted.length, account });
    return account;
  });
  return {
    startedAt: new Date(now),
    accounts,
    ...toRenew(wanted, now, checked.warnDays),
    problems: listing.problems,
    unreadable: listing.unreadable,
  };
}
