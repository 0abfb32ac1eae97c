import { BALANCE_KINDS, type BankBalance } from "bankdata-core/bank";
import type { Selectable } from "kysely";
import type { BalanceTable, Writer } from "../database/index.ts";
import type { Reader } from "./read.ts";

/** A balance that the bank reported, once or many times without a change. */
export interface ArchivedBalance extends BankBalance {
  /** The archive's id of its account. */
  readonly account: string;
  /** When it was first reported. */
  readonly firstSeenAt: Date;
  /** When it was last reported unchanged. */
  readonly lastSeenAt: Date;
}

/**
 * The balances of some accounts over time, the oldest first.
 *
 * @param account the key of one; undefined for all
 */
export async function* readBalances(
  { database, tenant }: Reader,
  account?: number,
): AsyncGenerator<ArchivedBalance, void, undefined> {
  const query = database.kysely
    .selectFrom("balance")
    .innerJoin("account", "account.key", "balance.account")
    .selectAll("balance")
    .select("account.id as accountId")
    .where("account.tenant", "=", tenant)
    .$if(account !== undefined, (select) => select.where("balance.account", "=", account ?? 0))
    .orderBy("balance.first_seen_at")
    .orderBy("balance.key")
    .compile();
  for await (const row of database.stream(query)) yield balanceFrom(row);
}

/**
 * The balances in the last report of each account.
 *
 * @param account its key; undefined for all of the tenant
 */
export async function readLatestBalances(
  { database, tenant }: Pick<Reader, "database" | "tenant">,
  account?: number,
): Promise<ArchivedBalance[]> {
  const rows = await database.kysely
    .selectFrom("balance")
    .innerJoin("account", "account.key", "balance.account")
    .selectAll("balance")
    .select("account.id as accountId")
    .where("account.tenant", "=", tenant)
    .where("balance.last_seen_at", "=", (eb) =>
      eb
        .selectFrom("balance as later")
        .select(({ fn }) => fn.max("later.last_seen_at").as("last"))
        .whereRef("later.account", "=", "balance.account"),
    )
    .$if(account !== undefined, (select) => select.where("balance.account", "=", account ?? 0))
    .orderBy("balance.account")
    .orderBy("balance.key")
    .execute();
  return rows.map(balanceFrom);
}

function balanceFrom(row: Selectable<BalanceTable> & { accountId: string }): ArchivedBalance {
  const { amount, currency, date } = row;
  return {
    account: row.accountId,
    amount,
    currency,
    kind: BALANCE_KINDS.find((kind) => kind === row.kind) ?? null,
    kindAsSent: row.kind_as_sent,
    date,
    lastChangeDateTime: row.changed_at,
    creditLimitIncluded: row.with_credit === null ? null : row.with_credit === 1,
    firstSeenAt: new Date(row.first_seen_at),
    lastSeenAt: new Date(row.last_seen_at),
    raw: JSON.parse(row.raw),
  };
}

/**
 * Stores the balances of an account. One that the bank repeats is not stored again; only when it was last reported is
 * noted.
 *
 * @param observedAt when the bank reported them, in milliseconds since 1970
 */
export async function storeBalances(
  writer: Writer,
  account: number,
  { items, observedAt }: { items: readonly BankBalance[]; observedAt: number },
): Promise<void> {
  const latest = await writer.kysely
    .selectFrom("balance")
    .selectAll()
    .where("account", "=", account)
    .where("last_seen_at", "=", (eb) =>
      eb
        .selectFrom("balance")
        .select(({ fn }) => fn.max("last_seen_at").as("last"))
        .where("account", "=", account),
    )
    .execute();
  const repeated: number[] = [];
  const added = [];
  for (const { kind, kindAsSent, amount, currency, date, raw, ...rest } of items) {
    const text = JSON.stringify(raw) ?? "null";
    const same = latest.find(
      (one) => one.raw === text && one.amount === amount && !repeated.includes(one.key),
    );
    if (same === undefined) {
      added.push({
        account,
        kind,
        kind_as_sent: kindAsSent,
        amount,
        currency,
        date,
        first_seen_at: observedAt,
        last_seen_at: observedAt,
        raw: text,
        changed_at: rest.lastChangeDateTime,
        with_credit: rest.creditLimitIncluded === null ? null : Number(rest.creditLimitIncluded),
      });
    } else repeated.push(same.key);
  }
  if (repeated.length > 0) {
    await writer.kysely
      .updateTable("balance")
      .set({ last_seen_at: observedAt })
      .where("key", "in", repeated)
      .execute();
  }
  await writer.insert("balance", added);
}

/** When balances of an account were last reported, in milliseconds since 1970; undefined if never. */
export async function lastBalancesAt(
  { kysely }: Pick<Writer, "kysely">,
  account: number,
): Promise<number | undefined> {
  const { last } = await kysely
    .selectFrom("balance")
    .select(({ fn }) => fn.max("last_seen_at").as("last"))
    .where("account", "=", account)
    .executeTakeFirstOrThrow();
  return last ?? undefined;
}
