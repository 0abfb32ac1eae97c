import type { Writer } from "../database/index.ts";
import { type Row, readResponse } from "../identity/index.ts";
import type { AccountRow } from "./accounts.ts";
import { applyReading, type Counts } from "./apply-reading.ts";
import type { EntryChanges } from "./entry-changes.ts";
import { loadKnown } from "./known.ts";
import { type ListingCache, storeListing } from "./listing-store.ts";
import type { PackCache } from "./pack-cache.ts";
import { isUnreadable } from "./payload.ts";
import { storePayloads } from "./payload-store.ts";
import { firstDateOf, listingOf, readableRows, type SentResponse, shownEntries } from "./response-rows.ts";
import type { RunRow } from "./runs.ts";

/** What recording needs besides the response. */
export interface RecordingTools {
  readonly writer: Writer;
  readonly packs: PackCache;
  readonly listings: ListingCache;
  /** The id of a transaction that a row begins. */
  readonly newId: (row: Row) => string;
  /** The current time, in milliseconds since 1970. */
  readonly now: number;
}

/** What recording a response changed, which has yet to be followed, and what its rows were recognised as. */
export interface RecordedResponse extends Counts {
  readonly unreadable: number;
  readonly changes: EntryChanges;
  readonly recognised: readonly { readonly row: Row; readonly transaction: string }[];
}

/**
 * Records a response of an account, within the open transaction: its payloads, where they stood, and which transaction each
 * row is.
 *
 * @param account as it is stored, and locked
 */
export async function recordResponse(
  tools: RecordingTools,
  account: AccountRow,
  response: SentResponse,
): Promise<RecordedResponse> {
  const { writer, packs, listings } = tools;
  const run = account.runs + 1;
  const rows = readableRows(response.rows);
  const known = await loadKnown(writer, packs, {
    account: account.key,
    from: firstDateOf(response),
    shown: shownEntries(rows),
  });
  const payloads = await storePayloads(
    writer,
    account.key,
    response.rows.map(({ encoded }) => encoded),
    known.payloadKeys,
  );
  const listing = listingOf(response.rows, payloads.keys);
  const previous = await lastRun(writer, account);
  const listingKey = await storeListing(writer, listings, {
    account: account.key,
    listing,
    last: previous?.listing,
  });
  const reading = readResponse(
    { run, observedAt: response.observedAt, handle: response.handle, coverage: response.coverage, rows },
    {
      memory: account.memory,
      previous: previous === undefined ? null : { observedAt: previous.observed_at },
      transactions: known.transactions,
    },
    tools.newId,
  );
  await storeRun(tools, account, { run, response, listing: listingKey });
  const { counts, changes } = await applyReading(writer, {
    account: account.key,
    run,
    observedAt: response.observedAt,
    rows,
    known,
    payloads,
    reading,
  });
  await writer.kysely
    .updateTable("account")
    .set({ runs: run, memory: reading.memory })
    .where("key", "=", account.key)
    .execute();
  const unreadable = response.rows.filter(({ payload }) => isUnreadable(payload)).length;
  const recognised = rows.flatMap((row, at) => {
    const transaction = reading.recognitions[at]?.transaction;
    return transaction === undefined ? [] : [{ row, transaction }];
  });
  return { ...counts, unreadable, recognised, changes };
}

async function lastRun(
  writer: Writer,
  { key, runs }: AccountRow,
): Promise<Pick<RunRow, "listing" | "observed_at"> | undefined> {
  if (runs === 0) return undefined;
  return await writer.kysely
    .selectFrom("run")
    .select(["listing", "observed_at"])
    .where("account", "=", key)
    .where("number", "=", runs)
    .executeTakeFirst();
}

async function storeRun(
  { writer, now }: RecordingTools,
  account: AccountRow,
  { run, response, listing }: { run: number; response: SentResponse; listing: number },
): Promise<void> {
  const { provider, handle, observedAt, coverage } = response;
  await writer.insert("run", [
    {
      account: account.key,
      number: run,
      provider,
      handle,
      observed_at: observedAt,
      recorded_at: now,
      covers_from: coverage.from,
      covers_to: coverage.to,
      covers_pending: coverage.pending ? 1 : 0,
      listing,
    },
  ]);
}
