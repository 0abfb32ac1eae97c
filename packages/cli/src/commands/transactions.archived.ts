import type { Archive } from "bankdata-archive";
import type { Origin } from "bankdata-core/bank";
import { dateOf } from "bankdata-core/base";
import type { FailedAccount, ReadAccount } from "../accounts/each-account.ts";
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
import { localDate } from "../ui/format.ts";
import { isForProgram, note, printEach, printLines } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { amountsMeant } from "./transactions.amounts.ts";
import { type KeptEntry, type KeptQuery, keptEntries, keptRows } from "./transactions.kept.ts";
import { rangeOf, type TransactionQuery, USUAL_RANGE } from "./transactions.query.ts";
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
  // What is invalid is rejected before anything is read.
  rangeOf(wanted, today);
  if (wanted.amount !== undefined) amountsMeant(wanted.amount);
  await using archive = await openedArchive(context);
  const chosen = await chosenOf(context, archive, wanted.account, justRead);
  if (chosen === undefined) return undefined;
  const { accounts, areAll, failed } = chosen;
  const query: KeptQuery = { archive, accounts, areAll, wanted, today };
  if (isForProgram(options))
    await printEach(terminal, options, itemsOf(context, query, { read: justRead?.read ?? [], failed }));
  else if (wanted.raw === true) await printLines(terminal.out, rawsOf(query));
  else {
    const shown: ShownTransaction[] = [];
    for await (const one of keptRows(query)) shown.push(one);
    printTransactions(terminal, shown, accounts.length > 1);
    if (shown.length === 0) note(terminal, line`No matching transactions.`);
  }
  if (justRead === undefined) noteArchiveAge(context, accounts, "transactions");
  return justRead === undefined && failed.length > 0 ? EXIT.partly : EXIT.done;
}

/** The bank's own words. */
async function* rawsOf(query: KeptQuery): AsyncGenerator<unknown> {
  for await (const { entry } of keptEntries(query)) yield entry.raw;
}

/** Transactions for a program. What could not be read comes first. */
async function* itemsOf(
  { options, now }: ArchiveContext,
  query: KeptQuery,
  { read, failed }: JustRead,
): AsyncGenerator<object> {
  for (const one of failed) yield failedItem(one, options);
  const origins = new Map(
    query.accounts.map((account) => [account, originOf(account, "transactions", read)]),
  );
  const context = { now: now(), sandbox: options.sandbox };
  for await (const { account, entry } of keptEntries(query)) {
    const origin = origins.get(account) ?? originOf(account, "transactions");
    yield readItem(account, membersOf(entry), origin, context);
  }
}

/** The members of a transaction in the order in which they are printed. */
function membersOf({ account: _, id, date, certain, status, ...members }: KeptEntry["entry"]) {
  return { date, id, certain, status, ...members };
}

/** The accounts that are shown. */
interface Chosen {
  readonly accounts: KeptAccount[];
  /** Whether no other account has transactions. */
  readonly areAll: boolean;
  /** Those that could not be read. */
  readonly failed: readonly FailedAccount[];
}

/** The accounts that are shown; undefined if one is meant that the archive does not have. */
async function chosenOf(
  context: ArchiveContext,
  archive: Archive,
  name: string | undefined,
  justRead: JustRead | undefined,
): Promise<Chosen | undefined> {
  const all = await keptAccounts(context, archive);
  if (justRead !== undefined) {
    const accountOf = (handle: string) =>
      all.find(({ kept }) => kept.handles.some((known) => known.handle === handle));
    const found = justRead.read.map(({ account }) => accountOf(account.handle));
    const accounts = new Set(found.filter((account) => account !== undefined));
    if (found.includes(undefined)) return undefined;
    return { accounts: [...accounts], areAll: false, failed: justRead.failed };
  }
  if (name !== undefined) {
    const account = keptAccountCalled(name, all);
    if (account === undefined || account.kept.lastRun === null) return undefined;
    return { accounts: [account], areAll: false, failed: [] };
  }
  const read = all.filter(wasRead);
  if (read.length === 0) return undefined;
  const failed = await readFirst(context, { archive, read }, takeInTransactions);
  const accounts = (await keptAccounts(context, archive)).filter(wasRead);
  return { accounts, areAll: true, failed };
}

function wasRead({ kept }: KeptAccount): boolean {
  return kept.lastRun !== null;
}

/** Of the usual days: `sync` reads the rest. */
const takeInTransactions: TakeIn = async ({ unrecorded }, archive, account) => {
  const { sourceAccount } = await import("bankdata-archive");
  const { asOf, fromCache, coverage, items, unreadable } = await unrecorded.transactions(
    account,
    USUAL_RANGE,
  );
  const origin = fromCache ? "cached" : "live";
  const observation = { observedAt: asOf, origin, coverage, items, unreadable } as const;
  await archive.record(sourceAccount(unrecorded, account), observation);
};
