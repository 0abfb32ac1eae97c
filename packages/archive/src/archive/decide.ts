import { ConfigurationError } from "bankdata-core/base";
import type { Writer } from "../database/index.ts";
import type { DecidedRow, Decision } from "./doubts.ts";
import { firstPlaces, placeText, type RowPlace } from "./first-places.ts";
import { ListingCache } from "./listing-store.ts";
import { entryNamed } from "./read.ts";
import { lastCursor } from "./read-changes.ts";
import { plus, type Rederived, type Rederiving, rederiveWithin } from "./rederive.ts";
import { decisionsOf, entryAt, rowsOf } from "./rulings.ts";

/** Stores what the user decided, and reads again what it is about: all of it, or nothing. */
export async function decide(tools: Rederiving, decisions: readonly Decision[]): Promise<Rederived> {
  const { database, tenant } = tools.reader;
  return await database.write(async (writer) => {
    await writer.lockAccount(0);
    const since = await lastCursor({ kysely: writer.kysely, tenant });
    const place = { writer, tenant, listings: new ListingCache() };
    const accounts = new Set<number>();
    for (const decision of decisions) accounts.add(await store(place, decision, tools.now()));
    let total: Rederived = { accounts: 0, runs: 0, added: 0, modified: 0, removed: 0, since };
    for (const account of [...accounts].sort((a, b) => a - b)) {
      await writer.lockAccount(account);
      total = plus(total, await rederiveWithin(writer, tools, account));
    }
    return total;
  });
}

/** Where decisions are stored. */
interface Place {
  readonly writer: Writer;
  readonly tenant: string;
  readonly listings: ListingCache;
}

/** Stores a decision in place of an earlier one about the same rows. Returns the key of the account. */
async function store(place: Place, { verdict, one, other }: Decision, now: number): Promise<number> {
  const { kysely } = place.writer;
  const [first, second] = [await rowMeant(place, one), await rowMeant(place, other)];
  if (first.account !== second.account)
    throw new ConfigurationError(
      `The transactions ${one.transaction} and ${other.transaction} are of different accounts: only two of one account can be the same.`,
    );
  if (placeText(first) === placeText(second))
    throw new ConfigurationError(`A decision about ${one.transaction} needs two rows, and names one twice.`);
  const { account } = first;
  const both = new Set([placeText(first), placeText(second)]);
  for (const earlier of await decisionsOf(kysely, account)) {
    if (rowsOf(earlier).every((row) => both.has(placeText(row))))
      await kysely.deleteFrom("decision").where("key", "=", earlier.key).execute();
  }
  await place.writer.insert("decision", [
    {
      ...{ account, verdict, decided_at: now },
      ...{ one_run: first.run, one_list: first.list, one_position: first.position },
      ...{ other_run: second.run, other_list: second.list, other_position: second.position },
    },
  ]);
  return account;
}

/** The row that is meant. @throws ConfigurationError if there is none */
async function rowMeant(
  { writer, tenant, listings }: Place,
  { transaction, observation }: DecidedRow,
): Promise<RowPlace & { account: number }> {
  const { kysely } = writer;
  const named = await entryNamed({ kysely, tenant }, transaction);
  if (named === undefined)
    throw new ConfigurationError(`No transaction of the archive has the id ${transaction}.`);
  const { account } = named;
  if (observation === undefined) {
    const places = await firstPlaces({ kysely, listings }, account);
    const began = places.find(({ id }) => id === transaction) ?? places.find(({ key }) => key === named.key);
    if (began === undefined) throw new Error(`Transaction ${transaction} has no first row.`);
    return { account, run: began.run, list: began.list, position: began.position };
  }
  const { run, status: list, position } = observation;
  const found = await entryAt({ kysely, listings }, account, { run, list, position });
  const isIts = found !== undefined && (await entryNamed({ kysely, tenant }, found))?.key === named.key;
  if (!isIts)
    throw new ConfigurationError(
      `Transaction ${transaction} has no row ${position} in the ${list} ones of response ${run}: \`observations\` tells those that it has.`,
    );
  return { account, run, list, position };
}
