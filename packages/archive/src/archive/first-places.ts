import type { TransactionStatus } from "bankdata-core/bank";
import type { Kysely } from "kysely";
import type { Schema } from "../database/index.ts";
import { listOf } from "./known.ts";
import type { ListingCache } from "./listing-store.ts";
import { positionIn } from "./runs.ts";

/** Where a row stood: by it, a transaction is found again whatever the rules make of the others. */
export interface RowPlace {
  readonly run: number;
  readonly list: TransactionStatus;
  readonly position: number;
}

/** What reads where rows stood. */
export interface PlaceReader {
  readonly kysely: Kysely<Schema>;
  readonly listings: ListingCache;
}

/** The place of a row as one text, for maps. */
export function placeText({ run, list, position }: RowPlace): string {
  return `${run} ${list} ${position}`;
}

/** The row by which a transaction began, its id, and its key unless it turned out to be another one. */
export interface FirstPlace extends RowPlace {
  readonly id: string;
  readonly key: number | undefined;
}

/** Where each transaction of an account began, also those that turned out to be another one. */
export async function firstPlaces(reader: PlaceReader, account: number): Promise<FirstPlace[]> {
  const entries = await reader.kysely
    .selectFrom("entry")
    .select(["id", "key", "first_run as run", "first_list as list", "first_position as position"])
    .where("account", "=", account)
    .execute();
  const former = await reader.kysely
    .selectFrom("former_id")
    .select(["id", "run", "list", "position"])
    .where("account", "=", account)
    .execute();
  const places: FirstPlace[] = [];
  for (const { id, run, list, position } of former)
    if (run !== null && list !== null && position !== null)
      places.push({ id, key: undefined, run, list: listOf(list), position });
  const unplaced = new Map<number, string>();
  for (const { id, key, run, list, position } of entries) {
    if (list !== null && position !== null) places.push({ id, key, run, list: listOf(list), position });
    else unplaced.set(key, id);
  }
  return unplaced.size === 0 ? places : [...places, ...(await placesByLinks(reader, account, unplaced))];
}

/** The same for transactions of version 1 of the tables, which did not keep it: their first links tell. */
async function placesByLinks(
  { kysely, listings }: PlaceReader,
  account: number,
  unplaced: ReadonlyMap<number, string>,
): Promise<FirstPlace[]> {
  const links = await kysely
    .selectFrom("link")
    .innerJoin("entry", "entry.key", "link.entry")
    .innerJoin("run", (join) =>
      join.onRef("run.account", "=", "entry.account").onRef("run.number", "=", "link.since"),
    )
    .select(["entry.key", "run.number", "run.listing", "link.payload", "link.list", "link.ordinal"])
    .where("entry.account", "=", account)
    .where("entry.first_list", "is", null)
    .whereRef("link.since", "=", "entry.first_run")
    .execute();
  const places = new Map<number, FirstPlace>();
  for (const { key, number, listing, payload, ordinal, list: name } of links) {
    const id = unplaced.get(key);
    const list = listOf(name);
    const position = positionIn(await listings.listing(kysely, listing), { list, payload, ordinal });
    if (id !== undefined && position !== undefined && !places.has(key))
      places.set(key, { id, key, run: number, list, position });
  }
  return [...places.values()];
}
