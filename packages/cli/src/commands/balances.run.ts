import type { ReadOptions } from "../accounts/account-options.ts";
import { chosenAccounts } from "../accounts/chosen-accounts.ts";
import { accountName } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { itemsOf, readItem } from "../accounts/items.ts";
import { reportStale } from "../accounts/staleness.ts";
import type { Session } from "../session/session.ts";
import { formatAge, ibanEnd } from "../ui/format.ts";
import { money, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { grouped, row } from "../ui/table.ts";
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
  const items = results.flatMap((result) =>
    itemsOf(result, options, ({ account, reading }) =>
      reading.items.map((balance) =>
        readItem(account, balance, reading, { now: now(), sandbox: options.sandbox }),
      ),
    ),
  );
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true, least: 12 },
        { title: line`IBAN`, short: ibanEnd, drop: 2 },
        { title: line`Balance`, flexible: true, least: 12 },
        { title: line`Amount`, align: "decimal" },
        { title: line`` },
        { title: line`As of`, drop: 1 },
      ],
      read.flatMap(({ account, reading }) =>
        reading.items.map(({ kindAsSent, creditLimitIncluded, amount, currency }, at) =>
          row(
            grouped(accountName(account), at === 0),
            grouped(account.iban, at === 0),
            `${kindAsSent ?? ""}${creditLimitIncluded ? " with credit limit" : ""}`,
            money(amount),
            currency,
            grouped(formatAge(reading.asOf.getTime(), now()), at === 0),
          ),
        ),
      ),
    ),
  );
  const unreadable = read.flatMap(({ reading }) => reading.unreadable);
  const code = noteUnreadableItems(terminal, unreadable, exitCode);
  await noteFreshness(session, read, "balances");
  return reportStale(session, read, wanted, code);
}
