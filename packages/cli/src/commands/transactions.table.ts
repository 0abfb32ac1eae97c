import type { ArchivedStatus } from "bankdata-archive";
import { accountName, type ListedAccount } from "../accounts/connected-accounts.ts";
import { displayAmount, idEnd } from "../ui/format.ts";
import { money, printTable } from "../ui/output.ts";
import { line, type Printable } from "../ui/printable.ts";
import { type Column, grouped, row } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";

/** A transaction as the table shows it. */
export interface ShownTransaction {
  readonly account: ListedAccount;
  /** `YYYY-MM-DD`; null if the bank sent none. */
  readonly date: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly counterparty: string | null;
  readonly text: string;
  readonly status: ArchivedStatus;
  /** The archive's id; null without an archive. */
  readonly id: string | null;
  /** Null without an archive. */
  readonly certain: boolean | null;
}

/** Prints transactions, the newest first. @param isOfSeveral whether they are of several accounts */
export function printTransactions(
  terminal: Terminal,
  entries: readonly ShownTransaction[],
  isOfSeveral: boolean,
): void {
  printTable(
    terminal,
    [
      { title: line`Date`, ...shortDates(entries.flatMap(({ date }) => date ?? [])) },
      { title: line`Account`, flexible: true, least: 8, keepsEnd: true, drop: 2 },
      { title: line`Who`, flexible: true, least: 10 },
      // Some banks name nobody: every text stands for a name, and this column is empty.
      { title: line`What`, flexible: true, least: 20, drop: 3 },
      { title: line`Amount`, align: "decimal" },
      { title: line`` },
      { title: line``, short: (status) => line`${status.slice(0, 4)}` },
      { title: line`` },
      { title: line`Id`, drop: 1 },
    ],
    entries.map(({ account, date, amount, currency, counterparty, text, status, certain, id }) =>
      row(
        date,
        grouped(accountName(account), isOfSeveral),
        // If nobody is known, the text says most about who it was.
        counterparty ?? text,
        counterparty === null ? "" : text,
        money(displayAmount(amount, currency)),
        currency,
        status === "booked" ? "" : status,
        certain === false ? "?" : "",
        shownId(terminal, id),
      ),
    ),
  );
}

/** The end of an id, which is enough to name it, leaves room for the rest; a program gets all of it. */
function shownId({ out }: Terminal, id: string | null): Printable {
  if (id === null) return line``;
  return Number.isFinite(out.width) ? idEnd(line`${id}`) : line`${id}`;
}

/** A date without its year, if the others do not make it ambiguous. @param dates the newest first */
function shortDates(dates: readonly string[]): Pick<Column, "short"> {
  const [newest, oldest] = [dates[0] ?? "", dates.at(-1) ?? ""];
  const spansAYear = oldest.slice(0, 4) < newest.slice(0, 4) && oldest.slice(5) <= newest.slice(5);
  const isClear = !spansAYear && Number(newest.slice(0, 4)) - Number(oldest.slice(0, 4)) <= 1;
  return isClear ? { short: (date) => line`${date.slice(5)}` } : {};
}
