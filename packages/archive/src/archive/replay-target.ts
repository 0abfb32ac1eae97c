import type { Writer } from "../database/index.ts";
import type { FirstPlace } from "./first-places.ts";
import type { PackCache } from "./pack-cache.ts";

/** Where what was replayed is applied. */
export interface Target {
  readonly writer: Writer;
  readonly packs: PackCache;
  /** The key of the account that was replayed. */
  readonly account: number;
  /** The keys of the accounts whose transactions it has now; more than itself if others become one with it. */
  readonly accounts: readonly number[];
  readonly places: readonly FirstPlace[];
}
