import { isLive, type ReadOptions } from "../accounts/account-options.ts";
import { chosenAccounts } from "../accounts/chosen-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { itemsOf, readItem } from "../accounts/items.ts";
import { reportStale } from "../accounts/staleness.ts";
import type { Session } from "../session/session.ts";
import { printList } from "../ui/output.ts";
import { noteUnreadableItems } from "../ui/unreadable.ts";
import { markedBalances, printBalances } from "./balances.table.ts";

/** Shows the balances of one account or all. @returns the exit code */
export async function balances(
  session: Session,
  name: string | undefined,
  wanted: ReadOptions,
): Promise<number> {
  const { provider, terminal, options, now } = session;
  const chosen = await chosenAccounts(session, name);
  const { results, read, exitCode } = await readEach(session, chosen, "balances", (account) =>
    provider.balances(account, { refresh: isLive(wanted), force: wanted.force }),
  );
  const items = results.flatMap((result) =>
    itemsOf(result, options, ({ account, reading }) =>
      markedBalances(reading.items, account).map((balance) =>
        readItem(account, balance, reading, { now: now(), sandbox: options.sandbox }),
      ),
    ),
  );
  printList(terminal, options, items, () =>
    printBalances(
      terminal,
      read.map(({ account, reading }) => ({
        account,
        asOf: reading.asOf,
        balances: markedBalances(reading.items, account),
      })),
      now(),
    ),
  );
  const unreadable = read.flatMap(({ reading }) => reading.unreadable);
  const code = noteUnreadableItems(terminal, unreadable, exitCode);
  await noteFreshness(session, read, "balances");
  return reportStale(session, read, wanted, code);
}
