import type { Writer } from "../database/index.ts";
import { inGroups } from "./pack-cache.ts";
import { digestBytes, digestText, type EncodedPayload, MOST_IN_A_PACK, packed } from "./payload.ts";

/** The payloads of a response, as they are stored. */
export interface StoredPayloads {
  /** Their keys, by digest. */
  readonly keys: ReadonlyMap<string, number>;
  /** The keys of those that were not stored before. */
  readonly added: ReadonlySet<number>;
}

/**
 * Stores the payloads that the account does not have yet, and returns all keys. A wording that the bank repeats is
 * stored once, however often it comes.
 *
 * @param known keys that need not be looked up
 */
export async function storePayloads(
  writer: Writer,
  account: number,
  payloads: readonly EncodedPayload[],
  known: ReadonlyMap<string, number>,
): Promise<StoredPayloads> {
  const keys = new Map<string, number>();
  const unknown = new Map<string, EncodedPayload>();
  for (const payload of payloads) {
    const key = known.get(payload.digest);
    if (key === undefined) unknown.set(payload.digest, payload);
    else keys.set(payload.digest, key);
  }
  for (const [digest, key] of await storedKeys(writer, account, [...unknown.keys()])) {
    keys.set(digest, key);
    unknown.delete(digest);
  }
  const added = [...unknown.values()];
  const rows = [];
  const newKeys = await writer.newKeys("payload", added.length);
  const packKeys = await writer.newKeys("pack", Math.ceil(added.length / MOST_IN_A_PACK));
  const packs = packKeys.map((key, at) => {
    const together = added.slice(at * MOST_IN_A_PACK, (at + 1) * MOST_IN_A_PACK);
    return { key, account, data: packed(together.map(({ text }) => text)) };
  });
  for (const [at, { digest }] of added.entries()) {
    const [key, pack] = [newKeys[at], packKeys[Math.floor(at / MOST_IN_A_PACK)]];
    if (key === undefined || pack === undefined) throw new Error("The database gave too few keys.");
    keys.set(digest, key);
    rows.push({ key, account, digest: digestBytes(digest), pack, place: at % MOST_IN_A_PACK });
  }
  await writer.insert("pack", packs);
  await writer.insert("payload", rows);
  return { keys, added: new Set(newKeys) };
}

async function storedKeys(
  writer: Writer,
  account: number,
  digests: readonly string[],
): Promise<Map<string, number>> {
  const keys = new Map<string, number>();
  if (digests.length === 0 || !(await hasPayloads(writer, account))) return keys;
  for (const group of inGroups(digests)) {
    const rows = await writer.kysely
      .selectFrom("payload")
      .select(["key", "digest"])
      .where("account", "=", account)
      .where("digest", "in", group.map(digestBytes))
      .execute();
    for (const { key, digest } of rows) keys.set(digestText(digest), key);
  }
  return keys;
}

async function hasPayloads(writer: Writer, account: number): Promise<boolean> {
  const first = await writer.kysely
    .selectFrom("payload")
    .select("key")
    .where("account", "=", account)
    .limit(1)
    .executeTakeFirst();
  return first !== undefined;
}
