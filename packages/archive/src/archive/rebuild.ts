import type { Row } from "../identity/index.ts";
import { type AccountRow, identitiesOf, lockedAccount, storeIdentities } from "./accounts.ts";
import { listOf } from "./known.ts";
import { type RecordingTools, recordResponse } from "./record-response.ts";
import { positionIn, type RunRow, responseOf, runsOf } from "./runs.ts";

/** Where a row stood: the place of its run among all runs, its list, and its position. */
interface RowPlace {
  readonly run: number;
  readonly list: Row["status"];
  readonly position: number;
}

/**
 * Makes one account of two, within the open transaction: all responses are read again, in the order in which the bank sent
 * them. Transactions keep their ids; of those that turn out to be the same, one id stays and the others lead to it.
 *
 * @param into whose id and description stay
 * @returns the account with everything
 */
export async function uniteAccounts(
  tools: RecordingTools,
  into: AccountRow,
  other: AccountRow,
): Promise<AccountRow> {
  const { kysely } = tools.writer;
  const old = [into.key, other.key];
  const runs = await runsOf(kysely, old);
  const places = await firstPlaces(tools, runs);
  const formerIds = await formerIdsOf(tools, old);
  // From here on the ids are free for the same transactions in the new account.
  await kysely
    .deleteFrom("link")
    .where("entry", "in", kysely.selectFrom("entry").select("key").where("account", "in", old))
    .execute();
  await kysely.deleteFrom("former_id").where("account", "in", old).execute();
  await kysely.deleteFrom("entry").where("account", "in", old).execute();
  const { key: _, ...description } = into;
  const { key } = await kysely
    .insertInto("account")
    .values({ ...description, id: `${into.id}+`, memory: null, runs: 0 })
    .returning("key")
    .executeTakeFirstOrThrow();
  const leadsTo = await readAgain(tools, { key, runs, places });
  for (const former of formerIds) leadsTo.set(former.id, leadsTo.get(former.leadsTo) ?? former.leadsTo);
  await keepFormerIds(tools, key, leadsTo);
  for (const one of await latestFirst(tools, old))
    await storeIdentities(tools.writer, key, await identitiesOf(tools.writer, one));
  for (const table of ["account_handle", "balance"] as const) {
    await kysely.updateTable(table).set({ account: key }).where("account", "in", old).execute();
  }
  await kysely.deleteFrom("account").where("key", "in", old).execute();
  await kysely.updateTable("account").set({ id: into.id }).where("key", "=", key).execute();
  return await lockedAccount(tools, key);
}

/** Accounts by when they were last read, the latest first, as its identities are the strongest. */
async function latestFirst({ writer }: RecordingTools, accounts: readonly number[]): Promise<number[]> {
  const rows = await writer.kysely
    .selectFrom("account_handle")
    .select(({ fn }) => ["account", fn.max("last_seen_at").as("seenAt")] as const)
    .where("account", "in", accounts)
    .groupBy("account")
    .execute();
  const seenAt = new Map(rows.map((row) => [row.account, row.seenAt]));
  return accounts.toSorted((a, b) => (seenAt.get(b) ?? 0) - (seenAt.get(a) ?? 0));
}

/** The first row of each transaction, by its id. */
async function firstPlaces(
  { writer, listings }: RecordingTools,
  runs: readonly RunRow[],
): Promise<Map<string, RowPlace>> {
  const places = new Map<string, RowPlace>();
  for (const account of new Set(runs.map((run) => run.account))) {
    const runOf = new Map(runs.flatMap((run, at) => (run.account === account ? [[run.number, at]] : [])));
    const links = await writer.kysely
      .selectFrom("link")
      .innerJoin("entry", "entry.key", "link.entry")
      .select(["entry.id", "link.payload", "link.list", "link.ordinal", "link.since"])
      .where("entry.account", "=", account)
      .orderBy("link.since")
      .execute();
    for (const { id, since, ...row } of links) {
      const at = runOf.get(since);
      const run = at === undefined ? undefined : runs[at];
      if (at === undefined || run === undefined || places.has(id)) continue;
      const list = listOf(row.list);
      const listing = await listings.listing(writer.kysely, run.listing);
      const position = positionIn(listing, { ...row, list });
      if (position !== undefined) places.set(id, { run: at, list, position });
    }
  }
  return places;
}

async function formerIdsOf(
  { writer }: RecordingTools,
  accounts: readonly number[],
): Promise<{ id: string; leadsTo: string }[]> {
  return await writer.kysely
    .selectFrom("former_id")
    .innerJoin("entry", "entry.key", "former_id.entry")
    .select(["former_id.id as id", "entry.id as leadsTo"])
    .where("former_id.account", "in", accounts)
    .execute();
}

/**
 * Records all runs in an empty account.
 *
 * @returns of each id that was a transaction before, the id of what its first row is now
 */
async function readAgain(
  tools: RecordingTools,
  { key, runs, places }: { key: number; runs: readonly RunRow[]; places: ReadonlyMap<string, RowPlace> },
): Promise<Map<string, string>> {
  const ids = new Map([...places].map(([id, place]) => [nameOf(place), id]));
  const used = new Set<string>();
  const leadsTo = new Map<string, string>();
  for (const [at, run] of runs.entries()) {
    const idAt = (row: Row) => ids.get(nameOf({ run: at, list: row.status, position: row.position }));
    const newId = (row: Row) => {
      const id = idAt(row);
      const chosen = id === undefined || used.has(id) ? tools.newId(row) : id;
      used.add(chosen);
      return chosen;
    };
    const account = await lockedAccount(tools, key);
    const response = await responseOf({ ...tools, kysely: tools.writer.kysely }, run);
    const { recognised } = await recordResponse({ ...tools, newId, now: run.recorded_at }, account, response);
    for (const { row, transaction } of recognised) {
      const id = idAt(row);
      if (id !== undefined) leadsTo.set(id, transaction);
    }
  }
  return leadsTo;
}

/** Stores where the ids lead that are no transactions any more, and those that were none before. */
async function keepFormerIds(
  { writer }: RecordingTools,
  key: number,
  leadsTo: ReadonlyMap<string, string>,
): Promise<void> {
  const present = await writer.kysely
    .selectFrom("entry")
    .select(["id", "key"])
    .where("account", "=", key)
    .execute();
  const former = await writer.kysely
    .selectFrom("former_id")
    .select(["id", "entry as key"])
    .where("account", "=", key)
    .execute();
  const keys = new Map([...former, ...present].map((entry) => [entry.id, entry.key]));
  const rows = [...leadsTo].flatMap(([id, target]) => {
    const entry = keys.has(id) ? undefined : keys.get(target);
    return entry === undefined ? [] : [{ id, account: key, entry }];
  });
  await writer.insert("former_id", rows);
}

function nameOf({ run, list, position }: RowPlace): string {
  return `${run} ${list} ${position}`;
}
