import { type BankTransaction, entryDate, mentions } from "bankdata-core/bank";
import { dateOf } from "bankdata-core/base";
import type { ReadOptions } from "../accounts/account-options.ts";
import { chosenAccounts } from "../accounts/chosen-accounts.ts";
import { accountName, type ReachableAccount } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { failedItem, readItem } from "../accounts/items.ts";
import { reportStale } from "../accounts/staleness.ts";
import { transactionsOf } from "../accounts/transactions-of.ts";
import type { Session } from "../session/session.ts";
import { displayAmount, localDate } from "../ui/format.ts";
import { isForProgram, money, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { type Column, grouped, row } from "../ui/table.ts";
import { noteUnreadable } from "../ui/unreadable.ts";
import {
  isStatusWanted,
  isWithin,
  rangeOf,
  type TransactionQuery,
  withDefaultsOf,
} from "./transactions.query.ts";

/** Shows the transactions of one account or all, the newest first. @returns the exit code */
export async function transactions(
  session: Session,
  name: string | undefined,
  wanted: TransactionQuery & ReadOptions,
): Promise<number> {
  const { provider, terminal, options, now } = session;
  const today = localDate(now());
  const days = { here: today, service: dateOf(now()) };
  rangeOf(wanted, days); // An invalid range is rejected before anything is read.
  const queryOf = ({ configured }: ReachableAccount) => {
    const query = withDefaultsOf(wanted, configured);
    return { ...query, range: rangeOf(query, days) };
  };
  const { refresh, force } = wanted;
  const chosen = await chosenAccounts(session, name);
  const { read, failed, exitCode } = await readEach(session, chosen, "transactions", (account) =>
    transactionsOf(provider, account, queryOf(account).range.requested, { refresh, force }),
  );
  const entries = read
    .flatMap(({ account, reading }) => {
      const query = queryOf(account);
      return bookedLast(reading.items)
        .filter(({ status }) => isStatusWanted(status, query))
        .filter((entry) => isWithin(entry, query.range, today))
        .filter((entry) => wanted.search === undefined || mentions(entry, wanted.search))
        .map((entry) => ({ account, reading, entry, date: entryDate(entry, today) }));
    })
    .sort((a, b) => (b.date ?? today).localeCompare(a.date ?? today));
  const readItems = entries.map(({ account, reading, entry, date }) => {
    // The position in the response says nothing about the entry.
    const { position: _, ...members } = entry;
    return readItem(account, { date, ...members }, reading, { now: now(), sandbox: options.sandbox });
  });
  // First, as entries of all accounts are sorted together.
  const items = [...failed.map((one) => failedItem(one, options)), ...readItems];
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Date`, ...shortDates(entries.flatMap(({ date }) => date ?? [])) },
        { title: line`Account`, flexible: true, least: 8, keepsEnd: true, drop: 1 },
        { title: line`Who`, flexible: true, least: 10 },
        // Some banks name nobody: every text stands for a name, and this column is empty.
        { title: line`What`, flexible: true, least: 20, drop: 2 },
        { title: line`Amount`, align: "decimal" },
        { title: line`` },
        { title: line``, short: (status) => line`${status.slice(0, 4)}` },
      ],
      entries.map(({ account, date, entry }) =>
        row(
          date,
          grouped(accountName(account), read.length > 1),
          // If nobody is known, the text says most about who it was.
          entry.counterparty ?? entry.text,
          entry.counterparty === null ? "" : entry.text,
          money(displayAmount(entry.amount, entry.currency)),
          entry.currency,
          entry.status === "booked" ? "" : entry.status,
        ),
      ),
    ),
  );
  const unreadable = read.reduce((sum, { reading }) => sum + reading.unreadable.length, 0);
  const code = noteUnreadable(terminal, unreadable, ["entry", "entries"], exitCode);
  if (entries.length === 0 && !isForProgram(options)) note(terminal, line`No matching transactions.`);
  await noteFreshness(session, read, "transactions");
  return reportStale(session, read, wanted, code);
}

/** A date without its year, if the others do not make it ambiguous. @param dates the newest first */
function shortDates(dates: readonly string[]): Pick<Column, "short"> {
  const [newest, oldest] = [dates[0] ?? "", dates.at(-1) ?? ""];
  const spansAYear = oldest.slice(0, 4) < newest.slice(0, 4) && oldest.slice(5) <= newest.slice(5);
  const isClear = !spansAYear && Number(newest.slice(0, 4)) - Number(oldest.slice(0, 4)) <= 1;
  return isClear ? { short: (date) => line`${date.slice(5)}` } : {};
}

/** Puts booked entries last, so that they are below the others of their day. */
function bookedLast<Entry extends BankTransaction>(entries: readonly Entry[]): Entry[] {
  const isBooked = ({ status }: BankTransaction) => status === "booked";
  return [...entries.filter((entry) => !isBooked(entry)), ...entries.filter(isBooked)];
}
