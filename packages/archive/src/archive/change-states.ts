import type { Kysely } from "kysely";
import type { Schema } from "../database/index.ts";
import type { ChangeRow, KeyRange } from "./change-page.ts";
import { inGroups, type PackCache } from "./pack-cache.ts";
import type { ArchivedTransaction } from "./read.ts";
import { transactionFrom } from "./read-transactions.ts";
import { payloadPlaces } from "./runs.ts";

/** What a transaction is or was at a moment. */
export interface EntryState {
  readonly key: number;
  readonly id: string;
  /** The archive's id of its account. */
  readonly account: string;
  readonly status: string;
  readonly certain: number;
  readonly date: string;
  readonly payload: number;
}

/** What a transaction was before a change. */
export function stateBefore(row: ChangeRow & { readonly accountId: string }): EntryState {
  const { first_entry: key, id, accountId: account, status, certain, date, payload } = row;
  if (key === null || id === null || status === null || certain === null || date === null || payload === null)
    throw new Error(`Row ${row.key} of the log of changes cannot be read.`);
  return { key, id, account, status, certain, date, payload };
}

/** How many transactions are looked up at once. */
const SPAN = 500;

/** Ranges of keys that are short enough for one statement each. */
export function inSpans(ranges: readonly KeyRange[]): KeyRange[] {
  return ranges.flatMap(({ first, last }) =>
    Array.from({ length: Math.ceil((last - first + 1) / SPAN) }, (_, at) => ({
      first: first + at * SPAN,
      last: Math.min(last, first + (at + 1) * SPAN - 1),
    })),
  );
}

/**
 * What transactions were when the log ended with a key: what they were before the next change, or what they are.
 *
 * @param which a range of keys, or some keys
 * @param until the key; undefined for the present
 */
export async function statesAt(
  kysely: Kysely<Schema>,
  which: KeyRange | readonly number[],
  until: number | undefined,
): Promise<Map<number, EntryState>> {
  const states = new Map<number, EntryState>();
  const present = await kysely
    .selectFrom("entry")
    .innerJoin("account", "account.key", "entry.account")
    .select(["entry.key", "entry.id", "account.id as account", "entry.status", "entry.certain"])
    .select(["entry.date", "entry.payload"])
    .where(({ eb, and }) =>
      "first" in which
        ? and([eb("entry.key", ">=", which.first), eb("entry.key", "<=", which.last)])
        : eb("entry.key", "in", which),
    )
    .execute();
  for (const state of present) states.set(state.key, state);
  if (until === undefined) return states;
  const next = kysely
    .selectFrom("change")
    .select(({ fn }) => fn.min("key").as("next"))
    .where("kind", "in", ["modified", "removed"])
    .where("key", ">", until)
    .where(({ eb, and }) =>
      "first" in which
        ? and([eb("first_entry", ">=", which.first), eb("first_entry", "<=", which.last)])
        : eb("first_entry", "in", which),
    )
    .groupBy("first_entry");
  const changes = await kysely
    .selectFrom("change")
    .innerJoin("account", "account.key", "change.account")
    .selectAll("change")
    .select("account.id as currentId")
    .where("change.key", "in", next)
    .execute();
  for (const change of changes) {
    const state = stateBefore({ ...change, accountId: change.account_id ?? change.currentId });
    states.set(state.key, state);
  }
  return states;
}

/** Transactions as they were in some states, in their order. */
export async function transactionsOf(
  { kysely, packs }: { kysely: Kysely<Schema>; packs: PackCache },
  states: readonly EntryState[],
): Promise<ArchivedTransaction[]> {
  const transactions: ArchivedTransaction[] = [];
  for (const group of inGroups(states)) {
    const places = await payloadPlaces(
      kysely,
      group.map(({ payload }) => payload),
    );
    const found = group.flatMap((state) => {
      const place = places.get(state.payload);
      return place === undefined ? [] : [{ state, place }];
    });
    const payloads = await packs.payloadsAt(
      kysely,
      found.map(({ place }) => place),
    );
    if (found.length < group.length) throw new Error("The wording of a transaction is missing.");
    for (const [at, { state }] of found.entries()) {
      transactions.push(transactionFrom(state, state.account, payloads[at]));
    }
  }
  return transactions;
}
