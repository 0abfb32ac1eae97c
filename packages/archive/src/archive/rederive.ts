import type { Kysely } from "kysely";
import type { Schema, Writer } from "../database/index.ts";
import type { Row } from "../identity/index.ts";
import { requiredAccount } from "./account-reading.ts";
import type { AccountRow } from "./accounts.ts";
import { applyReplayed } from "./apply-replayed.ts";
import type { EntryChanges } from "./entry-changes.ts";
import { firstPlaces } from "./first-places.ts";
import { followChanges } from "./follow-changes.ts";
import { ListingCache } from "./listing-store.ts";
import { PackCache } from "./pack-cache.ts";
import type { AccountQuery } from "./query.ts";
import type { Reader } from "./read.ts";
import { lastCursor } from "./read-changes.ts";
import { type Recordings, replay } from "./replay.ts";
import { decisionsOf } from "./rulings.ts";
import { runsOf } from "./runs.ts";

/** What reading again changed. */
export interface Rederived {
  /** How many accounts were read. */
  readonly accounts: number;
  /** How many responses were read. */
  readonly runs: number;
  /** How many transactions are new. */
  readonly added: number;
  /** How many are not as before. */
  readonly modified: number;
  /** How many turned out to be another one. */
  readonly removed: number;
  /** The cursor from which `changes` tells what changed. */
  readonly since: string;
}

/** What reading again needs. */
export interface Rederiving {
  readonly reader: Reader;
  /** The id of a transaction that a row begins. */
  readonly newId: (row?: Row) => string;
  /** In milliseconds since 1970. */
  readonly now: () => number;
}

/** Reads what was recorded again, under the present rules and decisions. @throws ConfigurationError if there is no such account */
export async function rederive(tools: Rederiving, { account }: AccountQuery): Promise<Rederived> {
  const { database, tenant } = tools.reader;
  const { kysely } = database;
  const since = await lastCursor({ kysely, tenant });
  const accounts =
    account === undefined
      ? await kysely.selectFrom("account").select("key").where("tenant", "=", tenant).orderBy("key").execute()
      : [await requiredAccount({ kysely, tenant }, account)];
  let total: Rederived = { accounts: 0, runs: 0, added: 0, modified: 0, removed: 0, since };
  for (const { key } of accounts) total = plus(total, await rederiveAccount(tools, key));
  return total;
}

/** How often an account is read beside the writers before they have to wait for it. */
const MOST_ATTEMPTS = 3;

/**
 * Reads an account again as of one moment, and applies it if nothing has happened to it meanwhile; otherwise, once more. In
 * the end, others have to wait until it is done.
 */
async function rederiveAccount(tools: Rederiving, key: number): Promise<Counted> {
  const { database } = tools.reader;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const prepared = await database.read(async (kysely) => {
      // Before all else: the one connection of a database in memory sees what is written meanwhile.
      const state = await stateOf(kysely, key);
      const recordings = await recordingsOf({ ...tools.reader, kysely }, key);
      if (recordings === undefined) return undefined;
      const replayed = await replay({ ...tools.reader, kysely }, recordings, { ...tools, now: tools.now() });
      return { recordings, replayed, state };
    });
    if (prepared === undefined) return NOTHING;
    await using _ = prepared.replayed;
    const applied = await database.write(async (writer) => {
      await lock(writer, key);
      if ((await stateOf(writer.kysely, key)) !== prepared.state) return undefined;
      const { account, places } = prepared.recordings;
      const target = {
        writer,
        packs: new PackCache(),
        account: account.key,
        accounts: [account.key],
        places,
      };
      return await followed(writer, key, await applyReplayed(target, prepared.replayed));
    });
    if (applied !== undefined) return counted(applied, prepared.recordings);
  }
  return await database.write(async (writer) => {
    await lock(writer, key);
    return await rederiveWithin(writer, tools, key);
  });
}

/** Reads an account again within a write, which holds the locks. */
export async function rederiveWithin(
  writer: Writer,
  { newId, now }: Pick<Rederiving, "newId" | "now">,
  key: number,
): Promise<Counted> {
  const reader = { kysely: writer.kysely, packs: new PackCache(), listings: new ListingCache() };
  const recordings = await recordingsOf(reader, key);
  if (recordings === undefined) return NOTHING;
  await using replayed = await replay(reader, recordings, { newId, now: now() });
  const target = {
    writer,
    ...{ packs: reader.packs, account: key, accounts: [key], places: recordings.places },
  };
  return counted(await followed(writer, key, await applyReplayed(target, replayed)), recordings);
}

/** What was read, in numbers. */
export type Counted = Omit<Rederived, "since">;

const NOTHING: Counted = { accounts: 0, runs: 0, added: 0, modified: 0, removed: 0 };

function counted({ added, modified, removed }: EntryChanges, { runs }: Recordings): Counted {
  return {
    ...{ accounts: 1, runs: runs.length },
    ...{ added: added.length, modified: modified.length, removed: removed.length },
  };
}

/** Two counts as one. */
export function plus<Total extends Counted>(total: Total, one: Counted): Total {
  return {
    ...total,
    accounts: total.accounts + one.accounts,
    runs: total.runs + one.runs,
    added: total.added + one.added,
    modified: total.modified + one.modified,
    removed: total.removed + one.removed,
  };
}

async function followed(writer: Writer, account: number, changes: EntryChanges): Promise<EntryChanges> {
  await followChanges(writer, account, changes);
  return changes;
}

async function lock(writer: Writer, account: number): Promise<void> {
  await writer.lockAccount(0);
  await writer.lockAccount(account);
}

async function recordingsOf(
  { kysely, listings }: { kysely: Kysely<Schema>; listings: ListingCache },
  key: number,
): Promise<Recordings | undefined> {
  const account: AccountRow | undefined = await kysely
    .selectFrom("account")
    .selectAll()
    .where("key", "=", key)
    .executeTakeFirst();
  if (account === undefined) return undefined;
  return {
    account,
    runs: await runsOf(kysely, key),
    places: await firstPlaces({ kysely, listings }, key),
    decisions: await decisionsOf(kysely, key),
  };
}

/** What must not have changed when a replay is applied. */
async function stateOf(kysely: Kysely<Schema>, account: number): Promise<string> {
  const runs = await kysely
    .selectFrom("account")
    .select("runs")
    .where("key", "=", account)
    .executeTakeFirst();
  const [decision, change] = [
    await kysely
      .selectFrom("decision")
      .select("key")
      .where("account", "=", account)
      .orderBy("key", "desc")
      .executeTakeFirst(),
    await kysely
      .selectFrom("change")
      .select("key")
      .where("account", "=", account)
      .orderBy("key", "desc")
      .executeTakeFirst(),
  ];
  return JSON.stringify([runs?.runs, decision?.key, change?.key]);
}
