import type { Kysely, Selectable } from "kysely";
import type { RunTable, Schema } from "../database/index.ts";
import type { Listing, ListName } from "./listing.ts";
import { inGroups, type PayloadPlace } from "./pack-cache.ts";

export type RunRow = Selectable<RunTable>;

/** The runs of an account, in the order in which they were read. */
export async function runsOf(kysely: Kysely<Schema>, account: number): Promise<RunRow[]> {
  return await kysely
    .selectFrom("run")
    .selectAll()
    .where("account", "=", account)
    .orderBy("number")
    .execute();
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
