import type { Writer } from "../database/index.ts";
import type { Row } from "../identity/index.ts";
import type { ListingCache } from "./listing-store.ts";
import type { PackCache } from "./pack-cache.ts";

/** What recording needs besides the response. */
export interface RecordingTools {
  readonly writer: Writer;
  readonly packs: PackCache;
  readonly listings: ListingCache;
  /** The id of a transaction that a row begins. */
  readonly newId: (row: Row) => string;
  /** The key of a transaction with an id that is not new; undefined if it is. */
  readonly keyOf?: ((id: string) => number | undefined) | undefined;
  /** The current time, in milliseconds since 1970. */
  readonly now: number;
}
