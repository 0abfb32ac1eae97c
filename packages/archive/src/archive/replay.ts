import type { Kysely } from "kysely";
import { type Database, openDatabase, type Schema, type Writer } from "../database/index.ts";
import type { Row } from "../identity/index.ts";
import type { AccountRow } from "./accounts.ts";
import { type FirstPlace, placeText, type RowPlace } from "./first-places.ts";
import { interpret } from "./interpret.ts";
import { loadKnown } from "./known.ts";
import type { Listing } from "./listing.ts";
import { ListingCache } from "./listing-store.ts";
import { inGroups, PackCache } from "./pack-cache.ts";
import { digestText, type Payload } from "./payload.ts";
import type { RecordingTools } from "./recording-tools.ts";
import { firstDateOf, type PlacedRow, readableRows, shownEntries } from "./response-rows.ts";
import { type DecisionRow, entryOfRow, idsIn, rulingsFrom } from "./rulings.ts";
import type { RunRow } from "./runs.ts";

/** Everything that was recorded of an account, and what its transactions are called. */
export interface Recordings {
  readonly account: AccountRow;
  /** In the order in which they are read. */
  readonly runs: readonly RunRow[];
  /** Where transactions began, so that they keep their ids. */
  readonly places: readonly FirstPlace[];
  readonly decisions: readonly DecisionRow[];
}

/** What reads recordings. */
export interface RecordingReader {
  readonly kysely: Kysely<Schema>;
  readonly packs: PackCache;
  readonly listings: ListingCache;
}

/** An account that was read again, beside the archive. */
export interface Replayed extends AsyncDisposable {
  /** A database of its own, in memory, with the transactions and links as they should be. */
  readonly scratch: Database;
  /** The key from which on those of transactions are not the archive's. */
  readonly firstNewKey: number;
  /** Of each id that a first row has given, the id of the transaction that the row is now. */
  readonly leadsTo: ReadonlyMap<string, string>;
  readonly memory: string | null;
}

/** Far above any key of an archive. */
const FIRST_NEW_KEY = 2 ** 35;

/**
 * Reads everything that was recorded of an account again, in a database of its own, under the present rules and decisions.
 * The archive is only read, so that others can write meanwhile.
 *
 * @param newId the id of a transaction that had none before
 */
export async function replay(
  reader: RecordingReader,
  recordings: Recordings,
  { newId, now }: Pick<RecordingTools, "newId" | "now">,
): Promise<Replayed> {
  const scratch = await openDatabase({ location: ":memory:", now: () => now });
  try {
    return await scratch.write(async (writer) => {
      await prepare(writer, reader, recordings.account.key);
      const read = await readAgain(writer, reader, recordings, { newId, now });
      return {
        ...{ scratch, firstNewKey: FIRST_NEW_KEY, ...read },
        [Symbol.asyncDispose]: () => scratch.close(),
      };
    });
  } catch (error) {
    await scratch.close();
    throw error;
  }
}

/** How many rows are copied at once. */
const BATCH = 500;

/** Copies what the rules look at: the account, and what the bank said, under the same keys. */
async function prepare(writer: Writer, { kysely }: RecordingReader, account: number): Promise<void> {
  const row = await kysely
    .selectFrom("account")
    .selectAll()
    .where("key", "=", account)
    .executeTakeFirstOrThrow();
  await writer.insert("account", [{ ...row, memory: null, runs: 0 }]);
  await copy(
    (after) =>
      kysely
        .selectFrom("pack")
        .selectAll()
        .where("account", "=", account)
        .where("key", ">", after)
        .orderBy("key")
        .limit(BATCH)
        .execute(),
    (packs) => writer.insert("pack", packs),
  );
  await copy(
    (after) =>
      kysely
        .selectFrom("payload")
        .selectAll()
        .where("account", "=", account)
        .where("key", ">", after)
        .orderBy("key")
        .limit(BATCH)
        .execute(),
    (payloads) => writer.insert("payload", payloads),
  );
  await writer.skipKeys("entry", FIRST_NEW_KEY);
}

/** Copies rows in the order of their keys, some at a time. */
async function copy<Row extends { readonly key: number }>(
  read: (after: number) => Promise<Row[]>,
  write: (rows: Row[]) => Promise<void>,
): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await read(after);
    await write(rows);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
  }
}

async function readAgain(
  writer: Writer,
  reader: RecordingReader,
  { account: { key: account }, runs, places, decisions }: Recordings,
  { newId: idOfNew, now }: Pick<RecordingTools, "newId" | "now">,
): Promise<Pick<Replayed, "leadsTo" | "memory">> {
  const began = new Map(places.map((place) => [placeText(place), place.id]));
  const keys = new Map(places.map(({ id, key }) => [id, key]));
  const listingOf = new Map(runs.map(({ number, listing }) => [number, listing]));
  const used = new Set<string>();
  const leadsTo = new Map<string, string>();
  const payloads = new PayloadReader(reader);
  const seen = new Set<number>();
  const tools = { writer, packs: new PackCache(), listings: new ListingCache(), now };
  let memory: string | null = null;
  let previousAt: number | undefined;
  for (const { number: run, observed_at: observedAt, handle, ...stored } of runs) {
    const listing = await reader.listings.listing(reader.kysely, stored.listing);
    const coverage = { from: stored.covers_from, to: stored.covers_to, pending: stored.covers_pending === 1 };
    const { rows: placed, keys: payloadKeys } = await payloads.rowsOf(listing);
    const rows = readableRows(placed);
    const idAt = ({ status: list, position }: Row) => began.get(placeText({ run, list, position }));
    const newId = (row: Row) => {
      const id = idAt(row);
      const chosen = id === undefined || used.has(id) ? idOfNew(row) : id;
      used.add(chosen);
      return chosen;
    };
    const from = firstDateOf({ observedAt, coverage, rows: placed });
    const added = new Set([...payloadKeys.values()].filter((key) => !seen.has(key)));
    for (const key of added) seen.add(key);
    const entryAt = async (place: RowPlace) => {
      const key = listingOf.get(place.run);
      if (key === undefined) return undefined;
      const earlier = await reader.listings.listing(reader.kysely, key);
      return await entryOfRow(writer.kysely, { ...place, keys: earlier.get(place.list) ?? [] });
    };
    const rulings = decisions.length === 0 ? [] : await rulingsFrom(decisions, { run, rows, entryAt });
    const known = await loadKnown(writer, tools.packs, {
      ...{ account, from, shown: shownEntries(rows), also: idsIn(rulings) },
    });
    const interpreted = await interpret(
      { ...tools, newId, keyOf: (id) => keys.get(id) },
      { key: account, memory },
      {
        ...{ run, observedAt, handle, coverage, rows, known, previousAt },
        payloads: { keys: payloadKeys, added },
        rulings,
      },
    );
    memory = interpreted.memory;
    previousAt = observedAt;
    for (const { row, transaction } of interpreted.recognised) {
      const id = idAt(row);
      if (id !== undefined) leadsTo.set(id, transaction);
    }
  }
  return { leadsTo, memory };
}

/** A payload, and what it is known by. */
interface KeptPayload {
  readonly digest: string;
  readonly payload: Payload;
}

/** Reads the rows of one response after the other, most of which are those of the one before. */
class PayloadReader {
  readonly #reader: RecordingReader;
  #kept = new Map<number, KeptPayload>();

  constructor(reader: RecordingReader) {
    this.#reader = reader;
  }

  /** The rows of a response, and the keys of their payloads by digest. */
  async rowsOf(listing: Listing): Promise<{ rows: PlacedRow[]; keys: Map<string, number> }> {
    const payloads = await this.#payloads(new Set([...listing.values()].flat().filter((key) => key !== 0)));
    const rows: PlacedRow[] = [];
    for (const [list, keys] of listing) {
      for (const [position, key] of keys.entries()) {
        const found = payloads.get(key);
        if (found !== undefined)
          rows.push({ list, position, payload: found.payload, encoded: { digest: found.digest } });
      }
    }
    return { rows, keys: new Map([...payloads].map(([key, { digest }]) => [digest, key])) };
  }

  async #payloads(keys: ReadonlySet<number>): Promise<Map<number, KeptPayload>> {
    const { kysely, packs } = this.#reader;
    const payloads = new Map<number, KeptPayload>();
    const missing: number[] = [];
    for (const key of keys) {
      const kept = this.#kept.get(key);
      if (kept === undefined) missing.push(key);
      else payloads.set(key, kept);
    }
    for (const group of inGroups(missing)) {
      const found = await kysely
        .selectFrom("payload")
        .select(["key", "digest", "pack", "place"])
        .where("key", "in", group)
        .orderBy("key")
        .execute();
      const read = await packs.payloadsAt(kysely, found);
      for (const [at, { key, digest }] of found.entries()) {
        const payload = read[at];
        if (payload !== undefined) payloads.set(key, { digest: digestText(digest), payload });
      }
    }
    this.#kept = payloads;
    return payloads;
  }
}
