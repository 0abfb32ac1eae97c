import type { Selectable } from "kysely";
import type { LinkTable } from "../database/index.ts";
import { type Entry, isMove, RULES, usableIds } from "../identity/index.ts";
import { listOf } from "./known.ts";
import { isUnreadable } from "./payload.ts";
import type { MomentReader } from "./read.ts";
import { payloadPlaces, positionIn, type RunRow } from "./runs.ts";

type LinkRow = Selectable<LinkTable>;

/** The first of the equal rows that a link stands for. */
export interface LinkedRow {
  readonly run: RunRow;
  readonly position: number;
  readonly link: LinkRow;
  /** The id of the transaction that the row is. */
  readonly transaction: string;
}

/** Two rows of which it is not certain whether they are one transaction. */
export interface DoubtedPair {
  /** The earlier one. */
  readonly one: LinkedRow;
  /** The later one. */
  readonly other: LinkedRow;
  readonly rule: string;
  readonly cost: number;
  readonly believed: "same" | "different";
}

/** A transaction that is not certain: its key, that of its account, and its id. */
interface Uncertain {
  readonly key: number;
  readonly account: number;
  readonly id: string;
}

/** A link, and the id of the transaction to which it leads. */
interface OwnedLink {
  readonly link: LinkRow;
  readonly transaction: string;
}

/** Why a transaction is not certain, the earliest reason first. */
export async function doubtedPairs(reader: MomentReader, entry: Uncertain): Promise<DoubtedPair[]> {
  const links = await reader.kysely
    .selectFrom("link")
    .selectAll()
    .where("entry", "=", entry.key)
    .orderBy("since")
    .orderBy("payload")
    .orderBy("ordinal")
    .execute();
  const pairs = new Map<string, DoubtedPair>();
  for (const link of links) {
    const partner = link.certain === 1 ? undefined : await partnerOf(reader, entry, { link, links });
    if (partner === undefined) continue;
    const pair = await pairOf(reader, entry, { link, partner });
    pairs.set(nameOf(pair), pair);
  }
  if (pairs.size > 0) return [...pairs.values()];
  // What made it uncertain is another one's by now.
  const [link] = links;
  const partner = link === undefined ? undefined : await takenAway(reader, entry, link);
  return link === undefined || partner === undefined ? [] : [await pairOf(reader, entry, { link, partner })];
}

/** The other row of a doubt. */
async function partnerOf(
  reader: MomentReader,
  entry: Uncertain,
  { link, links }: { link: LinkRow; links: readonly LinkRow[] },
): Promise<OwnedLink | undefined> {
  const double = link.rule === RULES.possibleDouble ? await doubleOf(reader, entry, link) : undefined;
  if (double !== undefined) return double;
  const before = isMove(link.rule) ? links.find(({ list }) => list === "booked") : rowBefore(link, links);
  if (before !== undefined && before !== link) return { link: before, transaction: entry.id };
  const away = await takenAway(reader, entry, link);
  const another = links.find((one) => one !== link);
  return away ?? (another === undefined ? undefined : { link: another, transaction: entry.id });
}

/** The row as which the transaction was known; that of the same list, if the bank showed two. */
function rowBefore(link: LinkRow, links: readonly LinkRow[]): LinkRow | undefined {
  const earlier = links.filter(({ since }) => since < link.since);
  const alike = link.list === "booked" ? earlier : earlier.filter(({ list }) => list !== "booked");
  return alike.at(-1) ?? earlier.at(-1);
}

/** The row of another transaction that the same response showed, and that the row may only repeat. */
async function doubleOf(
  reader: MomentReader,
  { account }: Uncertain,
  link: LinkRow,
): Promise<OwnedLink | undefined> {
  const { kysely, listings } = reader;
  const { listing: key } = await runOf(reader, account, link.since);
  const booked = (await listings.listing(kysely, key)).get("booked") ?? [];
  const counts = new Map<number, number>();
  const rows = booked.flatMap((payload) => {
    if (payload === 0) return [];
    const ordinal = counts.get(payload) ?? 0;
    counts.set(payload, ordinal + 1);
    return payload === link.payload && ordinal === link.ordinal ? [] : [{ payload, ordinal }];
  });
  const alike = await alikeOf(
    reader,
    link.payload,
    rows.map(({ payload }) => payload),
  );
  for (const { payload, ordinal } of rows.filter((row) => alike.has(row.payload))) {
    const other = await kysely
      .selectFrom("link")
      .innerJoin("entry", "entry.key", "link.entry")
      .selectAll("link")
      .select("entry.id")
      .where("link.payload", "=", payload)
      .where("link.list", "=", "booked")
      .where("link.ordinal", "=", ordinal)
      .where("link.since", "<=", link.since)
      .orderBy("link.since", "desc")
      .executeTakeFirst();
    if (other !== undefined && other.entry !== link.entry) return { link: other, transaction: other.id };
  }
  return undefined;
}

/** Those of some payloads that are a payload, or have an id and the amount of it. */
async function alikeOf(
  { kysely, packs }: MomentReader,
  payload: number,
  others: readonly number[],
): Promise<ReadonlySet<number>> {
  if (others.includes(payload)) return new Set([payload]);
  const places = [...(await payloadPlaces(kysely, [payload, ...others]))];
  const said = await packs.payloadsAt(
    kysely,
    places.map(([, place]) => place),
  );
  const names = new Map(
    places.map(([key], at) => {
      const one = said[at];
      return [key, one === undefined || isUnreadable(one) ? null : idAndAmount(one)];
    }),
  );
  const name = names.get(payload);
  return new Set(others.filter((one) => name !== null && names.get(one) === name));
}

/** Only this kind of id makes a new entry one that may be another again. */
function idAndAmount({ ids, amount, currency }: Entry): string | null {
  const [id] = usableIds({ ids: { ...NO_IDS, transactionId: ids.transactionId } });
  return id === undefined ? null : `${id} ${amount} ${currency}`;
}

const NO_IDS = { internalTransactionId: null, entryReference: null } as const;

/** The pending row that was taken from a transaction because its double stayed: which of both it was, is not certain. */
async function takenAway(
  { kysely }: MomentReader,
  { account, key }: Uncertain,
  link: LinkRow,
): Promise<OwnedLink | undefined> {
  const row = await kysely
    .selectFrom("link")
    .innerJoin("entry", "entry.key", "link.entry")
    .selectAll("link")
    .select("entry.id")
    .where("entry.account", "=", account)
    .where("entry.key", "!=", key)
    .where("link.rule", "=", RULES.takenBack)
    .where("link.since", "<", link.since)
    .orderBy("link.since", "desc")
    .executeTakeFirst();
  return row === undefined ? undefined : { link: row, transaction: row.id };
}

async function pairOf(
  reader: MomentReader,
  entry: Uncertain,
  { link, partner }: { link: LinkRow; partner: OwnedLink },
): Promise<DoubtedPair> {
  const [row, with_] = [
    await linkedRow(reader, entry.account, { link, transaction: entry.id }),
    await linkedRow(reader, entry.account, partner),
  ];
  const isLater =
    with_.run.number < row.run.number ||
    (with_.run.number === row.run.number && with_.position <= row.position);
  const [one, other] = isLater ? [with_, row] : [row, with_];
  const believed = partner.transaction === entry.id ? "same" : "different";
  return { one, other, rule: link.rule, cost: link.cost, believed };
}

async function linkedRow(
  reader: MomentReader,
  account: number,
  { link, transaction }: OwnedLink,
): Promise<LinkedRow> {
  const run = await runOf(reader, account, link.since);
  const listing = await reader.listings.listing(reader.kysely, run.listing);
  const position = positionIn(listing, { ...link, list: listOf(link.list) });
  if (position === undefined) throw new Error(`A row of transaction ${transaction} is missing.`);
  return { run, position, link, transaction };
}

async function runOf({ kysely }: MomentReader, account: number, number: number): Promise<RunRow> {
  return await kysely
    .selectFrom("run")
    .selectAll()
    .where("account", "=", account)
    .where("number", "=", number)
    .executeTakeFirstOrThrow();
}

function nameOf({ one, other }: DoubtedPair): string {
  return [one, other]
    .map(({ run, position, link: { list } }) => `${run.number} ${list} ${position}`)
    .join(" and ");
}
