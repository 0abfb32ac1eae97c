import type { Kysely } from "kysely";
import type { Schema, Writer } from "../database/index.ts";
import {
  areEqualListings,
  decodeListing,
  encodeDifference,
  encodeListing,
  type Listing,
  needsBase,
  rowsIn,
} from "./listing.ts";

/** How many rows of listings are kept in memory: some 16 MB. */
const MOST_ROWS = 2_000_000;

/** Reads listings, and keeps those that were read last. A listing never changes, so what is kept is never out of date. */
export class ListingCache {
  readonly #listings = new Map<number, Listing>();
  #rows = 0;

  /** The listing with a key. @throws Error if it is missing, or damaged */
  async listing(kysely: Kysely<Schema>, key: number): Promise<Listing> {
    const kept = this.#listings.get(key);
    if (kept !== undefined) return kept;
    const { base, data } = await kysely
      .selectFrom("listing")
      .select(["base", "data"])
      .where("key", "=", key)
      .executeTakeFirstOrThrow();
    const complete = needsBase(data) && base !== null ? await this.listing(kysely, base) : undefined;
    const listing = decodeListing(data, complete);
    this.#keep(key, listing);
    return listing;
  }

  #keep(key: number, listing: Listing): void {
    this.#listings.set(key, listing);
    this.#rows += rowsIn(listing);
    for (const [oldest, kept] of this.#listings) {
      if (this.#rows <= MOST_ROWS || oldest === key) break;
      this.#listings.delete(oldest);
      this.#rows -= rowsIn(kept);
    }
  }
}

/**
 * Stores a listing, and returns its key. One that equals the account's last one is not stored again; one that resembles the
 * last complete one is stored as what differs, so that reading it takes one step.
 *
 * @param last the key of the listing of the run before; undefined for the first
 */
export async function storeListing(
  writer: Writer,
  cache: ListingCache,
  { account, listing, last }: { account: number; listing: Listing; last: number | undefined },
): Promise<number> {
  const complete = encodeListing(listing);
  let stored: { base: number | null; data: Uint8Array } = { base: null, data: complete };
  if (last !== undefined) {
    if (areEqualListings(listing, await cache.listing(writer.kysely, last))) return last;
    const base = await completeListingOf(writer, last);
    const data = encodeDifference(listing, await cache.listing(writer.kysely, base));
    if (data.length < complete.length / 2) stored = { base, data };
  }
  const [key] = await writer.newKeys("listing", 1);
  if (key === undefined) throw new Error("The database gave no key.");
  await writer.insert("listing", [{ key, account, ...stored }]);
  return key;
}

/** The complete listing of which a listing is a difference, or itself. */
async function completeListingOf(writer: Writer, key: number): Promise<number> {
  const { base } = await writer.kysely
    .selectFrom("listing")
    .select("base")
    .where("key", "=", key)
    .executeTakeFirstOrThrow();
  return base ?? key;
}
