import type { AccountRow } from "./accounts.ts";
import type { Counts } from "./apply-reading.ts";
import type { EntryChanges } from "./entry-changes.ts";
import { interpret } from "./interpret.ts";
import { loadKnown } from "./known.ts";
import { storeListing } from "./listing-store.ts";
import { isUnreadable } from "./payload.ts";
import { storePayloads } from "./payload-store.ts";
import type { RecordingTools } from "./recording-tools.ts";
import { firstDateOf, listingOf, readableRows, type SentResponse, shownEntries } from "./response-rows.ts";
import { idsIn, rulingsIn } from "./rulings.ts";
import type { RunRow } from "./runs.ts";

/** What recording a response changed, which has yet to be followed. */
export interface RecordedResponse extends Counts {
  readonly unreadable: number;
  readonly changes: EntryChanges;
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
  const { observedAt, handle, coverage } = response;
  const run = account.runs + 1;
  const rows = readableRows(response.rows);
  const rulings = await rulingsIn({ ...tools, kysely: writer.kysely }, { account: account.key, run, rows });
  const known = await loadKnown(writer, packs, {
    account: account.key,
    from: firstDateOf(response),
    shown: shownEntries(rows),
    also: idsIn(rulings),
  });
  const payloads = await storePayloads(
    writer,
    account.key,
    response.rows.map(({ encoded }) => encoded),
    known.payloadKeys,
  );
  const previous = await lastRun(tools, account);
  const listing = await storeListing(writer, listings, {
    account: account.key,
    listing: listingOf(response.rows, payloads.keys),
    last: previous?.listing,
  });
  await storeRun(tools, account, { run, response, listing });
  const { counts, changes } = await interpret(tools, account, {
    ...{ run, observedAt, handle, coverage, rows, payloads, known },
    previousAt: previous?.observed_at,
    rulings,
  });
  const unreadable = response.rows.filter(({ payload }) => isUnreadable(payload)).length;
  return { ...counts, unreadable, changes };
}

async function lastRun(
  { writer }: RecordingTools,
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
