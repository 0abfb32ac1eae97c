import { ConfigurationError } from "bankdata-core/base";
import { type Kysely, type Selectable, sql } from "kysely";
import type { ChangeTable, Schema } from "../database/index.ts";
import { accountNamed } from "./account-reading.ts";
import type { Changes, ChangesQuery, ModifiedTransaction, RemovedTransaction } from "./changes.ts";
import { inGroups, type PackCache } from "./pack-cache.ts";
import type { ArchivedTransaction, Reader } from "./read.ts";
import { transactionFrom } from "./read-transactions.ts";
import { payloadPlaces } from "./runs.ts";

type ChangeRow = Selectable<ChangeTable>;

/** What has changed since a cursor, as of one moment. @throws ConfigurationError if the cursor is none of this archive */
export async function readChanges(reader: Reader, query: ChangesQuery): Promise<Changes> {
  const { limit } = query;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw new ConfigurationError(`\`limit\` must be a whole number from 1, not ${limit}.`);
  return await reader.database.read(async (kysely) => {
    const moment = { kysely, packs: reader.packs, tenant: reader.tenant };
    const since = await positionOf(moment, query.since);
    const account = query.account === undefined ? undefined : await accountNamed(moment, query.account);
    if (query.account !== undefined && account === undefined)
      return { added: [], modified: [], removed: [], forgotten: [], cursor: cursorAt(since), more: false };
    const page = await pageOf(moment, { since, limit, account: account?.key });
    return await changesOf(moment, page, account?.id);
  });
}

/** What reads changes, as of one moment. */
interface Moment {
  readonly kysely: Kysely<Schema>;
  readonly packs: PackCache;
  readonly tenant: string;
}

/** The cursor after a row of the log. */
export function cursorAt(key: number): string {
  return `c${key}`;
}

/** The cursor after everything that has happened. */
export async function lastCursor(place: Pick<Moment, "kysely" | "tenant">): Promise<string> {
  return cursorAt(await lastKey(place));
}

async function lastKey({ kysely, tenant }: Pick<Moment, "kysely" | "tenant">): Promise<number> {
  const { last } = await kysely
    .selectFrom("change")
    .select(({ fn }) => fn.max("key").as("last"))
    .where("tenant", "=", tenant)
    .executeTakeFirstOrThrow();
  return last ?? 0;
}

async function positionOf(moment: Moment, cursor: string | null | undefined): Promise<number> {
  if (cursor === undefined || cursor === null) return 0;
  const position = /^c(\d{1,15})$/.exec(cursor)?.[1];
  if (position === undefined || Number(position) > (await lastKey(moment)))
    throw new ConfigurationError(
      `${JSON.stringify(cursor)} is no cursor of this archive: give the one that \`changes\` returned last, or none to begin anew.`,
    );
  return Number(position);
}

/** Rows of the log that follow each other. */
interface Page {
  readonly rows: readonly ChangeRow[];
  /** The key of the last row; that of the cursor if there is none. */
  readonly end: number;
  /** Whether rows follow. */
  readonly more: boolean;
}

async function pageOf(
  { kysely, tenant }: Moment,
  { since, limit, account }: { since: number; limit: number | undefined; account: number | undefined },
): Promise<Page> {
  const rows = await kysely
    .selectFrom("change")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("key", ">", since)
    .$if(account !== undefined, (select) => select.where("account", "=", account ?? 0))
    .orderBy("key")
    .$if(limit !== undefined, (select) => select.limit((limit ?? 0) + 1))
    .execute();
  let [used, count] = [0, 0];
  for (const row of rows) {
    if (limit !== undefined && count >= limit) break;
    count += row.kind === "added" ? (row.last_entry ?? 0) - (row.first_entry ?? 0) + 1 : 1;
    used += 1;
  }
  const page = rows.slice(0, used);
  return { rows: page, end: page.at(-1)?.key ?? since, more: used < rows.length };
}

/** What a transaction was or is at a moment. */
interface State {
  readonly id: string;
  /** The id of its account. */
  readonly account: string;
  readonly status: string;
  readonly certain: number;
  readonly date: string;
  readonly payload: number;
}

/** What happened to a transaction within a page. */
interface Happening {
  /** What it was at its beginning; undefined if it was not there. */
  before: State | undefined;
  /** What it is at its end; undefined if it is not there any more. */
  after: State | undefined;
  mergedInto: string | null;
  isRelinked: boolean;
}

async function changesOf(moment: Moment, page: Page, account: string | undefined): Promise<Changes> {
  const happenings = joined(await happeningsOf(moment, page));
  const states = happenings.flatMap(({ before, after }) => [before ?? [], after ?? []].flat());
  const transactions = await transactionsOf(moment, states);
  const added: ArchivedTransaction[] = [];
  const modified: ModifiedTransaction[] = [];
  const removed: RemovedTransaction[] = [];
  for (const { before, after, mergedInto, isRelinked } of happenings) {
    const [was, is] = [transactions.get(before), transactions.get(after)];
    // To those who follow one account, what came over from another one is new.
    const isOthers = account !== undefined && was !== undefined && was.account !== account;
    if (is !== undefined && (was === undefined || isOthers)) added.push(is);
    else if (is === undefined && was !== undefined && !isOthers) removed.push({ before: was, mergedInto });
    else if (is !== undefined && was !== undefined && (isRelinked || seen(was) !== seen(is)))
      modified.push({ before: was, after: is });
  }
  const forgotten = page.rows.flatMap(({ kind, account_id: id }) => (kind === "forgotten" ? (id ?? []) : []));
  return { added, modified, removed, forgotten, cursor: cursorAt(page.end), more: page.more };
}

/** What became another one and was taken back, which may have begun anew in between, is one transaction by its id. */
function joined(happenings: readonly Happening[]): Happening[] {
  const gone = new Map(
    happenings.flatMap((one) =>
      one.before !== undefined && one.after === undefined ? [[one.before.id, one] as const] : [],
    ),
  );
  const returned = new Set<Happening>();
  const all = happenings.map((one) => {
    const was = one.before === undefined && one.after !== undefined ? gone.get(one.after.id) : undefined;
    if (was === undefined) return one;
    returned.add(was);
    return { ...one, before: was.before, isRelinked: true };
  });
  return all.filter((one) => !returned.has(one));
}

function seen(one: ArchivedTransaction): string {
  const { account, status, certain, amount, currency, bookingDate, valueDate, date, counterparty, text } =
    one;
  return JSON.stringify([
    account,
    status,
    certain,
    amount,
    currency,
    bookingDate,
    valueDate,
    date,
    counterparty,
    text,
  ]);
}

/** What happened to each transaction, in the order in which it happened first. */
async function happeningsOf(moment: Moment, { rows, end, more }: Page): Promise<Happening[]> {
  const happenings = new Map<number, Happening>();
  for (const row of rows) {
    const key = row.first_entry;
    if (row.kind === "forgotten" || key === null) continue;
    if (row.kind === "added") {
      for (let added = key; added <= (row.last_entry ?? key); added += 1)
        happenings.set(added, { before: undefined, after: undefined, mergedInto: null, isRelinked: false });
      continue;
    }
    const happening = happenings.get(key) ?? {
      ...{ before: stateOf(row), after: undefined, mergedInto: null, isRelinked: false },
    };
    happening.isRelinked ||= row.relinked === 1;
    if (row.kind === "removed") happening.mergedInto = row.into_id;
    happenings.set(key, happening);
  }
  const gone = new Set(
    rows.flatMap(({ kind, first_entry: key }) => (kind === "removed" && key !== null ? [key] : [])),
  );
  const present = [...happenings.keys()].filter((key) => !gone.has(key));
  const states = await statesAt(moment, present, more ? end : undefined);
  for (const [key, state] of states) {
    const happening = happenings.get(key);
    if (happening !== undefined) happening.after = state;
  }
  return [...happenings.values()];
}

function stateOf({ id, account_id: account, status, certain, date, payload }: ChangeRow): State {
  if (
    id === null ||
    account === null ||
    status === null ||
    certain === null ||
    date === null ||
    payload === null
  )
    throw new Error("The log of changes is damaged.");
  return { id, account, status, certain, date, payload };
}

/**
 * What transactions are after a row of the log: what they were before their next change, or what they are now.
 *
 * @param end the key of the row; undefined for now
 */
async function statesAt(
  { kysely }: Moment,
  keys: readonly number[],
  end: number | undefined,
): Promise<Map<number, State>> {
  const states = new Map<number, State>();
  for (const group of inGroups(keys)) {
    const rows = await kysely
      .selectFrom("entry")
      .innerJoin("account", "account.key", "entry.account")
      .select(["entry.key", "entry.id", "entry.status", "entry.certain", "entry.date", "entry.payload"])
      .select("account.id as account")
      .where("entry.key", "in", group)
      .execute();
    for (const { key, ...state } of rows) states.set(key, state);
    if (end === undefined) continue;
    const later = await kysely
      .selectFrom("change")
      .selectAll()
      .where("first_entry", "in", group)
      // Word for word the condition of the index.
      .where(sql<boolean>`kind in ('modified', 'removed')`)
      .where("key", ">", end)
      .orderBy("key", "desc")
      .execute();
    // The next change comes last, and stays.
    for (const row of later) if (row.first_entry !== null) states.set(row.first_entry, stateOf(row));
  }
  return states;
}

/** The transactions in some states. */
async function transactionsOf(
  { kysely, packs }: Moment,
  states: readonly State[],
): Promise<Map<State | undefined, ArchivedTransaction>> {
  const places = await payloadPlaces(
    kysely,
    states.map(({ payload }) => payload),
  );
  const found = states.flatMap((state) => {
    const place = places.get(state.payload);
    return place === undefined ? [] : [{ state, place }];
  });
  const transactions = new Map<State | undefined, ArchivedTransaction>();
  for (const group of inGroups(found)) {
    const payloads = await packs.payloadsAt(
      kysely,
      group.map(({ place }) => place),
    );
    for (const [at, { state }] of group.entries())
      transactions.set(state, transactionFrom(state, state.account, payloads[at]));
  }
  return transactions;
}
