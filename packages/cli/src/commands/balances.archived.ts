import { failedItem, readItem } from "../accounts/items.ts";
import { noteArchiveAge, originOf } from "../archived/age.ts";
import {
  type KeptAccount,
  keptAccountCalled,
  keptAccounts,
  openedArchive,
} from "../archived/kept-accounts.ts";
import { readFirst, type TakeIn } from "../archived/unread-accounts.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import { EXIT } from "../ui/exit.ts";
import { printList } from "../ui/output.ts";
import { markedBalances, printBalances } from "./balances.table.ts";

/**
 * Shows the balances that the banks reported last, as the archive has them.
 *
 * @returns the exit code; undefined if an account is meant that the archive has no balances of
 */
export async function archivedBalances(
  context: ArchiveContext,
  name: string | undefined,
): Promise<number | undefined> {
  const { terminal, options, now } = context;
  await using archive = await openedArchive(context);
  const all = await keptAccounts(context, archive);
  const named = name === undefined ? all : [keptAccountCalled(name, all) ?? []].flat();
  const known = named.filter(haveBalances);
  if (known.length === 0) return undefined;
  const failed = name === undefined ? await readFirst(context, { archive, read: known }, takeInBalances) : [];
  const chosen = name === undefined ? (await keptAccounts(context, archive)).filter(haveBalances) : known;
  const latest = await archive.latestBalances();
  const shown = chosen.map((account) => {
    const own = latest.filter(({ account: id }) => id === account.kept.id);
    // When it was seen is told for all of them together.
    const balances = own.map(({ account: _, firstSeenAt: __, lastSeenAt: ___, ...balance }) => balance);
    const origin = originOf(account, "balances");
    return { account, origin, asOf: origin.asOf, balances: markedBalances(balances, account) };
  });
  const failures = failed.map((one) => failedItem(one, options));
  const read = shown.flatMap(({ account, origin, balances }) =>
    balances.map((balance) => readItem(account, balance, origin, { now: now(), sandbox: options.sandbox })),
  );
  printList(terminal, options, [...read, ...failures], () => printBalances(terminal, shown, now()));
  noteArchiveAge(context, chosen, "balances");
  return failed.length === 0 ? EXIT.done : EXIT.partly;
}

function haveBalances({ kept }: KeptAccount): boolean {
  return kept.lastBalancesAt !== null;
}

const takeInBalances: TakeIn = async ({ unrecorded }, archive, account) => {
  const { sourceAccount } = await import("bankdata-archive");
  const { asOf, items, fromCache } = await unrecorded.balances(account);
  const origin = fromCache ? "cached" : "live";
  await archive.recordBalances(sourceAccount(unrecorded, account), { observedAt: asOf, origin, items });
};
