import type { Kysely, Selectable } from "kysely";
import type { LinkTable, Schema, Writer } from "../database/index.ts";
import type { AddedEntry, EntryChanges, ModifiedEntry, RemovedEntry } from "./entry-changes.ts";
import { applyFormerIds, formerIdsOf } from "./former-ids.ts";
import type { EntryRow } from "./known.ts";
import { inGroups } from "./pack-cache.ts";
import { isUnreadable } from "./payload.ts";
import type { Replayed } from "./replay.ts";
import type { Target } from "./replay-target.ts";
import { payloadPlaces } from "./runs.ts";

/**
 * Makes the transactions and links of an account what they are in a replay, and returns what that changed. What is the same
 * is not written.
 */
export async function applyReplayed(target: Target, replayed: Replayed): Promise<EntryChanges> {
  const { writer, account } = target;
  const entries = await applyEntries(target, replayed);
  const relinked = await applyLinks(target, replayed, entries.realKeys);
  // Those of a transaction go with it, and have to lead on.
  const formerIds = await formerIdsOf(writer.kysely, target.accounts);
  for (const keys of inGroups(entries.gone.map(({ key }) => key)))
    await writer.kysely.deleteFrom("entry").where("key", "in", keys).execute();
  const { gone, realKeys } = entries;
  const leadsTo = await applyFormerIds(target, replayed, { stored: formerIds, gone, realKeys });
  await writer.kysely
    .updateTable("account")
    .set({ memory: replayed.memory })
    .where("key", "=", account)
    .execute();
  return await changesOf(target, { ...entries, relinked, leadsTo });
}

/** What was done to the rows of transactions. */
interface AppliedEntries {
  readonly added: readonly EntryRow[];
  readonly modified: Map<number, EntryRow>;
  /** Those that are to be removed once nothing refers to them. */
  readonly gone: readonly EntryRow[];
  /** Keys of the archive for those of the replay. */
  readonly realKeys: (key: number) => number;
}

async function applyEntries(
  { writer, accounts, account }: Target,
  { scratch, firstNewKey }: Replayed,
): Promise<AppliedEntries> {
  const [added, gone, modified] = [[] as EntryRow[], [] as EntryRow[], new Map<number, EntryRow>()];
  const real = new Map<number, number>();
  const realKeys = (key: number) => real.get(key) ?? key;
  const wanted = rowsByKey(scratch.kysely, [account]);
  let next = await wanted.next();
  const add = async (row: EntryRow) => {
    const [key] = row.key < firstNewKey ? [row.key] : await writer.newKeys("entry", 1);
    if (key === undefined) throw new Error("The database gave no key.");
    real.set(row.key, key);
    added.push({ ...row, key });
  };
  for await (const row of rowsByKey(writer.kysely, accounts)) {
    while (next.done !== true && next.value.key < row.key) {
      await add(next.value);
      next = await wanted.next();
    }
    if (next.done === true || next.value.key !== row.key) gone.push(row);
    else {
      const { key, ...columns } = next.value;
      if (areDifferent(row, next.value)) {
        modified.set(key, row);
        await writer.kysely.updateTable("entry").set(columns).where("key", "=", key).execute();
      }
      next = await wanted.next();
    }
  }
  for (; next.done !== true; next = await wanted.next()) await add(next.value);
  // Its id may be one of those that end here.
  await writer.insert("entry", added);
  return { added, modified, gone, realKeys };
}

/** How many rows are compared at once. */
const BATCH = 1000;

/** The transactions of some accounts in the order of their keys. */
async function* rowsByKey(
  kysely: Kysely<Schema>,
  accounts: readonly number[],
): AsyncGenerator<EntryRow, void, undefined> {
  const keys = await kysely
    .selectFrom("entry")
    .select("key")
    .where("account", "in", accounts)
    .orderBy("key")
    .execute();
  for (let at = 0; at < keys.length; at += BATCH) {
    const [first, last] = [keys[at], keys[Math.min(at + BATCH, keys.length) - 1]];
    if (first === undefined || last === undefined) return;
    yield* await kysely
      .selectFrom("entry")
      .selectAll()
      .where("key", ">=", first.key)
      .where("key", "<=", last.key)
      .where("account", "in", accounts)
      .orderBy("key")
      .execute();
  }
}

function areDifferent(one: EntryRow, other: EntryRow): boolean {
  const columns = Object.keys(one) as (keyof EntryRow)[];
  return columns.some((column) => one[column] !== other[column]);
}

type LinkRow = Selectable<LinkTable>;

/** Makes the links what they are in a replay. Returns the keys of the transactions that got or lost rows of others. */
async function applyLinks(
  { writer, accounts }: Target,
  { scratch }: Replayed,
  realKeys: (key: number) => number,
): Promise<Set<number>> {
  const relinked = new Set<number>();
  const payloads = await writer.kysely
    .selectFrom("payload")
    .select("key")
    .where("account", "in", accounts)
    .orderBy("key")
    .execute();
  for (const group of inGroups(payloads.map(({ key }) => key))) {
    const present = new Map((await linksOf(writer.kysely, group)).map((row) => [nameOf(row), row]));
    const added: LinkRow[] = [];
    for (const row of await linksOf(scratch.kysely, group)) {
      const [name, link] = [nameOf(row), { ...row, entry: realKeys(row.entry) }];
      const was = present.get(name);
      present.delete(name);
      if (was === undefined) added.push(link);
      else if (isDifferent(was, link)) await updateLink(writer, link);
      if (was?.entry !== link.entry)
        for (const key of [was?.entry, link.entry]) if (key !== undefined) relinked.add(key);
    }
    await writer.insert("link", added);
    for (const row of present.values()) {
      relinked.add(row.entry);
      await deleteLink(writer, row);
    }
  }
  return relinked;
}

async function linksOf(kysely: Kysely<Schema>, payloads: readonly number[]): Promise<LinkRow[]> {
  return await kysely.selectFrom("link").selectAll().where("payload", "in", payloads).execute();
}

function nameOf({ payload, list, ordinal, since }: LinkRow): string {
  return `${payload} ${list} ${ordinal} ${since}`;
}

function isDifferent(one: LinkRow, other: LinkRow): boolean {
  return (
    one.entry !== other.entry ||
    one.rule !== other.rule ||
    one.cost !== other.cost ||
    one.certain !== other.certain ||
    one.version !== other.version
  );
}

async function updateLink(
  { kysely }: Writer,
  { payload, list, ordinal, since, ...link }: LinkRow,
): Promise<void> {
  await kysely
    .updateTable("link")
    .set(link)
    .where("payload", "=", payload)
    .where("list", "=", list)
    .where("ordinal", "=", ordinal)
    .where("since", "=", since)
    .execute();
}

async function deleteLink({ kysely }: Writer, { payload, list, ordinal, since }: LinkRow): Promise<void> {
  await kysely
    .deleteFrom("link")
    .where("payload", "=", payload)
    .where("list", "=", list)
    .where("ordinal", "=", ordinal)
    .where("since", "=", since)
    .execute();
}

/** What was applied, as those who follow the archive are told. */
async function changesOf(
  { writer, packs }: Target,
  {
    added,
    modified,
    gone,
    relinked,
    leadsTo,
  }: AppliedEntries & { relinked: ReadonlySet<number>; leadsTo: ReadonlyMap<string, number> },
): Promise<EntryChanges> {
  const rows = new Map(modified);
  const others = [...relinked].filter((key) => !rows.has(key));
  const isOver = new Set([...added, ...gone].map(({ key }) => key));
  for (const keys of inGroups(others.filter((key) => !isOver.has(key)))) {
    const unchanged = await writer.kysely.selectFrom("entry").selectAll().where("key", "in", keys).execute();
    for (const row of unchanged) rows.set(row.key, row);
  }
  const now = await rowsWith(writer, [...rows.keys()]);
  const removed = gone.flatMap((before): RemovedEntry[] => {
    const into = leadsTo.get(before.id);
    return into === undefined ? [] : [{ before, into }];
  });
  return {
    added: await withEntries({ writer, packs }, added, (row, entry): AddedEntry => ({ key: row.key, entry })),
    modified: await withEntries({ writer, packs }, now, (row, entry): ModifiedEntry => {
      const before = rows.get(row.key) ?? row;
      return { before, entry, isRelinked: relinked.has(row.key) };
    }),
    removed,
  };
}

async function rowsWith({ kysely }: Writer, keys: readonly number[]): Promise<EntryRow[]> {
  const rows: EntryRow[] = [];
  for (const group of inGroups(keys))
    rows.push(...(await kysely.selectFrom("entry").selectAll().where("key", "in", group).execute()));
  return rows;
}

/** Completes rows by what the bank said last. */
async function withEntries<Result>(
  { writer, packs }: Pick<Target, "writer" | "packs">,
  rows: readonly EntryRow[],
  complete: (row: EntryRow, entry: AddedEntry["entry"]) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const group of inGroups(rows)) {
    const places = await payloadPlaces(
      writer.kysely,
      group.map(({ payload }) => payload),
    );
    const found = group.flatMap((row) => {
      const place = places.get(row.payload);
      return place === undefined ? [] : [{ row, place }];
    });
    const payloads = await packs.payloadsAt(
      writer.kysely,
      found.map(({ place }) => place),
    );
    for (const [at, { row }] of found.entries()) {
      const payload = payloads[at];
      if (payload !== undefined && !isUnreadable(payload)) results.push(complete(row, payload));
    }
  }
  return results;
}
