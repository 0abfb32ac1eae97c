import { counterpartyWanted, wordsWanted } from "bankdata-core/bank";
import { type CompiledQuery, type RawBuilder, sql } from "kysely";
import { indexedSelect, type WordCondition } from "../database/index.ts";
import { accountNamed } from "./account-reading.ts";
import { type AmountFilter, amountFilter } from "./amount-filter.ts";
import { checkQuery } from "./check-query.ts";
import type { TransactionQuery } from "./query.ts";
import type { Reader } from "./read.ts";
import { accountWord } from "./word-index.ts";

/** A select of transactions, ready to run. */
export interface EntrySelect<Row> {
  readonly query: CompiledQuery<Row>;
  /** The ids of the accounts, by key. */
  readonly accounts: ReadonlyMap<number, string>;
}

/** Columns of `entry`, as SQL, with the tables that they need besides it. */
export interface Columns<Row> {
  readonly select: RawBuilder<Row>;
  readonly joins: RawBuilder<unknown>;
}

/** Up to how many accounts of a tenant are named in a query one by one. */
const MOST_NAMED = 60;

/**
 * The select that a query means; null if nothing can match it. What the index of words can tell is asked of it: it finds the
 * newest of a million at once. Otherwise each account is read by date, and the database merges them.
 *
 * @throws ConfigurationError if the query means nothing
 */
export async function selectEntries<Row>(
  reader: Pick<Reader, "database" | "tenant">,
  query: TransactionQuery,
  columns: Columns<Row>,
): Promise<EntrySelect<Row> | null> {
  checkQuery(query);
  const { kysely } = reader.database;
  const accounts = await accountsMeant(reader, query);
  const keys = [...accounts.keys()];
  if (keys.length === 0 || query.limit === 0) return null;
  const amounts = await amountFilter(kysely, query, keys);
  const filters = filtersOf(query, amounts);
  const words = wordsOfQuery(query, amounts);
  const direction = query.first === "newest" ? sql`desc` : sql`asc`;
  const limit = query.limit === undefined ? sql`` : sql` limit ${query.limit}`;
  const { select, joins } = columns;
  if (words.length > 0) {
    const isSome = query.account !== undefined || (await hasOthers(reader, keys.length));
    const ofAccounts =
      isSome && keys.length <= MOST_NAMED ? [{ any: keys.map((key) => ({ word: accountWord(key) })) }] : [];
    const found = await indexedSelect(reader.database, { all: [...words, ...ofAccounts] }, query);
    if (found === null) return null;
    const order = found.order.map((column) => sql`${column} ${direction}`);
    const where = and([found.where, sql`entry.account in (${sql.join(keys)})`, ...filters]);
    const indexed = sql<Row>`select ${select} from ${found.from} ${joins} where ${where} order by ${sql.join(order)}${limit}`;
    return { query: indexed.compile(kysely), accounts };
  }
  if (keys.length === 1 || keys.length > MOST_NAMED) {
    const order = sql`order by entry.date ${direction}, entry.key ${direction}${limit}`;
    const where = and([sql`entry.account in (${sql.join(keys)})`, ...filters]);
    const all = sql<Row>`select ${select} from entry ${joins} where ${where} ${order}`;
    return { query: all.compile(kysely), accounts };
  }
  const ofEach = keys.map((key) => {
    const where = and([sql`entry.account = ${key}`, ...filters]);
    return sql`select ${select} from entry ${joins} where ${where}`;
  });
  const order = sql`order by date ${direction}, key ${direction}${limit}`;
  const merged = sql<Row>`${sql.join(ofEach, sql` union all `)} ${order}`;
  return { query: merged.compile(kysely), accounts };
}

/** The accounts that a query means: all of the tenant, one, or none. */
async function accountsMeant(
  { database, tenant }: Pick<Reader, "database" | "tenant">,
  { account }: TransactionQuery,
): Promise<Map<number, string>> {
  const { kysely } = database;
  if (account !== undefined) {
    const row = await accountNamed({ kysely, tenant }, account);
    return new Map(row === undefined ? [] : [[row.key, row.id]]);
  }
  const rows = await kysely
    .selectFrom("account")
    .select(["key", "id"])
    .where("tenant", "=", tenant)
    .execute();
  return new Map(rows.map(({ key, id }) => [key, id]));
}

/** Whether there are accounts of other tenants. */
async function hasOthers({ database }: Pick<Reader, "database">, own: number): Promise<boolean> {
  const some = await database.kysely
    .selectFrom("account")
    .select("key")
    .limit(own + 1)
    .execute();
  return some.length > own;
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
