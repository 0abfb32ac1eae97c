import type { Writer } from "../database/index.ts";
import type { ArchivedStatus, KnownTransaction, Reading, Row } from "../identity/index.ts";
import type { AddedEntry, EntryChanges, ModifiedEntry, RemovedEntry } from "./entry-changes.ts";
import { type EntryColumns, entryColumns } from "./entry-columns.ts";
import type { KnownTransactions, StoredTransaction } from "./known.ts";
import { applyMove, type RecognisedRow, storeLinks } from "./links.ts";
import type { StoredPayloads } from "./payload-store.ts";
import type { RecordingTools } from "./recording-tools.ts";
import { type RowKey, rowKeys, rowKeyText } from "./response-rows.ts";
import type { Recorded } from "./source.ts";

/** A response that was read, and what it was compared with. */
export interface ReadResponse {
  /** The key of its account. */
  readonly account: number;
  readonly run: number;
  /** In milliseconds since 1970. */
  readonly observedAt: number;
  readonly rows: readonly Row[];
  readonly known: KnownTransactions;
  readonly payloads: StoredPayloads;
  readonly reading: Reading;
  /** The rows by which new transactions began, by their ids. */
  readonly began: ReadonlyMap<string, Row>;
}

/** What a response changed, in numbers. */
export type Counts = Omit<Recorded, "account" | "recorded" | "unreadable">;

/** What a response changed: in numbers, and what of which transaction. */
export interface Applied {
  readonly counts: Counts;
  readonly changes: EntryChanges;
}

/** What stores what identity made of a response. */
export type ApplyingTools = Pick<RecordingTools, "writer" | "keyOf">;

/** Stores what identity made of a response. */
export async function applyReading(tools: ApplyingTools, read: ReadResponse): Promise<Applied> {
  const { writer } = tools;
  const { account, run, known, payloads, reading } = read;
  const keys = rowKeys(read.rows, payloads.keys);
  const latest = latestRows(read, keys);
  const entryKeys = await storeNew(tools, read, latest);
  for (const { row, known: before } of known.byId.values()) entryKeys.set(before.id, row.key);
  const newHomes = new Map<string, string>();
  for (const { from, into, rows } of reading.moves) if (rows === "all") newHomes.set(from, into);
  const rows = reading.recognitions.flatMap((recognition, at): RecognisedRow[] => {
    const [key, row] = [keys[at], read.rows[at]];
    const id = entryKeys.has(recognition.transaction)
      ? recognition.transaction
      : (newHomes.get(recognition.transaction) ?? recognition.transaction);
    const entry = entryKeys.get(id);
    if (key === undefined || row === undefined || entry === undefined)
      throw new Error(`Identity recognised a row as a transaction that it did not describe.`);
    return [{ key, entry, recognition }];
  });
  await storeLinks(writer, rows, {
    run,
    claims: claimsOf(known),
    isStored: (key) => !payloads.added.has(key),
  });
  await storeChanged(writer, read, latest);
  const changes = changesOf(read, entryKeys);
  for (const move of reading.moves) {
    const [from, into] = [entryKeys.get(move.from), entryKeys.get(move.into)];
    if (from === undefined) continue; // It began and ended within this response, and nobody has seen its id.
    if (into === undefined) throw new Error("Identity moved rows to a transaction that does not exist.");
    await applyMove(writer, account, { move, from, into });
  }
  return { counts: countsOf(read), changes };
}

/** What a response does to which transaction. */
function changesOf({ known, reading }: ReadResponse, entryKeys: ReadonlyMap<string, number>): EntryChanges {
  const relinked = new Set(reading.moves.flatMap(({ from, into }) => [from, into]));
  const gone = new Map(
    reading.moves.flatMap(({ from, into, rows }) => (rows === "all" ? [[from, into] as const] : [])),
  );
  const added: AddedEntry[] = [];
  const modified: ModifiedEntry[] = [];
  const removed: RemovedEntry[] = [];
  const after = new Map(reading.changed.map((transaction) => [transaction.id, transaction]));
  for (const { id, entry } of reading.changed) {
    const key = entryKeys.get(id);
    if (!known.byId.has(id) && !gone.has(id) && key !== undefined) added.push({ key, entry });
  }
  for (const { row, known: before } of known.byId.values()) {
    const [target, now] = [gone.get(before.id), after.get(before.id)];
    if (target !== undefined) {
      const into = entryKeys.get(target);
      if (into !== undefined) removed.push({ before: row, into });
    } else if (now !== undefined || relinked.has(before.id))
      modified.push({
        before: row,
        was: before.entry,
        entry: (now ?? before).entry,
        isRelinked: relinked.has(before.id),
      });
  }
  return { added, modified, removed };
}

/** For each row key that is the latest row of known transactions, the keys of these. */
function claimsOf(known: KnownTransactions): Map<string, number[]> {
  const claims = new Map<string, number[]>();
  for (const { row, known: transaction } of known.byId.values()) {
    const key = rowKeyText({ payload: row.payload, list: transaction.list, ordinal: row.ordinal });
    claims.set(key, [...(claims.get(key) ?? []), row.key]);
  }
  return claims;
}

/** The latest row of each transaction that the response shows: of several, the one that identity took it from. */
function latestRows({ rows, known, reading }: ReadResponse, keys: readonly RowKey[]): Map<string, RowKey> {
  const described = new Map<string, KnownTransaction>();
  for (const { known: before } of known.byId.values()) described.set(before.id, before);
  for (const after of reading.changed) described.set(after.id, after);
  const latest = new Map<string, RowKey>();
  for (const [at, { transaction }] of reading.recognitions.entries()) {
    const [row, key, meant] = [rows[at], keys[at], described.get(transaction)];
    if (row === undefined || key === undefined || meant === undefined) continue;
    if (row.content !== meant.content || row.status !== meant.list) continue;
    const stored = known.byId.get(transaction)?.row;
    const isStored = stored?.payload === key.payload && stored.ordinal === key.ordinal;
    if (isStored || !latest.has(transaction)) latest.set(transaction, key);
  }
  return latest;
}

/** Stores the transactions that begin with this response, and returns their keys by id. */
async function storeNew(
  { writer, keyOf }: ApplyingTools,
  { account, run, observedAt, known, reading, began }: ReadResponse,
  latest: ReadonlyMap<string, RowKey>,
): Promise<Map<string, number>> {
  const added = reading.changed.filter(({ id }) => !known.byId.has(id));
  const kept = added.map(({ id }) => keyOf?.(id));
  const newKeys = await writer.newKeys("entry", kept.filter((key) => key === undefined).length);
  const keys = kept.map((key) => key ?? newKeys.shift());
  const byId = new Map<string, number>();
  const rows = added.map((transaction, at) => {
    const [key, row] = [keys[at], latest.get(transaction.id)];
    if (key === undefined || row === undefined) throw new Error("A new transaction has no row.");
    byId.set(transaction.id, key);
    return {
      key,
      account,
      first_run: run,
      first_list: began.get(transaction.id)?.status ?? null,
      first_position: began.get(transaction.id)?.position ?? null,
      id: transaction.id,
      ...columnsOf(transaction, row),
      ...entryColumns(transaction.entry, observedAt),
    };
  });
  await writer.insert("entry", rows);
  return byId;
}

/** Stores the fields of known transactions that are not as before. */
async function storeChanged(
  writer: Writer,
  { observedAt, known, payloads, reading }: ReadResponse,
  latest: ReadonlyMap<string, RowKey>,
): Promise<void> {
  const after = new Map(reading.changed.map((transaction) => [transaction.id, transaction]));
  for (const { row, known: before } of known.byId.values()) {
    const transaction = after.get(before.id) ?? before;
    const key = latest.get(before.id) ?? keptRow(transaction, { row, before, keys: payloads.keys });
    const isSameRow = key.payload === row.payload && key.ordinal === row.ordinal;
    if (!after.has(before.id) && isSameRow) continue;
    await writer.kysely
      .updateTable("entry")
      .set({
        ...columnsOf(transaction, key),
        ...(transaction.content === before.content
          ? {}
          : entryColumns(transaction.entry, observedAt, row.date)),
      })
      .where("key", "=", row.key)
      .execute();
  }
}

/** The row of a transaction that the response does not show, or which got rows of another one. */
function keptRow(
  { content, list }: KnownTransaction,
  {
    row,
    before,
    keys,
  }: { row: StoredTransaction["row"]; before: KnownTransaction; keys: ReadonlyMap<string, number> },
): RowKey {
  const payload = content === before.content ? row.payload : keys.get(content);
  if (payload === undefined) throw new Error(`The row of transaction ${row.id} is not stored.`);
  return { payload, list, ordinal: row.ordinal };
}

function columnsOf({ status, certain, notes }: KnownTransaction, { payload, list, ordinal }: RowKey) {
  return { status, certain: certain ? 1 : 0, notes, payload, list, ordinal };
}

const WAITING: readonly ArchivedStatus[] = ["pending", "scheduled", "vanished"];

function countsOf({ known, reading, observedAt }: ReadResponse): Counts {
  const counts = { added: 0, booked: 0, changed: 0, vanished: 0, retracted: 0, uncertain: 0 };
  for (const after of reading.changed) {
    const before = known.byId.get(after.id)?.known;
    const isBookedNow = before !== undefined && after.status === "booked" && WAITING.includes(before.status);
    if (before === undefined) counts.added += 1;
    else if (isBookedNow) counts.booked += 1;
    else if (after.status !== before.status && after.status === "vanished") counts.vanished += 1;
    else if (after.status !== before.status && after.status === "retracted") counts.retracted += 1;
    else if (isVisiblyChanged(before, after, observedAt)) counts.changed += 1;
    if ((before === undefined || isBookedNow) && !after.certain) counts.uncertain += 1;
  }
  for (const { from, rows } of reading.moves) {
    // A pending entry that was shown beside its booked form counts when that is known.
    const before = known.byId.get(from)?.known;
    if (rows === "all" && before !== undefined && WAITING.includes(before.status)) counts.booked += 1;
  }
  return counts;
}

/** Whether something of a transaction changed that people see. */
function isVisiblyChanged(before: KnownTransaction, after: KnownTransaction, observedAt: number): boolean {
  if (before.status !== after.status) return true;
  if (before.content === after.content) return false;
  const [one, other] = [before, after].map(({ entry }) => visible(entryColumns(entry, observedAt)));
  return one !== other;
}

function visible({ amount, currency, booking_date, value_date, counterparty, text }: EntryColumns): string {
  return JSON.stringify([amount, currency, booking_date, value_date, counterparty, text]);
}
