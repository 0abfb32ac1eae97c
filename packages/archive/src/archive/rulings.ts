import type { Kysely, Selectable } from "kysely";
import type { DecisionTable, Schema } from "../database/index.ts";
import type { Row, Ruling } from "../identity/index.ts";
import { placeText, type RowPlace } from "./first-places.ts";
import { listOf } from "./known.ts";
import type { ListingCache } from "./listing-store.ts";

export type DecisionRow = Selectable<DecisionTable>;

/** What the rulings of a response are found with. */
export interface RulingReader {
  readonly kysely: Kysely<Schema>;
  readonly listings: ListingCache;
}

/** The decisions about an account, the first one first. */
export async function decisionsOf(kysely: Kysely<Schema>, account: number): Promise<DecisionRow[]> {
  return await kysely
    .selectFrom("decision")
    .selectAll()
    .where("account", "=", account)
    .orderBy("key")
    .execute();
}

/** The two rows that a decision is about. */
export function rowsOf(decision: DecisionRow): readonly [RowPlace, RowPlace] {
  const { one_run, one_list, one_position, other_run, other_list, other_position } = decision;
  return [
    { run: one_run, list: listOf(one_list), position: one_position },
    { run: other_run, list: listOf(other_list), position: other_position },
  ];
}

/** What the user decided about the rows of a response and of earlier ones. */
export async function rulingsIn(
  reader: RulingReader,
  { account, run, rows }: { account: number; run: number; rows: readonly Row[] },
): Promise<Ruling[]> {
  const decisions = await decisionsOf(reader.kysely, account);
  if (decisions.length === 0) return [];
  return await rulingsFrom(decisions, { run, rows, entryAt: (place) => entryAt(reader, account, place) });
}

/** The rulings that decisions are, as far as both of their rows have been read. */
export async function rulingsFrom(
  decisions: readonly DecisionRow[],
  {
    run,
    rows,
    entryAt,
  }: { run: number; rows: readonly Row[]; entryAt: (place: RowPlace) => Promise<string | undefined> },
): Promise<Ruling[]> {
  const here = new Map(
    rows.map(({ status, position }, at) => [placeText({ run, list: status, position }), at]),
  );
  const meant = async (place: RowPlace) =>
    place.run === run ? here.get(placeText(place)) : await entryAt(place);
  const rulings: Ruling[] = [];
  for (const decision of decisions) {
    const [first, second] = rowsOf(decision);
    if (first.run > run || second.run > run) continue;
    const [one, other] = [await meant(first), await meant(second)];
    if (one === undefined || other === undefined || (one === other && typeof one === "number")) continue;
    rulings.push({ isSame: decision.verdict === "same", one, other });
  }
  return rulings;
}

/** The ids of the transactions that rulings are about. */
export function idsIn(rulings: readonly Ruling[]): string[] {
  const ends = rulings.flatMap(({ one, other }) => [one, other]);
  return [...new Set(ends.filter((end) => typeof end === "string"))];
}

/** The id of the transaction that a row of a response is by now; undefined if there is no such row. */
export async function entryAt(
  { kysely, listings }: RulingReader,
  account: number,
  { run, list, position }: RowPlace,
): Promise<string | undefined> {
  const stored = await kysely
    .selectFrom("run")
    .select("listing")
    .where("account", "=", account)
    .where("number", "=", run)
    .executeTakeFirst();
  if (stored === undefined) return undefined;
  const keys = (await listings.listing(kysely, stored.listing)).get(list) ?? [];
  return await entryOfRow(kysely, { keys, run, list, position });
}

/** The same, given the payloads of the list. */
export async function entryOfRow(
  kysely: Kysely<Schema>,
  { keys, run, list, position }: RowPlace & { keys: readonly number[] },
): Promise<string | undefined> {
  const payload = keys[position];
  if (payload === undefined || payload === 0) return undefined;
  const ordinal = keys.slice(0, position).filter((key) => key === payload).length;
  const found = await kysely
    .selectFrom("link")
    .innerJoin("entry", "entry.key", "link.entry")
    .select("entry.id")
    .where("link.payload", "=", payload)
    .where("link.list", "=", list)
    .where("link.ordinal", "=", ordinal)
    .where("link.since", "<=", run)
    .orderBy("link.since", "desc")
    .executeTakeFirst();
  return found?.id;
}
