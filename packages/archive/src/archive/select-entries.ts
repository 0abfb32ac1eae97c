import { counterpartyWanted, wordsWanted } from "bankdata-core/bank";
import { type Kysely, type RawBuilder, sql } from "kysely";
import {
  type Dialect,
  indexedSelect,
  type Schema,
  type Streamed,
  type WordCondition,
} from "../database/index.ts";
import { accountNamed } from "./account-reading.ts";
import { type AmountFilter, amountFilter } from "./amount-filter.ts";
import { checkQuery } from "./check-query.ts";
import type { TransactionQuery } from "./query.ts";
import type { Reader } from "./read.ts";
import { accountWord } from "./word-index.ts";

/** Columns of `entry` and `account`, as SQL, with the tables that they need besides them. */
export interface Columns<Row> {
  readonly select: RawBuilder<Row>;
  readonly joins: RawBuilder<unknown>;
}

/** Whose transactions are selected, and where; every read is as of the same moment. */
interface Place {
  readonly kysely: Kysely<Schema>;
  readonly dialect: Dialect;
  readonly tenant: string;
}

/** Up to how many accounts the index of words is asked for by name. */
const MOST_NAMED = 60;

/** Up to how many accounts the database merges: SQLite takes 500 selects for one. */
const MOST_MERGED = 400;

/**
 * What makes the select that a query means, unless nothing can match it. What the index of words can tell is asked of it: it
 * finds the newest of a million at once. Otherwise each account is read by date, and the database merges them.
 *
 * @throws ConfigurationError if the query means nothing
 */
export function entriesSelect<Row>(
  { database, tenant }: Pick<Reader, "database" | "tenant">,
  query: TransactionQuery,
  columns: Columns<Row>,
): Streamed<Row> {
  checkQuery(query);
  return async (kysely) => {
    const place = { kysely, dialect: database.dialect, tenant };
    const account = query.account === undefined ? undefined : await accountNamed(place, query.account);
    if (query.limit === 0 || (query.account !== undefined && account === undefined)) return undefined;
    const amounts = await amountFilter(place, query);
    const words = wordsOfQuery(query, amounts);
    const selecting = { place, query, columns, account: account?.key, filters: filtersOf(query, amounts) };
    const select = words.length > 0 ? await selectByWords(selecting, words) : await selectByDate(selecting);
    if (select === undefined) return undefined;
    return {
      query: select.compile(kysely),
      isShort: (query.limit ?? Number.POSITIVE_INFINITY) <= MOST_AT_ONCE,
    };
  };
}

/** How many rows may be in memory at once. */
const MOST_AT_ONCE = 256;

/** What a select is made of. */
interface Selecting<Row> {
  readonly place: Place;
  readonly query: TransactionQuery;
  readonly columns: Columns<Row>;
  /** The key of the only account that is meant, if it is not all. */
  readonly account: number | undefined;
  readonly filters: readonly RawBuilder<unknown>[];
}

async function selectByWords<Row>(
  { place, query, columns, account, filters }: Selecting<Row>,
  words: readonly WordCondition[],
): Promise<RawBuilder<Row> | undefined> {
  const named = account === undefined ? await accountsBesideOthers(place) : [account];
  const ofAccounts = named === undefined ? [] : [{ any: named.map((key) => ({ word: accountWord(key) })) }];
  const found = await indexedSelect(place, { all: [...words, ...ofAccounts] }, query);
  if (found === null) return undefined;
  const [direction, limit] = [directionOf(query), limitOf(query)];
  const order = found.order.map((column) => sql`${column} ${direction}`);
  const ofAccount = account === undefined ? [] : [sql`entry.account = ${account}`];
  const where = and([found.where, sql`account.tenant = ${place.tenant}`, ...ofAccount, ...filters]);
  return sql<Row>`select ${columns.select} from ${found.from} join account on account.key = entry.account ${columns.joins}
    where ${where} order by ${sql.join(order)}${limit}`;
}

/** The accounts of a tenant; undefined if nobody else has any, or if they are too many to be named. */
async function accountsBesideOthers({ kysely, tenant }: Place): Promise<number[] | undefined> {
  const other = await kysely
    .selectFrom("account")
    .select("key")
    .where("tenant", "<>", tenant)
    .limit(1)
    .execute();
  if (other.length === 0) return undefined;
  const keys = await accountsOf({ kysely, tenant });
  return keys.length > MOST_NAMED ? undefined : keys;
}

async function accountsOf({ kysely, tenant }: Pick<Place, "kysely" | "tenant">): Promise<number[]> {
  const rows = await kysely.selectFrom("account").select("key").where("tenant", "=", tenant).execute();
  return rows.map(({ key }) => key);
}

async function selectByDate<Row>({
  place,
  query,
  columns,
  account,
  filters,
}: Selecting<Row>): Promise<RawBuilder<Row> | undefined> {
  const accounts = account === undefined ? await accountsOf(place) : [account];
  if (accounts.length === 0) return undefined;
  const selectOf = (ofAccount: RawBuilder<unknown>) =>
    sql`select ${columns.select}, entry.date as day, entry.key as number
      from entry join account on account.key = entry.account ${columns.joins}
      where ${and([ofAccount, ...filters])}`;
  const selects =
    accounts.length > MOST_MERGED
      ? [selectOf(sql`account.tenant = ${place.tenant}`)]
      : accounts.map((key) => selectOf(sql`entry.account = ${key}`));
  const direction = directionOf(query);
  return sql<Row>`${sql.join(selects, sql` union all `)} order by day ${direction}, number ${direction}${limitOf(query)}`;
}

function directionOf({ first }: TransactionQuery): RawBuilder<unknown> {
  return first === "newest" ? sql`desc` : sql`asc`;
}

function limitOf({ limit }: TransactionQuery): RawBuilder<unknown> {
  return limit === undefined ? sql`` : sql` limit ${limit}`;
}

/** What a row of `entry` has to be, exactly. */
function filtersOf(query: TransactionQuery, amounts: AmountFilter | null): RawBuilder<unknown>[] {
  const { from, to, currency, status, certain } = query;
  const filters: RawBuilder<unknown>[] = [];
  if (from !== undefined) filters.push(sql`entry.date >= ${from}`);
  if (to !== undefined) filters.push(sql`entry.date <= ${to}`);
  if (currency !== undefined) filters.push(sql`entry.currency = ${currency.toUpperCase()}`);
  if (status !== undefined) {
    const statuses = [status].flat();
    filters.push(statuses.length === 0 ? sql`1 = 0` : sql`entry.status in (${sql.join(statuses)})`);
  }
  // Word for word the condition of an index, and without parameters, so that it is used.
  if (certain !== undefined) filters.push(certain ? sql`entry.certain = 1` : sql`entry.certain = 0`);
  if (amounts !== null) {
    const ranges = amounts.ranges.map(
      ({ from: least, to: most }) => sql`entry.micros between ${least} and ${most}`,
    );
    const beyond = amounts.beyond.length === 0 ? [] : [sql`entry.key in (${sql.join(amounts.beyond)})`];
    const some = [...ranges, ...beyond];
    filters.push(some.length === 0 ? sql`1 = 0` : sql`(${sql.join(some, sql` or `)})`);
  }
  return filters;
}

/** What the index of words can tell. */
function wordsOfQuery(
  { search, counterparty }: TransactionQuery,
  amounts: AmountFilter | null,
): WordCondition[] {
  const conditions: WordCondition[] = [
    ...(search === undefined ? [] : [wordsWanted(search)]),
    ...(counterparty === undefined ? [] : [counterpartyWanted(counterparty)]),
    ...(amounts === null ? [] : [amounts.condition]),
  ];
  return conditions.filter((one) => !("all" in one && one.all.length === 0));
}

function and(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql.join(conditions, sql` and `);
}
