import type {
  Archive,
  ArchivedStatus,
  ArchivedTransaction,
  TransactionQuery as ArchiveQuery,
} from "bankdata-archive";
import type { BankTransaction, Origin } from "bankdata-core/bank";
import { dateOf } from "bankdata-core/base";
import type { FailedAccount, ReadAccount } from "../accounts/each-account.ts";
import { failedItem, readItem } from "../accounts/items.ts";
import { upright } from "../accounts/transactions-of.ts";
import { noteArchiveAge, originOf } from "../archived/age.ts";
import {
  areSomeUnread,
  type KeptAccount,
  keptAccountCalled,
  keptAccounts,
  openedArchive,
} from "../archived/kept-accounts.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import { EXIT } from "../ui/exit.ts";
import { localDate } from "../ui/format.ts";
import { isForProgram, note, printList } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { amountsMeant } from "./transactions.amounts.ts";
import { rangeOf, type TransactionQuery, withDefaultsOf } from "./transactions.query.ts";
import { printTransactions, type ShownTransaction } from "./transactions.table.ts";

/** What was read at banks just now: the accounts that are shown, and those that could not be read. */
interface JustRead {
  readonly read: readonly ReadAccount<Origin>[];
  readonly failed: readonly FailedAccount[];
}

/**
 * Shows the transactions of the archive, the newest first.
 *
 * @param wanted of which account, if one is named, and which
 * @returns the exit code; undefined if an account is meant that is not in the archive
 */
export async function archivedTransactions(
  context: ArchiveContext,
  wanted: TransactionQuery & { readonly account?: string | undefined },
  justRead?: JustRead,
): Promise<number | undefined> {
  const { terminal, options, now } = context;
  const today = { here: localDate(now()), service: dateOf(now()) };
  const amounts = wanted.amount === undefined ? {} : amountsMeant(wanted.amount);
  const queryFor = (account: KeptAccount): ArchiveQuery =>
    queryOf(withDefaultsOf(wanted, account.configured), today);
  queryOf(wanted, today); // An invalid range is rejected before anything is read.
  await using archive = await openedArchive(context);
  const all = await keptAccounts(context, archive);
  const chosen = chosenOf(context, all, wanted.account, justRead);
  if (chosen === undefined) return undefined;
  const isOfSeveral = chosen.length > 1;
  if (isForProgram(options) || wanted.raw === true) {
    const print = printerFor(context, chosen, justRead);
    const [only] = chosen;
    if (!isOfSeveral && only !== undefined && options.json !== true)
      // However many there are, only one is in memory.
      for await (const entry of wholeEntries(archive, only, { ...queryFor(only), ...amounts }))
        print.one(entry);
    else {
      const entries: KeptEntry[] = [];
      for (const account of chosen)
        for await (const entry of wholeEntries(archive, account, { ...queryFor(account), ...amounts }))
          entries.push(entry);
      print.all(newestFirst(entries, ({ entry }) => entry.date).slice(0, wanted.limit));
    }
    return EXIT.done;
  }
  const entries: ShownTransaction[] = [];
  for (const account of chosen)
    for await (const entry of shownEntries(archive, account, { ...queryFor(account), ...amounts }))
      entries.push(entry);
  const shown = newestFirst(entries, ({ date }) => date ?? "").slice(0, wanted.limit);
  printTransactions(terminal, shown, isOfSeveral);
  if (shown.length === 0) note(terminal, line`No matching transactions.`);
  if (justRead === undefined) noteArchiveAge(context, chosen, "transactions");
  return EXIT.done;
}

/** A transaction of the archive, the right way round. */
interface KeptEntry {
  readonly account: KeptAccount;
  readonly entry: ArchivedTransaction & { readonly inverted: boolean };
}

/** Prints transactions for a program. What could not be read comes first. */
function printerFor(
  { terminal, options, now }: ArchiveContext,
  chosen: readonly KeptAccount[],
  justRead: JustRead | undefined,
) {
  const origins = new Map(
    chosen.map((account) => [account.kept.id, originOf(account, "transactions", justRead?.read)]),
  );
  const failures = (justRead?.failed ?? []).map((one) => failedItem(one, options));
  const itemOf = ({ entry, account }: KeptEntry) => {
    const { account: _, id, date, certain, status, ...members } = entry;
    const context = { now: now(), sandbox: options.sandbox };
    const origin = origins.get(account.kept.id) ?? originOf(account, "transactions");
    return readItem(account, { date, id, certain, status, ...members }, origin, context);
  };
  const isRaw = !isForProgram(options);
  if (options.jsonl === true) for (const failure of failures) terminal.out.json(failure);
  return {
    one: (entry: KeptEntry) => terminal.out.json(isRaw ? entry.entry.raw : itemOf(entry)),
    all(entries: readonly KeptEntry[]) {
      const items = [...(options.jsonl === true ? [] : failures), ...entries.map(itemOf)];
      printList(terminal, options, items, () => {
        for (const { entry } of entries) terminal.out.json(entry.raw);
      });
    },
  };
}

/** The transactions of an account with all that the bank said. */
async function* wholeEntries(
  archive: Archive,
  account: KeptAccount,
  query: ArchiveQuery,
): AsyncGenerator<KeptEntry> {
  for await (const one of archive.transactions({ ...query, account: account.kept.id })) {
    const { amount, inverted, ...turned } = upright(
      { ...one, status: bankStatus(one.status), position: 0 },
      account,
    );
    const { position: _, status: __, ...entry } = { ...turned, amount, inverted };
    yield { account, entry: { ...one, ...entry } };
  }
}

/** The transactions of an account as a table shows them. Only if signs have to be turned is all needed that the bank said. */
async function* shownEntries(
  archive: Archive,
  account: KeptAccount,
  query: ArchiveQuery,
): AsyncGenerator<ShownTransaction> {
  if (account.configured?.invert)
    for await (const { entry } of wholeEntries(archive, account, query)) yield { ...entry, account };
  else
    for await (const entry of archive.summaries({ ...query, account: account.kept.id }))
      yield { ...entry, account };
}

/** The list in which a transaction stood last. */
function bankStatus(status: ArchivedStatus): BankTransaction["status"] {
  if (status === "vanished") return "pending";
  return status === "retracted" ? "booked" : status;
}

/** Entries of several accounts in one order; within a day, each account's stay in theirs. */
function newestFirst<Entry>(entries: readonly Entry[], dateOfEntry: (entry: Entry) => string): Entry[] {
  return entries.toSorted((a, b) => dateOfEntry(b).localeCompare(dateOfEntry(a)));
}

/** The accounts that are shown; undefined if one is meant that the archive does not have. */
function chosenOf(
  context: ArchiveContext,
  all: readonly KeptAccount[],
  name: string | undefined,
  justRead: JustRead | undefined,
): KeptAccount[] | undefined {
  if (justRead !== undefined) {
    const handles = new Set(justRead.read.map(({ account }) => account.handle));
    const kept = all.filter(({ kept: { handles: known } }) =>
      known.some(({ handle }) => handles.has(handle)),
    );
    return kept.length === handles.size ? kept : undefined;
  }
  const read = all.filter(({ kept }) => kept.lastRun !== null);
  if (name === undefined)
    return read.length === 0 || areSomeUnread(context, all, ({ kept }) => kept.lastRun !== null)
      ? undefined
      : read;
  const account = keptAccountCalled(name, all);
  return account === undefined || account.kept.lastRun === null ? undefined : [account];
}

/** What is wanted, as the archive is asked for it. With something to search for, all years are meant. */
function queryOf(wanted: TransactionQuery, today: Parameters<typeof rangeOf>[1]): ArchiveQuery {
  const { search, who: counterparty, limit, uncertain, days, from, to } = wanted;
  const isSearch =
    search !== undefined || counterparty !== undefined || wanted.amount !== undefined || uncertain === true;
  const isEndless = isSearch && days === undefined && from === undefined && to === undefined;
  const range = isEndless ? { from: undefined, to: undefined } : rangeOf(wanted, today);
  return {
    ...{ search, counterparty, limit, from: range.from, to: range.to, first: "newest" },
    status: statusesOf(wanted),
    ...(uncertain === true ? { certain: false } : {}),
  };
}

function statusesOf({
  pending = false,
  booked = false,
  gone = false,
}: TransactionQuery): readonly ArchivedStatus[] {
  const lost: readonly ArchivedStatus[] = gone ? ["vanished", "retracted"] : [];
  if (!pending && !booked) return ["booked", "pending", "scheduled", "void", ...lost];
  return [...(pending ? (["pending"] as const) : []), ...(booked ? (["booked"] as const) : []), ...lost];
}
