import type { Kysely } from "kysely";
import type { Schema } from "../database/index.ts";
import { type Entry, RULES, usableIds } from "../identity/index.ts";
import { accountNamed } from "./account-reading.ts";
import type { Doubt, DoubtedRow } from "./doubts.ts";
import { placeText, type RowPlace } from "./first-places.ts";
import type { PackCache } from "./pack-cache.ts";
import { isUnreadable } from "./payload.ts";
import type { AccountQuery } from "./query.ts";
import { type ArchivedObservation, type ArchivedTransaction, type Reader, readObservations } from "./read.ts";
import { readTransactions } from "./read-transactions.ts";
import { decisionsOf, entryAt, type RulingReader, rowsOf } from "./rulings.ts";
import { payloadPlaces } from "./runs.ts";

/**
 * What is not certain, the newest first. A transaction that is uncertain for a reason that its rows do not tell any more is
 * asked about by its first and last wording.
 */
export async function* readDoubts(
  reader: Reader,
  query: AccountQuery,
): AsyncGenerator<Doubt, void, undefined> {
  const uncertain = readTransactions(reader, { ...query, certain: false, first: "newest" });
  for await (const transaction of uncertain) yield* doubtsAbout(reader, transaction);
}

async function* doubtsAbout(
  reader: Reader,
  transaction: ArchivedTransaction,
): AsyncGenerator<Doubt, void, undefined> {
  const rows: DoubtedRow[] = [];
  for await (const observation of readObservations(reader, transaction.id))
    rows.push({ transaction: transaction.id, observation });
  const wordings = rows.filter((row, at) => at === 0 || isOtherWording(rows[at - 1], row));
  const [first, second] = wordings;
  if (first === undefined) return;
  const asked = (believed: Doubt["believed"], one: DoubtedRow, other: DoubtedRow, by = other): Doubt => {
    const { rule, cost } = by.observation;
    return { transaction, rule, cost, believed, one, other };
  };
  let count = 0;
  for (const [at, row] of wordings.entries()) {
    if (row.observation.certain) continue;
    count += 1;
    if (at === 0 || row.observation.rule === RULES.possibleDouble) {
      const again = rows.find((one) => one !== row && isBeside(row, one) && !isDecided(one));
      const double = again === undefined ? await doubleOf(reader, transaction, row) : undefined;
      if (again !== undefined) yield asked("same", row, again, row);
      else if (double !== undefined) yield asked("different", double, row);
      if (again !== undefined || double !== undefined) continue;
    }
    const other = wordings[at - 1] ?? second;
    if (other === undefined) count -= 1;
    else if (at === 0) yield asked("same", row, other, row);
    else yield asked("same", other, row);
  }
  const last = rows.at(-1);
  if (count === 0 && last !== undefined && last !== first) yield asked("same", first, last);
}

function isDecided({ observation }: DoubtedRow): boolean {
  return observation.rule === RULES.decided;
}

/** Whether two rows stood in one list. */
function isBeside({ observation: one }: DoubtedRow, { observation: other }: DoubtedRow): boolean {
  return one.run === other.run && one.status === other.status;
}

/** Whether two rows that follow each other differ in their list or in a word. */
function isOtherWording(one: DoubtedRow | undefined, other: DoubtedRow): boolean {
  if (one === undefined) return true;
  const [was, is] = [one.observation, other.observation];
  return was.status !== is.status || JSON.stringify(was.raw) !== JSON.stringify(is.raw);
}

/** The row of another transaction that this one may be: of the same list, with the same amount and an id or all words in common. */
async function doubleOf(
  reader: Reader,
  { id, account: name }: ArchivedTransaction,
  { observation }: DoubtedRow,
): Promise<DoubtedRow | undefined> {
  const { run, status } = observation;
  const others = await reader.database.read(async (kysely) => {
    const account = await accountNamed({ kysely, tenant: reader.tenant }, name);
    if (account === undefined) return [];
    const moment = { kysely, packs: reader.packs, listings: reader.listings };
    const found: { transaction: string; position: number }[] = [];
    const decided = await toldApart(kysely, account.key, {
      run,
      list: status,
      position: observation.position,
    });
    for (const position of await alikeIn(moment, account.key, observation)) {
      if (decided.has(placeText({ run, list: status, position }))) continue;
      const transaction = await entryAt(moment, account.key, { run, list: status, position });
      if (transaction !== undefined && transaction !== id) found.push({ transaction, position });
    }
    return found;
  });
  for (const { transaction, position } of others) {
    for await (const row of readObservations(reader, transaction))
      if (row.run === run && row.status === status && row.position === position)
        return { transaction, observation: row };
  }
  return undefined;
}

/** The places of the rows about which and this one the user has decided already. */
async function toldApart(
  kysely: Kysely<Schema>,
  account: number,
  place: RowPlace,
): Promise<ReadonlySet<string>> {
  const own = placeText(place);
  const decided = new Set<string>();
  for (const decision of await decisionsOf(kysely, account)) {
    const [one, other] = rowsOf(decision).map(placeText);
    if (one === own && other !== undefined) decided.add(other);
    if (other === own && one !== undefined) decided.add(one);
  }
  return decided;
}

/** Where in its list rows stand that are like one; those with the same id come first. */
async function alikeIn(
  { kysely, packs, listings }: RulingReader & { readonly packs: PackCache },
  account: number,
  observation: ArchivedObservation,
): Promise<number[]> {
  const run = await kysely
    .selectFrom("run")
    .select("listing")
    .where("account", "=", account)
    .where("number", "=", observation.run)
    .executeTakeFirst();
  if (run === undefined) return [];
  const keys = (await listings.listing(kysely, run.listing)).get(observation.status) ?? [];
  const places = await payloadPlaces(kysely, keys);
  const [sameId, sameText]: [number[], number[]] = [[], []];
  for (const [position, key] of keys.entries()) {
    const place = places.get(key);
    const [said] = place === undefined ? [] : await packs.payloadsAt(kysely, [place]);
    if (position === observation.position || said === undefined || isUnreadable(said)) continue;
    if (said.amount !== observation.amount || said.currency !== observation.currency) continue;
    if (haveSameId(said, observation)) sameId.push(position);
    else if (said.text === observation.text && said.counterparty === observation.counterparty)
      sameText.push(position);
  }
  return [...sameId, ...sameText];
}

function haveSameId(one: Entry, other: Entry): boolean {
  const ids = new Set(usableIds(one));
  return usableIds(other).some((id) => ids.has(id));
}
