import type { Kysely } from "kysely";
import type { Schema } from "../database/index.ts";
import type { EntryRow } from "./known.ts";
import type { Replayed } from "./replay.ts";
import type { Target } from "./replay-target.ts";

/** An id that a transaction had before it turned out to be another one, and where it began. */
interface FormerId {
  readonly account: number;
  readonly entry: number;
  readonly run: number | null;
  readonly list: string | null;
  readonly position: number | null;
}

/** What the transactions of the archive were, and are now. */
interface Replaced {
  /** Where former ids led before. */
  readonly stored: ReadonlyMap<string, FormerId>;
  /** The transactions that are removed. */
  readonly gone: readonly EntryRow[];
  /** Keys of the archive for those of the replay. */
  readonly realKeys: (key: number) => number;
}

/**
 * Makes every id that anybody may have seen lead somewhere after a replay: to the transaction that its first row is now.
 *
 * @returns the keys of the transactions to which former ids lead
 */
export async function applyFormerIds(
  target: Target,
  { scratch, leadsTo }: Replayed,
  { stored, gone, realKeys }: Replaced,
): Promise<Map<string, number>> {
  const { writer, account, places } = target;
  const present = await idsOf(writer.kysely, account);
  const replayed = await formerIdsOf(scratch.kysely, [account]);
  const wanted = new Map<string, FormerId>();
  for (const [id, former] of replayed) wanted.set(id, { ...former, entry: realKeys(former.entry) });
  const keyOf = (id: string | undefined) =>
    id === undefined ? undefined : (present.get(id) ?? wanted.get(id)?.entry);
  const began = new Map(places.map((place) => [place.id, place]));
  const goneIds = new Map(gone.map(({ key, id }) => [key, id]));
  const now = (key: number | undefined) => {
    const id = key === undefined ? undefined : goneIds.get(key);
    return id === undefined ? key : keyOf(leadsTo.get(id));
  };
  for (const id of new Set([...began.keys(), ...stored.keys()])) {
    if (present.has(id) || wanted.has(id)) continue;
    const { run = null, list = null, position = null } = began.get(id) ?? {};
    // Nobody knows where one of version 1 of the tables began: it follows the transaction to which it led.
    const entry = keyOf(leadsTo.get(id)) ?? now(stored.get(id)?.entry);
    if (entry !== undefined) wanted.set(id, { account, entry, run, list, position });
  }
  const isSame = (one: FormerId | undefined, other: FormerId) =>
    one !== undefined &&
    one.account === other.account &&
    one.entry === other.entry &&
    one.run === other.run &&
    one.list === other.list &&
    one.position === other.position;
  for (const [id, former] of stored) {
    if (isSame(wanted.get(id), former) || goneIds.has(former.entry)) continue;
    await writer.kysely.deleteFrom("former_id").where("id", "=", id).execute();
  }
  const added = [...wanted].filter(([id, former]) => !isSame(stored.get(id), former));
  await writer.insert(
    "former_id",
    added.map(([id, former]) => ({ id, ...former })),
  );
  return new Map([...wanted].map(([id, { entry }]) => [id, entry]));
}

async function idsOf(kysely: Kysely<Schema>, account: number): Promise<Map<string, number>> {
  const rows = await kysely
    .selectFrom("entry")
    .select(["id", "key"])
    .where("account", "=", account)
    .execute();
  return new Map(rows.map(({ id, key }) => [id, key]));
}

/** The ids that transactions of some accounts had, and what they lead to. */
export async function formerIdsOf(
  kysely: Kysely<Schema>,
  accounts: readonly number[],
): Promise<Map<string, FormerId>> {
  const rows = await kysely.selectFrom("former_id").selectAll().where("account", "in", accounts).execute();
  return new Map(rows.map(({ id, ...former }) => [id, former]));
}
