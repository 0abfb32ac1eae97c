import {
  areWanted,
  type BankTransaction,
  counterpartyWanted,
  entryDate,
  mentions,
  wordsOf,
} from "bankdata-core/bank";
import { dateOf } from "bankdata-core/base";
import { isLive, type ReadOptions } from "../accounts/account-options.ts";
import { chosenAccounts } from "../accounts/chosen-accounts.ts";
import type { ReachableAccount } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { failedItem, readItem } from "../accounts/items.ts";
import { reportStale } from "../accounts/staleness.ts";
import { transactionsOf } from "../accounts/transactions-of.ts";
import { contextOf } from "../session/archive-context.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { localDate } from "../ui/format.ts";
import { isForProgram, note, printList } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { noteUnreadable } from "../ui/unreadable.ts";
import { amountsMeant, isAmount } from "./transactions.amounts.ts";
import {
  isStatusWanted,
  isWithin,
  rangeOf,
  type TransactionQuery,
  withDefaultsOf,
} from "./transactions.query.ts";
import { printTransactions } from "./transactions.table.ts";

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
  const { force } = wanted;
  const chosen = await chosenAccounts(session, name);
  const { read, failed, exitCode } = await readEach(session, chosen, "transactions", (account) =>
    transactionsOf(provider, account, queryOf(account).range.requested, { refresh: isLive(wanted), force }),
  );
  // What the bank sent is in the archive now, which tells more of it.
  if (read.length > 0 && isLive(wanted) && (await session.recorded())) {
    const { archivedTransactions } = await import("./transactions.archived.ts");
    const code = await archivedTransactions(contextOf(session), wanted, { read, failed });
    if (code !== undefined) return reportStale(session, read, wanted, code === EXIT.done ? exitCode : code);
  }
  const amounts = wanted.amount === undefined ? {} : amountsMeant(wanted.amount);
  const who = wanted.who === undefined ? undefined : counterpartyWanted(wanted.who);
  const entries = read
    .flatMap(({ account, reading }) => {
      const query = queryOf(account);
      return bookedLast(reading.items)
        .filter(({ status }) => isStatusWanted(status, query))
        .filter((entry) => isWithin(entry, query.range, today))
        .filter((entry) => wanted.search === undefined || mentions(entry, wanted.search))
        .filter((entry) => who === undefined || areWanted(wordsOf(entry), who))
        .filter(({ amount }) => isAmount(amount, amounts) && wanted.uncertain !== true)
        .map((entry) => ({ account, reading, entry, date: entryDate(entry, today) }));
    })
    .sort((a, b) => (b.date ?? today).localeCompare(a.date ?? today))
    .slice(0, wanted.limit);
  const readItems = entries.map(({ account, reading, entry, date }) => {
    // The position in the response says nothing about the entry.
    const { position: _, ...members } = entry;
    const context = { now: now(), sandbox: options.sandbox };
    return readItem(account, { date, id: null, certain: null, ...members }, reading, context);
  });
  // First, as entries of all accounts are sorted together.
  const items = [...failed.map((one) => failedItem(one, options)), ...readItems];
  printList(terminal, options, items, () => {
    const shown = entries.map(({ account, date, entry }) => ({
      ...entry,
      account,
      date,
      id: null,
      certain: null,
    }));
    if (wanted.raw === true) for (const { entry } of entries) terminal.out.json(entry.raw);
    else printTransactions(terminal, shown, read.length > 1);
  });
  const unreadable = read.reduce((sum, { reading }) => sum + reading.unreadable.length, 0);
  const code = noteUnreadable(terminal, unreadable, ["entry", "entries"], exitCode);
  if (entries.length === 0 && !isForProgram(options)) note(terminal, line`No matching transactions.`);
  await noteFreshness(session, read, "transactions");
  return reportStale(session, read, wanted, code);
}

/** Puts booked entries last, so that they are below the others of their day. */
function bookedLast<Entry extends BankTransaction>(entries: readonly Entry[]): Entry[] {
  const isBooked = ({ status }: BankTransaction) => status === "booked";
  return [...entries.filter((entry) => !isBooked(entry)), ...entries.filter(isBooked)];
}
