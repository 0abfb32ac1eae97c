import { type BankBalance, mainBalances } from "bankdata-core/bank";
import { balanceInWords } from "../accounts/balance-words.ts";
import { accountName, type ListedAccount } from "../accounts/connected-accounts.ts";
import { displayAmount, formatAge, ibanEnd } from "../ui/format.ts";
import { money, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { type Cell, grouped, row } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";

/** A balance, and whether it is the account's. */
export type ShownBalance = BankBalance & { readonly isMain: boolean };

/** The balances of one account, and when its bank reported them. */
export interface ShownBalances {
  readonly account: ListedAccount;
  readonly asOf: Date;
  readonly balances: readonly ShownBalance[];
}

/** Marks the balances that are the account's, by its configuration if that says which. */
export function markedBalances(items: readonly BankBalance[], account: ListedAccount): ShownBalance[] {
  const main = mainBalances(items, account.configured?.balance ?? undefined);
  return items.map((balance) => ({ ...balance, isMain: main.has(balance) }));
}

/** Prints balances. @param now in milliseconds since 1970 */
export function printBalances(terminal: Terminal, all: readonly ShownBalances[], now: number): void {
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
    all.flatMap(({ account, asOf, balances }) =>
      mainFirst(balances).map((balance, at) => {
        const { isMain, kindAsSent, amount, currency } = balance;
        const cells = row(
          grouped(accountName(account), at === 0),
          grouped(account.iban, at === 0),
          balanceInWords(balance),
          money(displayAmount(amount, currency)),
          currency,
          grouped(formatAge(asOf.getTime(), now), at === 0),
          kindAsSent,
        );
        return isMain ? cells : cells.map((cell): Cell => ({ ...cell, style: "dim" }));
      }),
    ),
  );
}

/** The balances that are the account's come first. */
function mainFirst<B extends { readonly isMain: boolean }>(balances: readonly B[]): B[] {
  return [...balances.filter(({ isMain }) => isMain), ...balances.filter(({ isMain }) => !isMain)];
}
