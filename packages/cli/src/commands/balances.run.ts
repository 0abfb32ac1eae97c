import { mainBalances } from "bankdata-core/bank";
import type { ReadOptions } from "../accounts/account-options.ts";
import { balanceInWords } from "../accounts/balance-words.ts";
import { chosenAccounts } from "../accounts/chosen-accounts.ts";
import { accountName } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { itemsOf, readItem } from "../accounts/items.ts";
import { reportStale } from "../accounts/staleness.ts";
import type { Session } from "../session/session.ts";
import { displayAmount, formatAge, ibanEnd } from "../ui/format.ts";
import { money, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { type Cell, grouped, row } from "../ui/table.ts";
import { noteUnreadableItems } from "../ui/unreadable.ts";

/** Shows the balances of one account or all. @returns the exit code */
export async function balances(
  session: Session,
  name: string | undefined,
  wanted: ReadOptions,
): Promise<number> {
  const { provider, terminal, options, now } = session;
  const chosen = await chosenAccounts(session, name);
  const { results, read, exitCode } = await readEach(session, chosen, "balances", (account) =>
    provider.balances(account, { refresh: wanted.refresh, force: wanted.force }),
  );
  const balancesOf = ({ account, reading }: (typeof read)[number]) => {
    const main = mainBalances(reading.items, account.configured?.balance ?? undefined);
    return reading.items.map((balance) => ({ ...balance, isMain: main.has(balance) }));
  };
  const items = results.flatMap((result) =>
    itemsOf(result, options, (one) =>
      balancesOf(one).map((balance) =>
        readItem(one.account, balance, one.reading, { now: now(), sandbox: options.sandbox }),
      ),
    ),
  );
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true, least: 12, keepsEnd: true },
        { title: line`IBAN`, short: ibanEnd, drop: 3 },
        { title: line`Balance`, flexible: true, least: 12 },
        { title: line`Amount`, align: "decimal" },
        { title: line`` },
        { title: line`As of`, drop: 2 },
        { title: line`Sent as`, flexible: true, drop: 1 },
      ],
      read.flatMap((one) =>
        mainFirst(balancesOf(one)).map((balance, at) => {
          const { isMain, kindAsSent, amount, currency } = balance;
          const cells = row(
            grouped(accountName(one.account), at === 0),
            grouped(one.account.iban, at === 0),
            balanceInWords(balance),
            money(displayAmount(amount, currency)),
            currency,
            grouped(formatAge(one.reading.asOf.getTime(), now()), at === 0),
            kindAsSent,
          );
          return isMain ? cells : cells.map((cell): Cell => ({ ...cell, style: "dim" }));
        }),
      ),
    ),
  );
  const unreadable = read.flatMap(({ reading }) => reading.unreadable);
  const code = noteUnreadableItems(terminal, unreadable, exitCode);
  await noteFreshness(session, read, "balances");
  return reportStale(session, read, wanted, code);
}

/** The balances that are the account's come first. */
function mainFirst<B extends { readonly isMain: boolean }>(balances: readonly B[]): B[] {
  return [...balances.filter(({ isMain }) => isMain), ...balances.filter(({ isMain }) => !isMain)];
}
