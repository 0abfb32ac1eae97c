import type {
  Archive,
  ArchivedStatus,
  ArchivedTransaction,
  TransactionQuery as ArchiveQuery,
  TransactionSummary,
} from "bankdata-archive";
import { areWanted, type BankTransaction, counterpartyWanted, wordsOf } from "bankdata-core/bank";
import { upright } from "../accounts/transactions-of.ts";
import type { KeptAccount } from "../archived/kept-accounts.ts";
import { amountsMeant, isAmount } from "./transactions.amounts.ts";
import { rangeOf, type Today, type TransactionQuery, withDefaultsOf } from "./transactions.query.ts";
import type { ShownTransaction } from "./transactions.table.ts";

/** A transaction of the archive, the right way round. */
export interface KeptEntry {
  readonly account: KeptAccount;
  readonly entry: ArchivedTransaction & { readonly inverted: boolean };
}

/** What is wanted of some accounts of an archive. */
export interface KeptQuery {
  readonly archive: Archive;
  readonly accounts: readonly KeptAccount[];
  /** Whether no other account has transactions. */
  readonly areAll: boolean;
  readonly wanted: TransactionQuery;
  readonly today: Today;
}

/**
 * The transactions of some accounts with all that the bank said, the newest first. They are read by one query, so that they are
 * as of one moment, and only some of them are in memory.
 *
 * @throws CommandFailure if what is wanted is invalid
 */
export async function* keptEntries(query: KeptQuery): AsyncGenerator<KeptEntry> {
  const plan = planOf(query);
  let left = query.wanted.limit ?? Number.POSITIVE_INFINITY;
  for await (const one of query.archive.transactions(plan.query)) {
    const account = plan.accountOf(one);
    const entry = account === undefined ? undefined : plan.turned(one, account);
    if (account === undefined || entry === undefined) continue;
    yield { account, entry };
    left -= 1;
    if (left <= 0) return;
  }
}

/** The same as a table shows them. Only if signs have to be turned back is all needed that the bank said. */
export async function* keptRows(query: KeptQuery): AsyncGenerator<ShownTransaction> {
  if (query.accounts.some(isTurning)) {
    for await (const { account, entry } of keptEntries(query)) yield { ...entry, account };
    return;
  }
  const plan = planOf(query);
  let left = query.wanted.limit ?? Number.POSITIVE_INFINITY;
  for await (const entry of query.archive.summaries(plan.query)) {
    const account = plan.accountOf(entry);
    if (account === undefined) continue;
    yield { ...entry, account };
    left -= 1;
    if (left <= 0) return;
  }
}

/** One query for all accounts, and what it leaves to be checked, as each account may have settings of its own. */
function planOf({ accounts, areAll, wanted, today }: KeptQuery) {
  const wants = new Map(
    accounts.map((account) => [account.kept.id, { account, ...wantOf(account, wanted, today) }]),
  );
  const all = [...wants.values()];
  const [first, ...others] = all;
  const isUniform = others.every((one) => isSameWant(one, first));
  const turning = accounts.some(isTurning);
  const amounts = wanted.amount === undefined ? {} : amountsMeant(wanted.amount);
  const who = wanted.who === undefined ? undefined : counterpartyWanted(wanted.who);
  const query: ArchiveQuery = {
    first: "newest",
    account: others.length === 0 ? first?.account.kept.id : undefined,
    search: wanted.search,
    from: least(all.map(({ from }) => from)),
    to: most(all.map(({ to }) => to)),
    status: [...new Set(all.flatMap(({ statuses }) => statuses))],
    ...(wanted.uncertain === true ? { certain: false } : {}),
    // The archive has the amount, and the other side, as the bank says.
    ...(turning ? {} : { counterparty: wanted.who, ...amounts }),
    // What is checked afterwards may leave fewer.
    ...(turning || !isUniform || !(areAll || others.length === 0) ? {} : { limit: wanted.limit }),
  };
  return {
    query,
    /** The account of a transaction; undefined if the transaction is not wanted of it. */
    accountOf({ account: id, date, status }: TransactionSummary): KeptAccount | undefined {
      const want = wants.get(id);
      if (want === undefined || isUniform) return want?.account;
      const { from = "", to = date, statuses, account } = want;
      return from <= date && date <= to && statuses.includes(status) ? account : undefined;
    },
    /** The right way round; undefined if it is not wanted then. */
    turned(one: ArchivedTransaction, account: KeptAccount): KeptEntry["entry"] | undefined {
      const sent = { ...one, status: bankStatus(one.status), position: 0 };
      const { position: _, ...entry } = upright(sent, account);
      const isMeant =
        !turning ||
        (isAmount(entry.amount, amounts) && (who === undefined || areWanted(wordsOf(entry), who)));
      return isMeant ? { ...one, ...entry, status: one.status } : undefined;
    },
  };
}

/** What one account's settings make of what is wanted. */
interface Want {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly statuses: readonly ArchivedStatus[];
}

function wantOf({ configured }: KeptAccount, wanted: TransactionQuery, today: Today): Want {
  const own = withDefaultsOf(wanted, configured);
  const { from, to } = isEndless(wanted) ? NO_RANGE : rangeOf(own, today);
  return { from, to, statuses: statusesOf(own) };
}

const NO_RANGE = { from: undefined, to: undefined };

/** With something to search for and no dates, all years are meant. */
function isEndless({ search, who, amount, uncertain, days, from, to }: TransactionQuery): boolean {
  const isSearch = search !== undefined || who !== undefined || amount !== undefined || uncertain === true;
  return isSearch && days === undefined && from === undefined && to === undefined;
}

function isSameWant(one: Want, other: Want | undefined): boolean {
  return one.from === other?.from && one.to === other?.to && one.statuses.join() === other?.statuses.join();
}

/** Whether the bank may turn signs. */
function isTurning({ configured }: KeptAccount): boolean {
  return (configured?.invert ?? false) !== false;
}

/** The list in which a transaction stood last. */
function bankStatus(status: ArchivedStatus): BankTransaction["status"] {
  if (status === "vanished") return "pending";
  return status === "retracted" ? "booked" : status;
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

/** The first of some dates; undefined if one of them is no limit. */
function least(dates: readonly (string | undefined)[]): string | undefined {
  const all = dates.filter((date) => date !== undefined);
  return all.length < dates.length ? undefined : all.toSorted()[0];
}

/** The last of some dates; undefined if one of them is no limit. */
function most(dates: readonly (string | undefined)[]): string | undefined {
  const all = dates.filter((date) => date !== undefined);
  return all.length < dates.length ? undefined : all.toSorted().at(-1);
}
