import type { Kysely, Selectable } from "kysely";
import type { RunTable, Schema } from "../database/index.ts";
import type { Listing, ListName } from "./listing.ts";
import type { ListingCache } from "./listing-store.ts";
import { inGroups, type PackCache, type PayloadPlace } from "./pack-cache.ts";
import { type SentResponse, type SentRow, sentRow } from "./response-rows.ts";

export type RunRow = Selectable<RunTable>;

/** What reads what is stored. */
export interface Readers {
  readonly kysely: Kysely<Schema>;
  readonly packs: PackCache;
  readonly listings: ListingCache;
}

/** The runs of some accounts, in the order in which the bank said what is in them. */
export async function runsOf(kysely: Kysely<Schema>, accounts: readonly number[]): Promise<RunRow[]> {
  return await kysely
    .selectFrom("run")
    .selectAll()
    .where("account", "in", accounts)
    .orderBy("observed_at")
    .orderBy("number")
    .orderBy("account")
    .execute();
}

/** The response that a run recorded, as it came. */
export async function responseOf(readers: Readers, run: RunRow): Promise<SentResponse> {
  const listing = await readers.listings.listing(readers.kysely, run.listing);
  return {
    provider: run.provider,
    handle: run.handle,
    observedAt: run.observed_at,
    coverage: { from: run.covers_from, to: run.covers_to, pending: run.covers_pending === 1 },
    rows: await rowsOf(readers, listing),
  };
}

async function rowsOf({ kysely, packs }: Readers, listing: Listing): Promise<SentRow[]> {
  const placed = [...listing].flatMap(([list, keys]) =>
    [...keys.entries()].flatMap(([position, key]) => (key === 0 ? [] : [{ list, position, key }])),
  );
  const places = await payloadPlaces(
    kysely,
    placed.map(({ key }) => key),
  );
  const found = placed.map(({ key, ...place }) => ({ ...place, at: placeOf(places, key) }));
  const payloads = await packs.payloadsAt(
    kysely,
    found.map(({ at }) => at),
  );
  return found.flatMap(({ list, position }, at) => {
    const payload = payloads[at];
    return payload === undefined ? [] : [sentRow(list, position, payload)];
  });
}

/** Where payloads are, by key. */
export async function payloadPlaces(
  kysely: Kysely<Schema>,
  keys: readonly number[],
): Promise<ReadonlyMap<number, PayloadPlace>> {
  const places = new Map<number, PayloadPlace>();
  for (const group of inGroups([...new Set(keys)])) {
    const rows = await kysely
      .selectFrom("payload")
      .select(["key", "pack", "place"])
      .where("key", "in", group)
      .execute();
    for (const { key, pack, place } of rows) places.set(key, { pack, place });
  }
  return places;
}

function placeOf(places: ReadonlyMap<number, PayloadPlace>, key: number): PayloadPlace {
  const place = places.get(key);
  if (place === undefined) throw new Error(`Payload ${key} is missing.`);
  return place;
}

/** The position of the `ordinal`th row with a payload in a list; undefined if there are not as many. */
export function positionIn(
  listing: Listing,
  { list, payload, ordinal }: { list: ListName; payload: number; ordinal: number },
): number | undefined {
  const keys = listing.get(list) ?? [];
  let position = keys.indexOf(payload);
  for (let count = 0; count < ordinal && position !== -1; count += 1)
    position = keys.indexOf(payload, position + 1);
  return position === -1 ? undefined : position;
}
