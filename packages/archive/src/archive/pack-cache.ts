import type { Kysely } from "kysely";
import type { Schema } from "../database/index.ts";
import { type Payload, unpacked } from "./payload.ts";

/** How many packs are kept unpacked: some 5 MB. */
const MOST_PACKS = 64;

/** Where a payload is. */
export interface PayloadPlace {
  readonly pack: number;
  readonly place: number;
}

/**
 * Reads payloads, and keeps the packs that were read last: neighbours in time are in the same pack. A pack that is
 * committed never changes, so what is kept is never out of date.
 */
export class PackCache {
  readonly #packs = new Map<number, readonly Payload[]>();

  /** The payloads at some places, in their order. @throws Error if one is missing, or damaged */
  async payloadsAt(kysely: Kysely<Schema>, places: readonly PayloadPlace[]): Promise<Payload[]> {
    const needed = new Map<number, readonly Payload[]>();
    const missing = new Set<number>();
    for (const { pack } of places) {
      const kept = this.#packs.get(pack);
      if (kept === undefined) missing.add(pack);
      else needed.set(pack, kept);
    }
    for (const keys of inGroups([...missing])) {
      const rows = await kysely.selectFrom("pack").select(["key", "data"]).where("key", "in", keys).execute();
      for (const { key, data } of rows) {
        const payloads = unpacked(data);
        needed.set(key, payloads);
        this.#keep(key, payloads);
      }
    }
    return places.map(({ pack, place }) => {
      const payload = needed.get(pack)?.[place];
      if (payload === undefined) throw new Error(`Payload ${place} of pack ${pack} is missing.`);
      return payload;
    });
  }

  #keep(key: number, payloads: readonly Payload[]): void {
    this.#packs.set(key, payloads);
    for (const oldest of this.#packs.keys()) {
      if (this.#packs.size <= MOST_PACKS) break;
      this.#packs.delete(oldest);
    }
  }
}

/** Databases limit how many values a statement may have. */
const MOST_VALUES = 500;

/** Values in groups that fit into one statement. */
export function inGroups<T>(values: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < values.length; at += MOST_VALUES) groups.push(values.slice(at, at + MOST_VALUES));
  return groups;
}
