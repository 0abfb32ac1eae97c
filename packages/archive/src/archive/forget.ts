import type { Database, Writer } from "../database/index.ts";
import { requiredAccount } from "./account-reading.ts";
import { logForgotten } from "./change-log.ts";
import { forgetHandles } from "./connections.ts";
import { forgetWords } from "./word-index.ts";

/** What was removed. */
export interface Forgotten {
  /** How many accounts. */
  readonly accounts: number;
  /** How many transactions they had. */
  readonly transactions: number;
  /** Responses with transactions. */
  readonly runs: number;
  /**
   * Whether nothing of it can be read in the file any more. False if there was no room to write the file anew, or another program
   * was in the way, and for Postgres, which overwrites it in its own time.
   */
  readonly erased: boolean;
}

/** What was removed, in numbers. */
type Removed = Omit<Forgotten, "erased">;

/** Whose archive. */
export interface Forgetting {
  readonly database: Database;
  readonly tenant: string;
}

/** Removes an account with everything that was recorded of it. @throws ConfigurationError if there is none */
export async function forgetAccount({ database, tenant }: Forgetting, name: string): Promise<Forgotten> {
  const forgotten = await database.write(async (writer) => {
    await writer.lockAccount(0);
    const { key } = await requiredAccount({ kysely: writer.kysely, tenant }, name);
    return await remove(writer, tenant, [key]);
  });
  return { ...forgotten, erased: await database.shrink() };
}

/** Removes everything of a tenant. */
export async function forgetTenant({ database, tenant }: Forgetting): Promise<Forgotten> {
  const forgotten = await database.write(async (writer) => {
    await writer.lockAccount(0);
    const accounts = await writer.kysely
      .selectFrom("account")
      .select("key")
      .where("tenant", "=", tenant)
      .orderBy("key")
      .execute();
    const removed = await remove(
      writer,
      tenant,
      accounts.map(({ key }) => key),
    );
    await writer.kysely.deleteFrom("connection").where("tenant", "=", tenant).execute();
    return removed;
  });
  return { ...forgotten, erased: await database.shrink() };
}

/** Removes accounts. What is left of each is its id in the log of changes, for those who follow the archive. */
async function remove(writer: Writer, tenant: string, keys: readonly number[]): Promise<Removed> {
  const { kysely } = writer;
  let forgotten: Removed = { accounts: 0, transactions: 0, runs: 0 };
  for (const key of keys) {
    await writer.lockAccount(key);
    const { id } = await kysely
      .selectFrom("account")
      .select("id")
      .where("key", "=", key)
      .executeTakeFirstOrThrow();
    const [transactions, runs] = [await countOf(writer, "entry", key), await countOf(writer, "run", key)];
    const ids = new Set([id, ...(await formerIdsOf(writer, key))]);
    await forgetHandles(writer, tenant, await handlesOf(writer, key));
    await forgetWords(writer, key);
    await kysely.deleteFrom("account").where("key", "=", key).execute();
    await logForgotten(writer, tenant, [...ids]);
    forgotten = {
      accounts: forgotten.accounts + 1,
      transactions: forgotten.transactions + transactions,
      runs: forgotten.runs + runs,
    };
  }
  return forgotten;
}

async function handlesOf({ kysely }: Writer, account: number): Promise<ReadonlySet<string>> {
  const rows = await kysely
    .selectFrom("account_handle")
    .select("handle")
    .where("account", "=", account)
    .execute();
  return new Set(rows.map(({ handle }) => handle));
}

async function countOf({ kysely }: Writer, table: "entry" | "run", account: number): Promise<number> {
  const { count } = await kysely
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("account", "=", account)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The ids of the accounts that became a part of one: somebody may know its transactions by them alone. */
async function formerIdsOf({ kysely }: Writer, account: number): Promise<string[]> {
  const rows = await kysely
    .selectFrom("change")
    .select("account_id")
    .distinct()
    .where("account", "=", account)
    .where("account_id", "is not", null)
    .execute();
  return rows.flatMap(({ account_id: id }) => id ?? []);
}
