import type { TransactionStatus } from "bankdata-core/bank";
import type { Kysely } from "kysely";
import type { Database, Schema } from "../database/index.ts";
import type { Entry } from "../identity/index.ts";
import { listOf } from "./known.ts";
import type { ListingCache } from "./listing-store.ts";
import type { PackCache } from "./pack-cache.ts";
import { isUnreadable } from "./payload.ts";
import type { TransactionSummary } from "./query.ts";
import { payloadPlaces, positionIn, type RunRow } from "./runs.ts";

/** A transaction of the archive: what the bank said of it last, and what the archive knows of it. */
export interface ArchivedTransaction extends Entry, TransactionSummary {}

/** What the bank said of a transaction in one response. */
export interface ArchivedObservation extends Entry {
  /** Counts the responses of the account, from 1. */
  readonly run: number;
  /** When the bank said so. */
  readonly observedAt: Date;
  /** The list in which it stood. */
  readonly status: TransactionStatus;
  /** Its place in that list of that response, from 0, over all pages; rows that could not be read are counted. */
  readonly position: number;
  /** By which rule it was recognised when it was first seen like this. */
  readonly rule: string;
  /** How doubtful that was, from 0. */
  readonly cost: number;
  /** Whether nothing else was nearly as likely. */
  readonly certain: boolean;
}

/** What reads the archive. */
export interface Reader {
  readonly database: Database;
  readonly packs: PackCache;
  readonly listings: ListingCache;
  readonly tenant: string;
}

/**
 * Everything that the bank ever said of a transaction, in the order in which it was read, and as of one moment; nothing if
 * there is none.
 */
export async function* readObservations(
  reader: Reader,
  id: string,
): AsyncGenerator<ArchivedObservation, void, undefined> {
  yield* await reader.database.read((kysely) => observationsOf({ ...reader, kysely }, id));
}

async function observationsOf(reader: MomentReader, id: string): Promise<ArchivedObservation[]> {
  const { kysely, packs, listings } = reader;
  const entry = await entryNamed(reader, id);
  if (entry === undefined) return [];
  const links = await linksOf(kysely, entry.key);
  const first = Math.min(...links.map(({ since }) => since));
  const runs = await kysely
    .selectFrom("run")
    .selectAll()
    .where("account", "=", entry.account)
    .where("number", ">=", first)
    .orderBy("number")
    .execute();
  const places = await payloadPlaces(
    kysely,
    links.map(({ payload }) => payload),
  );
  const observations: ArchivedObservation[] = [];
  for (const run of runs) {
    const listing = await listings.listing(kysely, run.listing);
    for (const { since, until, payload, list, ordinal, ...how } of links) {
      if (run.number < since || run.number >= until) continue;
      const position = positionIn(listing, { payload, list, ordinal });
      if (position === undefined) continue;
      const place = places.get(payload);
      const [said] = place === undefined ? [] : await packs.payloadsAt(kysely, [place]);
      if (said === undefined || isUnreadable(said))
        throw new Error(`A row of transaction ${id} cannot be read.`);
      observations.push({
        run: run.number,
        observedAt: observedAt(run),
        status: list,
        position,
        ...how,
        ...said,
      });
    }
  }
  return observations;
}

/** What reads the archive as of one moment. */
export interface MomentReader extends Reader {
  readonly kysely: Kysely<Schema>;
}

function observedAt({ observed_at }: RunRow): Date {
  return new Date(observed_at);
}

/** The transaction with an id, or with one that it had. */
export async function entryNamed(
  { kysely, tenant }: Pick<MomentReader, "kysely" | "tenant">,
  id: string,
): Promise<{ key: number; account: number } | undefined> {
  const present = await kysely
    .selectFrom("entry")
    .innerJoin("account", "account.key", "entry.account")
    .select(["entry.key", "entry.account"])
    .where("entry.id", "=", id)
    .where("account.tenant", "=", tenant)
    .executeTakeFirst();
  if (present !== undefined) return present;
  return await kysely
    .selectFrom("former_id")
    .innerJoin("account", "account.key", "former_id.account")
    .select(["former_id.entry as key", "former_id.account"])
    .where("former_id.id", "=", id)
    .where("account.tenant", "=", tenant)
    .executeTakeFirst();
}

/** A row that is a transaction, from one run to before another. */
interface Span {
  readonly payload: number;
  readonly list: TransactionStatus;
  readonly ordinal: number;
  readonly since: number;
  readonly until: number;
  readonly rule: string;
  readonly cost: number;
  readonly certain: boolean;
}

/** The rows that are a transaction: each until the same row is another one. */
async function linksOf(kysely: Kysely<Schema>, entry: number): Promise<Span[]> {
  const rows = await kysely
    .selectFrom("link")
    .selectAll("link")
    .select((eb) =>
      eb
        .selectFrom("link as later")
        .select((later) => later.fn.min("later.since").as("until"))
        .whereRef("later.payload", "=", "link.payload")
        .whereRef("later.list", "=", "link.list")
        .whereRef("later.ordinal", "=", "link.ordinal")
        .whereRef("later.since", ">", "link.since")
        .as("until"),
    )
    .where("link.entry", "=", entry)
    .orderBy("link.since")
    .execute();
  return rows.map(({ payload, list, ordinal, since, until, rule, cost, certain }) => ({
    payload,
    list: listOf(list),
    ordinal,
    since,
    until: until ?? Number.POSITIVE_INFINITY,
    rule,
    cost,
    certain: certain === 1,
  }));
}
