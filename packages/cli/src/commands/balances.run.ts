import type { ReadOptions } from "../accounts/account-options.ts";
import { accountName, chosenAccounts } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { accountFields, originFields } from "../accounts/item-fields.ts";
import type { Session } from "../session/session.ts";
import { formatAge } from "../ui/format.ts";
import { money, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { noteUnreadable } from "../ui/unreadable.ts";

/** Shows the balances of one account or all. @returns the exit code */
export async function balances(
  session: Session,
  name: string | undefined,
  wanted: ReadOptions,
): Promise<number> {
  const { client, terminal, options, now } = session;
  const chosen = await chosenAccounts(session, name);
  const { read, exitCode } = await readEach(session, chosen, "balances", ({ id }) =>
    client.withMeta.getAccountBalances(id, wanted),
  );
  const items = read.flatMap(({ account, value, meta }) =>
    value.balances.map((balance) => ({ ...balance, ...accountFields(account), ...originFields(meta) })),
  );
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true },
        { title: line`IBAN` },
        { title: line`Balance` },
        { title: line`Amount`, align: "decimal" },
        { title: line`` },
        { title: line`As of` },
      ],
      read.flatMap(({ account, value, meta }) =>
        value.balances.map((balance, at) =>
          row(
            at === 0 ? accountName(account) : "",
            at === 0 ? account.iban : "",
            `${balance.balanceType ?? ""}${balance.creditLimitIncluded ? " with credit limit" : ""}`,
            money(balance.balanceAmount.amount),
            balance.balanceAmount.currency,
            at === 0 ? formatAge(meta.createdAt.getTime(), now()) : "",
          ),
        ),
      ),
    ),
  );
  const unreadable = read.reduce((sum, { value }) => sum + value.unreadable.length, 0);
  const code = noteUnreadable(terminal, unreadable, ["balance", "balances"], exitCode);
  await noteFreshness(session, read, "balances");
  return code;
}
