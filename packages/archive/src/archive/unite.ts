import type { Writer } from "../database/index.ts";
import { type AccountRow, identitiesOf, lockedAccount, storeIdentities } from "./accounts.ts";
import { applyReplayed } from "./apply-replayed.ts";
import { moveLog } from "./change-log.ts";
import type { EntryChanges } from "./entry-changes.ts";
import { type FirstPlace, firstPlaces } from "./first-places.ts";
import { followChanges } from "./follow-changes.ts";
import type { EntryRow } from "./known.ts";
import type { Listing } from "./listing.ts";
import { storeListing } from "./listing-store.ts";
import type { RecordingTools } from "./recording-tools.ts";
import { replay } from "./replay.ts";
import { decisionsOf } from "./rulings.ts";
import { type RunRow, runsOf } from "./runs.ts";

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
  const { writer, packs, listings, now } = tools;
  const { kysely } = writer;
  const reader = { kysely, packs, listings };
  const [own, others] = [await runsOf(kysely, into.key), await runsOf(kysely, other.key)];
  const numbers = mergedNumbers(own, others);
  const places = [
    ...renumbered(await firstPlaces(reader, into.key), numbers.own),
    ...renumbered(await firstPlaces(reader, other.key), numbers.others),
  ];
  const shared = await moveResponses(tools, { into: into.key, other: other.key, own, others, numbers });
  await moveDecisions(writer, { into: into.key, other: other.key, numbers });
  const runs = await runsOf(kysely, into.key);
  const decisions = await decisionsOf(kysely, into.key);
  await using replayed = await replay(reader, { account: into, runs, places, decisions }, { ...tools, now });
  const accounts = [into.key, other.key];
  const changes = await applyReplayed({ writer, packs, account: into.key, accounts, places }, replayed);
  await kysely.updateTable("account").set({ runs: runs.length }).where("key", "=", into.key).execute();
  await moveChanges(writer, { into: into.key, other: other.key }, shared);
  await followChanges(writer, into.key, withPayloads(changes, shared));
  await moveDescription(tools, into.key, other.key);
  await kysely.deleteFrom("account").where("key", "=", other.key).execute();
  return await lockedAccount(tools, into.key);
}

/** New numbers by old ones. */
type Numbers = ReadonlyMap<number, number>;

/** Numbers for all runs, in the order in which the bank said what is in them. */
function mergedNumbers(own: readonly RunRow[], others: readonly RunRow[]): { own: Numbers; others: Numbers } {
  const [ofOwn, ofOthers] = [new Map<number, number>(), new Map<number, number>()];
  const all = [...own, ...others].sort(
    (a, b) => a.observed_at - b.observed_at || a.number - b.number || a.account - b.account,
  );
  const mine = new Set(own);
  for (const [at, run] of all.entries()) (mine.has(run) ? ofOwn : ofOthers).set(run.number, at + 1);
  return { own: ofOwn, others: ofOthers };
}

function renumbered(places: readonly FirstPlace[], numbers: Numbers): FirstPlace[] {
  return places.map((place) => ({ ...place, run: numbers.get(place.run) ?? place.run }));
}

/** Two accounts, their runs, and the numbers that these get. */
interface Move {
  readonly into: number;
  readonly other: number;
  readonly own: readonly RunRow[];
  readonly others: readonly RunRow[];
  readonly numbers: { readonly own: Numbers; readonly others: Numbers };
}

/**
 * Moves what the bank said over. Wordings that both accounts have are kept once.
 *
 * @returns the keys of these in the first account, by those in the other one
 */
async function moveResponses(tools: RecordingTools, move: Move): Promise<ReadonlyMap<number, number>> {
  const { writer } = tools;
  const { kysely } = writer;
  const { into, other, own, others, numbers } = move;
  const shared = await sharedPayloads(writer, into, other);
  await kysely
    .updateTable("payload")
    .set({ account: into })
    .where("account", "=", other)
    .where("digest", "not in", (eb) =>
      eb.selectFrom("payload as known").select("known.digest").where("known.account", "=", into),
    )
    .execute();
  await kysely.updateTable("pack").set({ account: into }).where("account", "=", other).execute();
  const listings = shared.size === 0 ? undefined : await relisted(tools, move, shared);
  if (listings === undefined)
    await kysely.updateTable("listing").set({ account: into }).where("account", "=", other).execute();
  await kysely.deleteFrom("run").where("account", "in", [into, other]).execute();
  const runs = [
    ...own.map((run) => ({ ...run, number: numbers.own.get(run.number) ?? run.number })),
    ...others.map((run) => ({
      ...{ ...run, account: into, number: numbers.others.get(run.number) ?? run.number },
      listing: listings?.get(run.listing) ?? run.listing,
    })),
  ];
  await writer.insert(
    "run",
    runs.sort((a, b) => a.number - b.number),
  );
  return shared;
}

/** Moves the log of changes over. */
async function moveChanges(
  writer: Writer,
  { into, other }: Pick<Move, "into" | "other">,
  shared: ReadonlyMap<number, number>,
): Promise<void> {
  const { kysely } = writer;
  const rows = await kysely
    .selectFrom("change")
    .select(["key", "payload"])
    .where("account", "=", other)
    .where("payload", "is not", null)
    .execute();
  for (const { key, payload } of rows) {
    const kept = payload === null ? undefined : shared.get(payload);
    if (kept !== undefined)
      await kysely.updateTable("change").set({ payload: kept }).where("key", "=", key).execute();
  }
  await moveLog(writer, other, into);
}

/** Changes whose payloads are those that stay. */
function withPayloads(changes: EntryChanges, shared: ReadonlyMap<number, number>): EntryChanges {
  const kept = <One extends { readonly before: EntryRow }>(one: One): One => {
    const payload = shared.get(one.before.payload) ?? one.before.payload;
    return { ...one, before: { ...one.before, payload } };
  };
  return { ...changes, modified: changes.modified.map(kept), removed: changes.removed.map(kept) };
}

/** The payloads of an account that another one has as well, with the keys that they have there. */
async function sharedPayloads({ kysely }: Writer, into: number, other: number): Promise<Map<number, number>> {
  const rows = await kysely
    .selectFrom("payload as known")
    .innerJoin("payload as same", (join) =>
      join.onRef("same.digest", "=", "known.digest").on("same.account", "=", other),
    )
    .select(["same.key as from", "known.key as to"])
    .where("known.account", "=", into)
    .execute();
  return new Map(rows.map(({ from, to }) => [from, to]));
}

/** Writes the listings of an account anew, with other keys of payloads; their new keys by the old ones. */
async function relisted(
  { writer, listings }: RecordingTools,
  { into, others }: Move,
  shared: ReadonlyMap<number, number>,
): Promise<Map<number, number>> {
  const keys = new Map<number, number>();
  let last: number | undefined;
  for (const { listing: key } of others) {
    if (keys.has(key)) continue;
    const listing: Listing = new Map(
      [...(await listings.listing(writer.kysely, key))].map(([list, payloads]) => [
        list,
        payloads.map((payload) => shared.get(payload) ?? payload),
      ]),
    );
    last = await storeListing(writer, listings, { account: into, listing, last });
    keys.set(key, last);
  }
  return keys;
}

async function moveDecisions(
  writer: Writer,
  { into, other, numbers }: Pick<Move, "into" | "other" | "numbers">,
): Promise<void> {
  for (const [account, ofAccount] of [
    [into, numbers.own],
    [other, numbers.others],
  ] as const) {
    for (const decision of await decisionsOf(writer.kysely, account)) {
      const one_run = ofAccount.get(decision.one_run) ?? decision.one_run;
      const other_run = ofAccount.get(decision.other_run) ?? decision.other_run;
      await writer.kysely
        .updateTable("decision")
        .set({ account: into, one_run, other_run })
        .where("key", "=", decision.key)
        .execute();
    }
  }
}

/** Moves what the account is known by, and its balances. */
async function moveDescription(tools: RecordingTools, into: number, other: number): Promise<void> {
  const { writer } = tools;
  const { kysely } = writer;
  const identities = new Map([
    [into, await identitiesOf(writer, into)],
    [other, await identitiesOf(writer, other)],
  ]);
  await kysely.deleteFrom("account_identity").where("account", "in", [into, other]).execute();
  for (const account of await latestFirst(writer, [into, other]))
    await storeIdentities(writer, into, identities.get(account) ?? []);
  for (const table of ["account_handle", "balance"] as const)
    await kysely.updateTable(table).set({ account: into }).where("account", "=", other).execute();
}

/** Accounts by when they were last read, the latest first, as its identities are the strongest. */
async function latestFirst({ kysely }: Writer, accounts: readonly number[]): Promise<number[]> {
  const rows = await kysely
    .selectFrom("account_handle")
    .select(({ fn }) => ["account", fn.max("last_seen_at").as("seenAt")] as const)
    .where("account", "in", accounts)
    .groupBy("account")
    .execute();
  const seenAt = new Map(rows.map((row) => [row.account, row.seenAt]));
  return accounts.toSorted((a, b) => (seenAt.get(b) ?? 0) - (seenAt.get(a) ?? 0));
}
