import type { Transaction } from "./given-rows.ts";
import type { Entry } from "./shown-rows.ts";
import type { DoubledEntry, Holder, LostEntry, PendingLink, TransactionList } from "./verdict.ts";

/** How many rows of an entry each transaction holds, in each list. */
export type Holdings = Record<TransactionList, Map<Transaction, number>>;

type Stands = ReadonlyMap<Transaction, Entry>;

/**
 * The entry, if no transaction stands for it: among its booked rows if it has any, as those that were pending before do not
 * matter then, else among the pending ones.
 */
export function lostEntry(
  entry: Entry,
  holdings: Holdings | undefined,
  stands: Stands,
): LostEntry | undefined {
  const held = holdings?.[entry.rows.booked > 0 ? "booked" : "pending"];
  if (own(entry, held, stands).length > 0) return undefined;
  const heldBy = [...(held ?? [])].flatMap(([transaction, rows]): Holder[] => {
    const other = stands.get(transaction);
    return other === undefined ? [] : [{ transaction: transaction.id, standsFor: other.id, rows }];
  });
  return { entry: entry.id, heldBy };
}

/**
 * The entry, if it has more than one transaction within one list: several that stand for it, or one that holds booked rows
 * of it although it stands for another entry among the pending rows only.
 */
export function doubledEntry(
  entry: Entry,
  holdings: ReadonlyMap<Entry, Holdings>,
  stands: Stands,
): DoubledEntry | undefined {
  const held = holdings.get(entry);
  // Such a transaction is one too many among the booked rows.
  const isOnlyPending = (transaction: Transaction) => {
    const other = stands.get(transaction);
    return other !== undefined && other !== entry && !holdings.get(other)?.booked.has(transaction);
  };
  const foreign = [...(held?.booked.keys() ?? [])].filter(isOnlyPending).map(({ id }) => id);
  const booked = [...own(entry, held?.booked, stands).slice(1), ...foreign];
  const pending = own(entry, held?.pending, stands).slice(1);
  return booked.length + pending.length === 0 ? undefined : { entry: entry.id, booked, pending };
}

/** Who holds the rows of the entry, if the program gave rows of both lists. */
export function linkOf(entry: Entry, holdings: Holdings | undefined): PendingLink | undefined {
  if (holdings === undefined || holdings.booked.size === 0 || holdings.pending.size === 0) return undefined;
  const [booked = [], pending = []] = [holdings.booked, holdings.pending].map((held) =>
    [...held.keys()].map(({ id }) => id),
  );
  return { entry: entry.id, booked, pending };
}

/** The transactions that hold rows of an entry and stand for it, the main one first. */
function own(entry: Entry, held: ReadonlyMap<Transaction, number> | undefined, stands: Stands): string[] {
  return [...(held?.keys() ?? [])]
    .filter((transaction) => stands.get(transaction) === entry)
    .map(({ id }) => id);
}
