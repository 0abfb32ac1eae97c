import { ConfigurationError } from "bankdata-core/base";
import type { Kysely } from "kysely";
import type { Schema } from "../database/index.ts";
import { accountNamed } from "./account-reading.ts";
import { BEGINNING, cursorFrom, cursorText, endOf, type Log } from "./change-cursor.ts";
import {
  type ChangeRow,
  type FollowedAccount,
  type KeyRange,
  type LogPage,
  readPage,
} from "./change-page.ts";
import { type EntryState, inSpans, stateBefore, statesAt, transactionsOf } from "./change-states.ts";
import type { Changes, ChangesQuery, ModifiedTransaction } from "./changes.ts";
import { inGroups } from "./pack-cache.ts";
import type { ArchivedTransaction, Reader } from "./read.ts";

/** What has changed since a cursor, as of one moment. @throws ConfigurationError if the cursor is none of this archive */
export async function readChanges(reader: Reader, query: ChangesQuery): Promise<Changes> {
  const { limit = Number.POSITIVE_INFINITY } = query;
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(limit) && limit > 0))
    throw new ConfigurationError("The limit must be a whole number above 0.");
  return await reader.database.read((kysely) => changesAt({ ...reader, kysely }, { ...query, limit }));
}

/** The cursor after everything that has happened. */
export async function lastCursor(log: Log): Promise<string> {
  return await cursorText(log, await endOf(log));
}

/** What reads the archive as of one moment. */
interface MomentReader extends Reader {
  readonly kysely: Kysely<Schema>;
}

async function changesAt(
  reader: MomentReader,
  { since: text, limit, account: name }: ChangesQuery & { limit: number },
): Promise<Changes> {
  const end = await endOf(reader);
  const since = text === undefined || text === null ? BEGINNING : await cursorFrom(reader, text, end);
  const account = name === undefined ? undefined : await followed(reader, name);
  const page = await readPage(reader, { since, end, limit, account });
  const changes = await netChanges(
    reader,
    page,
    (state) => account === undefined || state.account === account.id,
  );
  return {
    ...changes,
    // Nobody who begins has anything to drop.
    forgotten: since.key === BEGINNING.key ? [] : page.forgotten,
    cursor: await cursorText(reader, page.cursor),
    more: page.more,
  };
}

/** The account that a name means; one that is not there any more is still told of by its id. */
async function followed(reader: MomentReader, name: string): Promise<FollowedAccount> {
  const row = await accountNamed(reader, name);
  return row === undefined ? { key: null, id: name } : { key: row.key, id: row.id };
}

/** A transaction at both ends of a page. */
interface Span {
  before?: EntryState;
  after?: EntryState;
  isRelinked: boolean;
  /** The id of the transaction that it turned out to be. */
  into: string | null;
}

/**
 * What a page says of each transaction in the end.
 *
 * @param isMeant whether a transaction is of an account that is followed: one that comes into it is added, and one that leaves it is removed
 */
async function netChanges(
  reader: MomentReader,
  page: LogPage,
  isMeant: (state: EntryState) => boolean,
): Promise<Pick<Changes, "added" | "modified" | "removed">> {
  const spans = await spansOf(reader, page);
  const added: EntryState[] = [];
  const both: { before: EntryState; after: EntryState; isRelinked: boolean }[] = [];
  const removed: { before: EntryState; mergedInto: string | null }[] = [];
  for (const { isRelinked, into, ...span } of spans.values()) {
    const before = span.before !== undefined && isMeant(span.before) ? span.before : undefined;
    const after = span.after !== undefined && isMeant(span.after) ? span.after : undefined;
    if (before !== undefined && after !== undefined) both.push({ before, after, isRelinked });
    else if (after !== undefined) added.push(after);
    else if (before !== undefined)
      removed.push({ before, mergedInto: span.after === undefined ? lastOf(into, spans) : null });
  }
  const befores = await transactionsOf(
    reader,
    [...both, ...removed].map(({ before }) => before),
  );
  const afters = await transactionsOf(
    reader,
    both.map(({ after }) => after),
  );
  const modified: ModifiedTransaction[] = [];
  for (const [at, { isRelinked }] of both.entries()) {
    const [before, after] = [befores[at], afters[at]];
    if (before === undefined || after === undefined) throw new Error("A transaction is missing.");
    if (isRelinked || visible(before) !== visible(after)) modified.push({ before, after });
  }
  return {
    added: await transactionsOf(reader, added),
    modified,
    removed: befores
      .slice(both.length)
      .map((before, at) => ({ before, mergedInto: removed[at]?.mergedInto ?? null })),
  };
}

/** What a page says of each transaction, by its id: one that is separate again has its old id, and may have another key. */
async function spansOf({ kysely }: MomentReader, page: LogPage): Promise<Map<string, Span>> {
  const until = page.more ? page.cursor.key : undefined;
  const ids = await accountIds(kysely, page.changed);
  const spans = new Map<string, Span>();
  const spanOf = (id: string): Span => {
    const span = spans.get(id) ?? { isRelinked: false, into: null };
    spans.set(id, span);
    return span;
  };
  const isAdded = membershipOf(page.added);
  const seen = new Set<number>();
  for (const row of page.changed) {
    const state = stateBefore({ ...row, accountId: row.account_id ?? ids.get(row.account ?? 0) ?? "" });
    const span = spanOf(state.id);
    if (!seen.has(state.key) && !isAdded(state.key)) span.before ??= state;
    seen.add(state.key);
    if (row.relinked === 1) span.isRelinked = true;
    if (row.kind === "removed") span.into = row.into_id;
  }
  for (const which of [...inSpans(page.added), ...inGroups([...seen].filter((key) => !isAdded(key)))]) {
    const states = await statesAt(kysely, which, until);
    for (const state of [...states.values()].sort((a, b) => a.key - b.key)) spanOf(state.id).after = state;
  }
  return spans;
}

/** Tells whether a key is in one of the ranges, none of which overlap. */
function membershipOf(ranges: readonly KeyRange[]): (key: number) => boolean {
  const ordered = ranges.toSorted((a, b) => a.first - b.first);
  return (key) => {
    let [low, high] = [0, ordered.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((ordered[middle]?.last ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return (ordered[low]?.first ?? Number.POSITIVE_INFINITY) <= key;
  };
}

/** The present ids of the accounts that rows are about, by key. */
async function accountIds(kysely: Kysely<Schema>, rows: readonly ChangeRow[]): Promise<Map<number, string>> {
  const keys = [...new Set(rows.flatMap(({ account }) => account ?? []))];
  const ids = new Map<number, string>();
  for (const group of inGroups(keys)) {
    const found = await kysely
      .selectFrom("account")
      .select(["key", "id"])
      .where("key", "in", group)
      .execute();
    for (const { key, id } of found) ids.set(key, id);
  }
  return ids;
}

/** What a transaction turned out to be at the end of a page, after what that in turn turned out to be. */
function lastOf(into: string | null, spans: ReadonlyMap<string, Span>): string | null {
  const passed = new Set<string>();
  for (let id = into; id !== null && !passed.has(id); ) {
    passed.add(id);
    const span = spans.get(id);
    if (span === undefined || span.after !== undefined || span.into === null) return id;
    id = span.into;
  }
  return into;
}

/** What people see of a transaction, as one text. */
function visible(transaction: ArchivedTransaction): string {
  const { account, status, certain, date, amount, currency, bookingDate, valueDate, counterparty, text } =
    transaction;
  return JSON.stringify([
    account,
    status,
    certain,
    date,
    amount,
    currency,
    bookingDate,
    valueDate,
    counterparty,
    text,
  ]);
}
